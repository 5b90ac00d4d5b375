#include "controller/api/audit_handler.hpp"

#include <charconv>

#include "controller/api/respond.hpp"

namespace berth::api {
namespace {

constexpr std::int64_t kDefaultLimit = 500;
constexpr std::int64_t kMaxLimit = 5000;

Result<std::int64_t> numberAt(const Call& call, const char* name, std::int64_t fallback) {
  const auto text = call.target.param(name);
  if (text.empty()) return fallback;
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end || number < 0)
    return badRequest(std::string(name) + " must be a number");
  return number;
}

Json markOf(const AuditMark& mark) { return {{"seq", mark.seq}, {"hash", mark.hash}}; }

/// The record as an object; as text when somebody has made something else of it, so that
/// whoever verifies sees the bytes that are there.
Json recordOf(const std::string& text) {
  auto parsed = parseJson(text);
  if (parsed && dumpJson(parsed->document) == text) return std::move(parsed->document);
  return text;
}

}  // namespace

Result<http::Response> answerAudit(const Services& services, const Call& call) {
  auto* const log = services.dependencies.audit;
  if (log == nullptr) return Error{Reason::NotFound, "this server keeps no audit log"};
  BERTH_TRY(const auto after, numberAt(call, "after", 0));
  BERTH_TRY(const auto limit, numberAt(call, "limit", kDefaultLimit));
  BERTH_TRY(
      const auto page,
      log->readAudit(call.context, after, std::size_t(std::min(limit, kMaxLimit))));
  Json entries = Json::array();
  for (const auto& entry : page.entries)
    entries.push_back(
        {{"seq", entry.seq},
         {"at", entry.at},
         {"revision", entry.revision},
         {"record", recordOf(entry.record)},
         {"hash", entry.hash}});
  return documentResponse(
      200,
      {{"cut", markOf(page.cut)}, {"head", markOf(page.head)}, {"entries", std::move(entries)}});
}

}  // namespace berth::api
