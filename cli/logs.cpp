#include <ostream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

constexpr const char* kDefaultKind = "clientdeployments";

class Logs final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("follow,f", follow_, "go on printing as the container writes");
    flags.add("tail", tail_, "LINES", "only the last lines; -1 is all");
    flags.add("since", since_, "TIME", "only what is newer than 10m, 1h ...");
    flags.add("timestamps", timestamps_, "with the time of each line");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (words.empty() || words.size() > 2)
      return usageError("name one deployment", session.program() + " logs NAME");
    auto list = words;
    if (list.size() == 1 && list[0].find('/') == std::string::npos)
      list.insert(list.begin(), kDefaultKind);
    BERTH_TRY(const auto targets, findTargets(session, list));
    RestRequest request{
        .path = targets[0].path() + "/log", .accept = "text/plain, application/json"};
    if (follow_) request.query.emplace_back("follow", "true");
    if (tail_ >= 0) request.query.emplace_back("tailLines", std::to_string(tail_));
    if (timestamps_) request.query.emplace_back("timestamps", "true");
    if (!since_.empty()) {
      BERTH_TRY(const auto age, parseTimeout(since_));
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(age).count();
      request.query.emplace_back("sinceSeconds", std::to_string(seconds));
    }
    BERTH_TRY(auto* api, session.api());
    BERTH_CHECK(api->stream(request, [&](std::string_view bytes) {
      session.out() << bytes << std::flush;
      return session.out().good();
    }));
    return kExitOk;
  }

 private:
  bool follow_ = false;
  int tail_ = -1;
  std::string since_;
  bool timestamps_ = false;
};

}  // namespace

std::unique_ptr<Command> makeLogs() { return std::make_unique<Logs>(); }

}  // namespace berth::cli
