#include "controller/api/list_handlers.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <functional>
#include <thread>

#include "controller/api/list_options.hpp"
#include "controller/api/object_handlers.hpp"
#include "controller/api/paging.hpp"
#include "controller/api/respond.hpp"
#include "controller/api/selection.hpp"
#include "core/base/guarded.hpp"

namespace berth::api {
namespace {

struct ListQuery {
  Selection selection;
  std::size_t limit = 0;  // 0: all
  std::optional<ContinueToken> from;
  std::optional<store::Revision> revision;
  bool exact = false;
  bool any = false;  // resourceVersion=0: whatever is at hand
};

Result<std::size_t> limitOf(const http::Target& target) {
  const auto text = target.param("limit");
  std::size_t limit = 0;
  if (text.empty()) return limit;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (problem != std::errc{} || end != text.data() + text.size())
    return badRequest("limit: not a number: " + text);
  return limit;
}

Result<ListQuery> readQuery(const Call& call, const ServedKind& kind) {
  const auto& target = call.target;
  ListQuery query;
  BERTH_TRY(query.selection, Selection::read(kind, call.info.namespaceName, target));
  BERTH_TRY(query.limit, limitOf(target));
  BERTH_CHECK(checkListOptions(target));
  if (const auto token = target.param("continue"); !token.empty()) {
    BERTH_TRY(query.from, ContinueToken::parse(token));
    return query;
  }
  BERTH_TRY(query.revision, revisionOf(target));
  query.any = target.param("resourceVersion") == "0";
  const auto match = target.param("resourceVersionMatch");
  // A page of a version is of exactly that one, unless said otherwise.
  query.exact = match == "Exact" || (match.empty() && query.limit > 0);
  return query;
}

Error tooLarge(store::Revision revision, store::Revision head) {
  return {
      Reason::Timeout,
      "Too large resource version: " + std::to_string(revision) +
          ", current: " + std::to_string(head),
      {{"ResourceVersionTooLarge", "Too large resource version", {}}},
      /*retryAfterSeconds*/ 1};
}

/// Objects of the newest state, from memory.
Result<ListPage> listNewest(
    Services& services, const Call& call, const ServedKind& kind, const ListQuery& query) {
  auto& hub = services.dependencies.hub;
  if (query.revision && *query.revision > hub.revision()) {
    const auto reached = hub.waitFor(untilGrace(services, call), *query.revision);
    if (!reached) return tooLarge(*query.revision, hub.revision());
  } else if (!query.revision && !(query.any && hub.synced())) {
    BERTH_CHECK(services.objects.catchUp(call.context));
  }
  const auto state = hub.list(kind.resource, query.selection.namespaceName());
  ListPage page{.revision = state.revision};
  std::size_t seen = 0;
  for (const auto& object : state.objects) {
    const bool full = query.limit > 0 && page.objects.size() == query.limit;
    if (full) break;
    ++seen;
    if (query.selection.matches(*object)) page.objects.push_back(object->stored);
  }
  const auto rest = state.objects.size() - seen;
  if (rest == 0) return page;
  ContinueToken token{.revision = page.revision, .after = state.objects[seen - 1]->stored->key};
  if (query.selection.isWhole()) page.remaining = token.remaining = rest;
  page.continueToken = token.text();
  return page;
}

/// Objects of an older state, from the store.
Result<ListPage> listAt(
    Services& services, const Call& call, const ServedKind& kind, const ListQuery& query) {
  const auto& space = query.selection.namespaceName();
  store::Store::ListOptions options{.resource = kind.resource};
  options.at = query.from ? query.from->revision : *query.revision;
  if (options.at == ContinueToken::kNewest) options.at.reset();
  options.limit = query.limit;
  if (query.from) {
    options.after = query.from->after;
  } else if (!space.empty()) {
    options.after = ObjectKey{space, {}};
  }
  ListPage page;
  bool more = true;
  bool past = false;
  while (more && !past && (query.limit == 0 || page.objects.size() < query.limit)) {
    BERTH_TRY(const auto part, services.dependencies.store.list(call.context, options));
    options.at = page.revision = part.revision;
    more = part.more;
    for (const auto& object : part.objects) {
      past = !space.empty() && object->key.namespaceName != space;
      if (past || (query.limit > 0 && page.objects.size() == query.limit)) break;
      options.after = object->key;
      if (query.selection.matches(*object)) page.objects.push_back(object);
    }
    more = more || (!part.objects.empty() && options.after != part.objects.back()->key);
  }
  if (!more || past || !options.after) return page;
  ContinueToken token{.revision = page.revision, .after = *options.after};
  if (query.from && query.from->remaining && *query.from->remaining > page.objects.size())
    page.remaining = token.remaining = *query.from->remaining - page.objects.size();
  page.continueToken = token.text();
  return page;
}

Result<ListPage> pageOf(
    Services& services, const Call& call, const ServedKind& kind, const ListQuery& query) {
  const bool old = query.from || (query.exact && query.revision);
  if (!old) return listNewest(services, call, kind, query);
  auto& hub = services.dependencies.hub;
  if (!query.from && *query.revision > hub.revision() &&
      !hub.waitFor(untilGrace(services, call), *query.revision))
    return tooLarge(*query.revision, hub.revision());
  auto page = listAt(services, call, kind, query);
  if (page || page.error().reason != Reason::Expired) return page;
  return Error{
      Reason::Expired,
      query.from
          ? "The provided continue parameter is too old to display a consistent list result. You "
            "can start a new list without the continue parameter, or use the continue token in "
            "this response to retrieve the remainder of the results. Continuing with the provided "
            "token results in an inconsistent list - objects that were created, modified, or "
            "deleted between the time the first chunk was returned and now may show up in the list."
          : "The resourceVersion for the provided list is too old."};
}

/// 410 with a token for the rest of the list as it is now.
http::Response expiredResponse(const Error& error, const ServedKind& kind, const ListQuery& query) {
  auto status = failureStatus(error, {.group = kind.type.group, .kind = kind.type.plural});
  const ContinueToken rest{.revision = ContinueToken::kNewest, .after = query.from->after};
  status["metadata"]["continue"] = rest.text();
  return documentResponse(httpCode(error.reason), status);
}

/// Many at a time, because the store commits together what waits together.  The
/// first failure ends it; what is gone already is no failure.
Result<> deleteAll(
    const std::vector<store::StoredObjectPtr>& objects,
    const std::function<Result<Outcome>(const store::StoredObject&)>& remove) {
  constexpr std::size_t kThreads = 128;
  std::atomic<std::size_t> next{0};
  Guarded<std::optional<Error>> failure;
  const auto work = [&] {
    for (auto i = next++; i < objects.size(); i = next++) {
      const auto outcome = remove(*objects[i]);
      if (outcome || outcome.error().reason == Reason::NotFound) continue;
      failure.with([&](auto& first) { first = first ? first : outcome.error(); });
      next = objects.size();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(kThreads, objects.size()); ++i) threads.emplace_back(work);
    work();
  }
  return failure.with([](auto& first) { return first ? Result<>(*first) : Result<>(Ok{}); });
}

}  // namespace

Context untilGrace(const Services& services, const Call& call) {
  constexpr Duration kGrace = std::chrono::seconds(3);
  auto context = call.context;
  const auto end = services.dependencies.clock.now() + kGrace;
  context.deadline = std::min(context.deadline, end);
  return context;
}

Result<std::optional<store::Revision>> revisionOf(const http::Target& target) {
  const auto text = target.param("resourceVersion");
  if (text.empty() || text == "0") return std::optional<store::Revision>();
  store::Revision revision = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (problem != std::errc{} || end != text.data() + text.size() || revision < 0)
    return invalid(
        "ListOptions.meta.k8s.io", "", {invalidValue("resourceVersion", text, "must be a number")});
  return std::optional(revision);
}

Result<http::Response> listObjects(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  BERTH_TRY(const auto query, readQuery(call, kind));
  Answer answer{.kind = kind, .wanted = wanted, .now = services.dependencies.clock.wall()};
  if (call.target.has("includeObject")) answer.includeObject = call.target.param("includeObject");
  auto page = pageOf(services, call, kind, query);
  if (!page && page.error().reason == Reason::Expired && query.from)
    return expiredResponse(page.error(), kind, query);
  if (!page) return std::move(page).error();
  return listResponse(*std::move(page), answer);
}

Result<http::Response> deleteCollection(
    Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  BERTH_TRY(const auto options, deleteOptionsOf(call));
  BERTH_TRY(const auto query, readQuery(call, kind));
  BERTH_TRY(auto page, pageOf(services, call, kind, query));
  BERTH_CHECK(deleteAll(page.objects, [&](const store::StoredObject& object) {
    auto one = options;
    one.uid = object.uid;
    return services.objects.remove(call.context, kind, object.key, one);
  }));
  return listResponse(
      std::move(page), {.kind = kind, .wanted = wanted, .now = services.dependencies.clock.wall()});
}

}  // namespace berth::api
