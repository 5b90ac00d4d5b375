#include "controller/audit_command.hpp"

#include <cstdio>

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

int fail(const Error& error, int code) {
  std::fprintf(stderr, "error: %s\n", error.message.c_str());
  return code;
}

}  // namespace

int runAuditCommand(const std::vector<std::string>& words) {
  constexpr int kUsage = 64;
  if (words.empty() || words[0] != "verify")
    return fail({Reason::Invalid, "berth-controller audit verify [--store URL]"}, kUsage);
  AuditOptions options;
  const auto text = loadOptions(
      {"berth-controller audit verify", "Verifies the audit log of a store.", BERTH_VERSION},
      options,
      {words.begin() + 1, words.end()});
  if (!text) return fail(text.error(), kUsage);
  if (*text) {
    std::fputs((*text)->c_str(), stdout);
    return 0;
  }
  const auto sound = verify(options);
  if (!sound) return fail(sound.error(), 1);
  std::printf("%s\n", describe(*sound).c_str());
  return 0;
}

}  // namespace berth
