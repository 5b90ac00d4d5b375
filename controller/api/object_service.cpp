#include "controller/api/object_service.hpp"

#include <algorithm>

#include "controller/api/apply.hpp"
#include "controller/api/audit.hpp"
#include "controller/api/builtin.hpp"
#include "controller/api/deletion.hpp"
#include "controller/api/metadata.hpp"
#include "controller/api/status.hpp"
#include "controller/api/view.hpp"
#include "core/object/core_kinds.hpp"

namespace berth::api {
namespace {

constexpr int kAttempts = 12;
// What is stored must be readable again: bodies have these limits, and patches must
// not get past them step by step.
constexpr std::size_t kMaxStoredBytes = std::size_t{3} * 1024 * 1024;
constexpr int kMaxStoredDepth = 60;

Result<Json> parseStored(const ServedKind& kind, const store::StoredObject& object) {
  BERTH_TRY(auto parsed, parseJson(object.bytes, {.maxBytes = std::string::npos}));
  return asServed(kind, std::move(parsed.document));
}

/// InternalError when what is stored cannot be decrypted.
Result<> checkReadable(const store::StoredObject& object) {
  if (object.fault.empty()) return Ok{};
  return Error{
      Reason::InternalError,
      object.resource + " \"" + object.key.name + "\" cannot be read: " + object.fault};
}

/// An answer that is not stored: what a dry run would have written.
store::StoredObjectPtr unstored(const ServedKind& kind, const Json& document) {
  store::StoredObject object{.resource = kind.resource};
  object.key = {stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")};
  object.uid = stringAt(document, "metadata.uid");
  object.bytes = dumpJson(asStored(kind, document));
  return std::make_shared<const store::StoredObject>(std::move(object));
}

store::Write writeOf(
    store::Operation operation,
    const ServedKind& kind,
    const Json& document,
    const std::string& actor) {
  store::Write write{.operation = operation, .resource = kind.resource};
  write.key = {stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")};
  write.uid = stringAt(document, "metadata.uid");
  write.actor = actor;
  if (operation != store::Operation::Delete) {
    write.body = seal(asStored(kind, document));
    write.claims = claimsOf(kind, document);
  }
  return write;
}

bool isDeeperThan(const Json& document, int depth) {
  if (!document.is_structured()) return false;
  return depth == 0 || std::ranges::any_of(document, [&](const Json& member) {
           return isDeeperThan(member, depth - 1);
         });
}

Error tooDeep() {
  return badRequest(
      "the object is nested more than " + std::to_string(kMaxStoredDepth) + " levels deep");
}

Result<> checkSize(const store::Write& write) {
  if (write.body.bytes.size() <= kMaxStoredBytes) return Ok{};
  return Error{
      Reason::RequestEntityTooLarge,
      "the object has more than " + std::to_string(kMaxStoredBytes) + " bytes"};
}

/// A claim that another object holds, in the words of the other causes of Invalid.
Error claimTaken(const ServedKind& kind, std::string_view name, const Error& error) {
  return invalid(
      kind.type, name, {{"FieldValueDuplicate", "Duplicate value: " + error.message, {}}});
}

/// Whether somebody else's write came in between.
bool isRace(const Error& error) {
  return error.reason == Reason::Conflict || error.reason == Reason::NotFound;
}

}  // namespace

Result<ObjectService::Base> ObjectService::load(
    const Context& context, const std::string& resource, const ObjectKey& key, bool fresh) {
  if (!fresh && deps_.hub.synced()) {
    const auto acknowledged = written_.load();
    const bool certain = deps_.soleWriter && deps_.hub.revision() >= acknowledged;
    const auto cached = deps_.hub.get(resource, key);
    if (cached != nullptr) return Base{cached->stored, certain};
    if (certain) return Base{nullptr, true};
  }
  BERTH_TRY(auto object, deps_.store.get(context, resource, key));
  return Base{std::move(object), true};
}

Result<store::StoredObjectPtr> ObjectService::read(
    const Context& context, const ServedKind& kind, const ObjectKey& key) {
  BERTH_TRY(auto base, load(context, kind.resource, key, false));
  if (!base.certain) {
    BERTH_TRY(base, load(context, kind.resource, key, true));
  }
  if (base.object == nullptr) return notFound(kind.type, key.name);
  BERTH_CHECK(checkReadable(*base.object));
  return base.object;
}

Result<> ObjectService::catchUp(const Context& context) {
  if (!deps_.hub.synced())
    return Error{
        Reason::ServiceUnavailable, "the watch cache is not filled yet", {}, /*retryAfter*/ 1};
  if (deps_.soleWriter) return deps_.hub.waitFor(context, written_.load());
  BERTH_TRY(const auto changes, deps_.store.changesSince(context, deps_.hub.revision(), 1));
  return deps_.hub.waitFor(context, changes.head);
}

Result<store::StoredObjectPtr> ObjectService::commit(const Context& context, store::Write write) {
  BERTH_CHECK(checkSize(write));
  write.requestId = makeUuid(deps_.random);
  auto stored = deps_.store.write(context, write);
  // The outcome is unknown: the same request id makes asking again harmless.
  if (!stored && stored.error().reason == Reason::Timeout)
    stored = deps_.store.write(context, write);
  if (!stored) return std::move(stored).error();
  auto newest = written_.load();
  while (newest < (*stored)->revision &&
         !written_.compare_exchange_weak(newest, (*stored)->revision)) {
  }
  deps_.hub.hint();
  return stored;
}

Result<> ObjectService::checkNamespace(
    const Context& context, const ServedKind& kind, const Json& document) {
  if (!kind.type.namespaced) return Ok{};
  const auto name = stringAt(document, "metadata.namespace");
  BERTH_TRY(auto base, load(context, "namespaces", {{}, name}, false));
  if (base.object == nullptr && !base.certain) {
    BERTH_TRY(base, load(context, "namespaces", {{}, name}, true));
  }
  if (base.object == nullptr) return notFound(kNamespaceType, name);
  BERTH_TRY(const auto space, parseJson(base.object->bytes));
  if (!isDeleting(space.document)) return Ok{};
  return Error{
      Reason::Forbidden,
      kind.type.resource() + " \"" + stringAt(document, "metadata.name") +
          "\" is forbidden: unable to create new content in namespace " + name +
          " because it is being terminated",
      {{"NamespaceTerminating",
        "namespace " + name + " is being terminated",
        "metadata.namespace"}}};
}

Result<Outcome> ObjectService::create(
    const Context& context,
    const ServedKind& kind,
    const std::string& namespaceName,
    Json document,
    const WriteOptions& options) {
  if (isDeeperThan(document, kMaxStoredDepth)) return tooDeep();
  if (kind.terminating)
    return Error{
        Reason::MethodNotAllowed,
        "create not allowed while custom resource definition is terminating"};
  const auto now = deps_.clock.wall();
  auto owners = takeManagedFields(document);
  BERTH_TRY(
      auto admitted,
      admitNew(kind, std::move(document), {namespaceName, now, deps_.random}, options.fields));
  if (!options.bringsOwners)
    owners = ownersOfNew(admitted.document, {kind, options.manager, Part::Main, now});
  putManagedFields(admitted.document, std::move(owners));
  BERTH_CHECK(checkNamespace(context, kind, admitted.document));
  if (options.permit) BERTH_CHECK(options.permit(nullptr, admitted.document));
  Outcome outcome{.created = true, .warnings = std::move(admitted.warnings)};
  if (options.dryRun) {
    const auto key = ObjectKey{namespaceName, stringAt(admitted.document, "metadata.name")};
    BERTH_TRY(const auto present, load(context, kind.resource, key, true));
    if (present.object != nullptr) return alreadyExists(kind.type, key.name);
    outcome.object = unstored(kind, admitted.document);
    return outcome;
  }
  auto write = writeOf(store::Operation::Create, kind, admitted.document, options.actor);
  write.audit = changeRecord({write, options.request, nullptr, &admitted.document});
  const auto name = write.key.name;
  auto kept = commit(context, std::move(write));
  if (!kept && kept.error().reason == Reason::Invalid) return claimTaken(kind, name, kept.error());
  BERTH_TRY(outcome.object, std::move(kept));
  return outcome;
}

/// An attempt is believed when it wrote (the store compared) or when its base was
/// surely the newest; otherwise it is made again from the store.
Result<Outcome> ObjectService::repeat(
    const Context& context,
    const ServedKind& kind,
    const ObjectKey& key,
    const std::function<Result<Attempt>(const store::StoredObject& base)>& attempt) {
  for (int i = 0; i < kAttempts; ++i) {
    BERTH_TRY(const auto base, load(context, kind.resource, key, i > 0));
    auto made = base.object == nullptr ? Result<Attempt>(notFound(kind.type, key.name))
                                       : attempt(*base.object);
    if (made && made->raced) continue;
    const bool believed = base.certain || (made && made->committed);
    if (believed && made) return std::move(made->outcome);
    if (believed) return std::move(made).error();
  }
  return modified(kind.type, key.name);
}

Result<ObjectService::Attempt> ObjectService::attemptModify(
    const Context& context,
    const WriteTarget& target,
    const Mutation& mutation,
    const WriteOptions& options,
    const store::StoredObject& base) {
  BERTH_CHECK(checkReadable(base));
  BERTH_TRY(auto stored, parseStored(target.kind, base));
  BERTH_TRY(auto wanted, mutation(stored));
  if (isDeeperThan(wanted, kMaxStoredDepth)) return tooDeep();
  auto held = takeManagedFields(stored);
  auto sent = takeManagedFields(wanted);
  BERTH_TRY(
      auto admitted,
      admitChange(target.kind, stored, std::move(wanted), target.part, options.fields));
  Attempt result{.outcome = {.warnings = std::move(admitted.warnings)}};
  auto& outcome = result.outcome;
  const bool last = isDeleting(stored) && !hasFinalizers(admitted.document);
  const bool same = admitted.document == stored && !last;
  auto owners = options.bringsOwners
                    ? std::move(sent)
                    : ownersOfChanged(
                          {stored, admitted.document, same ? held : std::move(held), sent},
                          {target.kind, options.manager, target.part, deps_.clock.wall()});
  if (same && sameButTimes(owners, held)) {
    outcome.object = std::make_shared<const store::StoredObject>(base);
    return result;
  }
  putManagedFields(admitted.document, std::move(owners));
  if (options.permit) BERTH_CHECK(options.permit(&stored, admitted.document));
  outcome.gone = last;
  if (options.dryRun) {
    outcome.object = unstored(target.kind, admitted.document);
    return result;
  }
  auto write = writeOf(
      last ? store::Operation::Delete : store::Operation::Replace,
      target.kind,
      admitted.document,
      options.actor);
  write.audit =
      changeRecord({write, options.request, &stored, last ? nullptr : &admitted.document});
  write.expected = base.revision;
  auto kept = commit(context, std::move(write));
  if (!kept && kept.error().reason == Reason::Invalid)
    return claimTaken(target.kind, target.key.name, kept.error());
  result.raced = !kept && isRace(kept.error());
  if (result.raced) return result;
  BERTH_TRY(outcome.object, std::move(kept));
  result.committed = true;
  return result;
}

Result<Outcome> ObjectService::modify(
    const Context& context,
    const WriteTarget& target,
    const Mutation& mutation,
    const WriteOptions& options) {
  return repeat(context, target.kind, target.key, [&](const store::StoredObject& base) {
    return attemptModify(context, target, mutation, options, base);
  });
}

Result<Outcome> ObjectService::apply(
    const Context& context,
    const WriteTarget& target,
    const Configuration& configuration,
    const WriteOptions& options) {
  const auto& [kind, key, part] = target;
  BERTH_TRY(const auto document, readConfiguration(kind, key, part, configuration.document));
  const Writer writer{kind, options.manager, part, deps_.clock.wall()};
  auto owned = options;
  owned.bringsOwners = true;
  const auto change = [&](const Json& stored) {
    return applyTo(stored, document, writer, configuration.force);
  };
  for (int i = 0; i < kAttempts; ++i) {
    auto changed = modify(context, target, change, owned);
    const bool absent = !changed && changed.error().reason == Reason::NotFound;
    if (!absent || part != Part::Main) return changed;
    if (const auto uid = stringAt(document, "metadata.uid"); !uid.empty())
      return conflict(
          kind.type,
          key.name,
          "uid mismatch: the provided object specified uid " + uid +
              ", and no existing object was found");
    auto created =
        create(context, kind, key.namespaceName, applyToNothing(document, writer), owned);
    const bool raced = !created && created.error().reason == Reason::AlreadyExists;
    if (!raced) return created;
  }
  return modified(kind.type, key.name);
}

Result<ObjectService::Attempt> ObjectService::attemptRemove(
    const Context& context,
    const ServedKind& kind,
    const DeleteOptions& options,
    const store::StoredObject& base) {
  BERTH_TRY(const auto stored, parseStored(kind, base));
  BERTH_CHECK(checkDeletion(kind, stored, options));
  const auto marked = markDeleted(kind, stored, options.propagation, deps_.clock.wall());
  Attempt result;
  auto& outcome = result.outcome;
  outcome.gone = !hasFinalizers(marked);
  const bool marksNothing = !outcome.gone && marked == stored;
  if (marksNothing || options.dryRun) {
    outcome.object = std::make_shared<const store::StoredObject>(base);
    if (!outcome.gone) outcome.object = unstored(kind, marked);
    return result;
  }
  auto write = writeOf(
      outcome.gone ? store::Operation::Delete : store::Operation::Replace,
      kind,
      marked,
      options.actor);
  write.audit = changeRecord({write, options.request, &stored, outcome.gone ? nullptr : &marked});
  write.expected = base.revision;
  auto kept = commit(context, std::move(write));
  result.raced = !kept && isRace(kept.error());
  if (result.raced) return result;
  BERTH_TRY(outcome.object, std::move(kept));
  result.committed = true;
  return result;
}

Result<Outcome> ObjectService::remove(
    const Context& context,
    const ServedKind& kind,
    const ObjectKey& key,
    const DeleteOptions& options) {
  return repeat(context, kind, key, [&](const store::StoredObject& base) {
    return attemptRemove(context, kind, options, base);
  });
}

}  // namespace berth::api
