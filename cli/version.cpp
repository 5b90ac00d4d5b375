#include <ostream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/output.hpp"

namespace berth::cli {

namespace {

class Version final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("client", client_, "of berth only; asks no server");
    flags.add("output,o", outputText_, "FORMAT", "yaml or json");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!words.empty()) return usageError("unexpected \"" + words[0] + "\"");
    BERTH_TRY(const auto output, Output::parse(outputText_));
    Json versions{{"clientVersion", {{"gitVersion", "v" BERTH_VERSION}}}};
    Result<Json> server = Json();
    if (!client_) server = ask(session);
    if (server && !server->is_null()) versions["serverVersion"] = *server;
    if (!output.isTable()) {
      session.out() << output.print(versions);
    } else {
      session.out() << "Client Version: v" BERTH_VERSION "\n";
      if (server && !server->is_null())
        session.out() << "Server Version: " << stringAt(*server, "gitVersion") << '\n';
    }
    if (!server) return std::move(server).error();
    return kExitOk;
  }

 private:
  static Result<Json> ask(Session& session) {
    BERTH_TRY(auto* api, session.api());
    return api->call({.path = "/version"});
  }

  bool client_ = false;
  std::string outputText_;
};

}  // namespace

std::unique_ptr<Command> makeVersion() { return std::make_unique<Version>(); }

}  // namespace berth::cli
