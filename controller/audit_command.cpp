#include "controller/audit_command.hpp"

#include <optional>

#include "controller/store/open.hpp"
#include "core/crypto/private_file.hpp"
#include "core/options/options.hpp"

namespace berth {
namespace {

constexpr std::size_t kPage = 1000;

struct AuditOptions {
  std::string store = "sqlite:/var/lib/berth/berth.db";
  std::string fromAnchor;

  static constexpr auto kOptions = std::tuple{
      option("store", &AuditOptions::store, "sqlite:PATH or postgresql://..."),
      option(
          "from-anchor",
          &AuditOptions::fromAnchor,
          "File whose last line is a record that the log must still have."),
  };
};

Result<AuditSummary> verify(const AuditOptions& options) {
  const SystemClock clock;
  SystemRandom random;
  std::optional<AuditMark> anchor;
  if (!options.fromAnchor.empty()) {
    BERTH_TRY(const auto text, readFile(options.fromAnchor));
    BERTH_TRY(anchor, readAnchor(text));
  }
  BERTH_TRY(const auto opened, store::openStoreToRead(options.store, clock, random));
  return verifyAudit(
      [&](std::int64_t after) { return opened.audit->readAudit({}, after, kPage); }, anchor);
}

}  // namespace

Result<std::string> auditCommand(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] != "verify")
    return Error{Reason::Invalid, "berth-controller audit verify [--store URL]"};
  AuditOptions options;
  BERTH_TRY(
      auto text,
      loadOptions(
          {"berth-controller audit verify", "Verifies the audit log of a store.", BERTH_VERSION},
          options,
          {arguments.begin() + 1, arguments.end()}));
  if (text) return *std::move(text);
  const auto sound = verify(options);
  if (sound) return describe(*sound) + '\n';
  return Error{Reason::InternalError, sound.error().message};  // Invalid is for wrong usage
}

}  // namespace berth
