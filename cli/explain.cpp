#include <ostream>
#include <sstream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/explain_text.hpp"

namespace berth::cli {

namespace {

class Explain final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("recursive", recursive_, "with the fields of the fields, without their descriptions");
    flags.add("api-version", apiVersion_, "VERSION", "of this group and version");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (words.size() != 1)
      return usageError("name one kind", session.program() + " explain clientdeployment.spec");
    std::vector<std::string> path;
    std::istringstream parts(words[0]);
    for (std::string part; std::getline(parts, part, '.');) path.push_back(part);
    if (path.empty()) return usageError("name one kind");
    BERTH_TRY(const auto* discovery, session.discovery());
    BERTH_TRY(const auto* type, discovery->find(path[0]));
    path.erase(path.begin());
    const auto apiVersion = apiVersion_.empty() ? type->apiVersion() : apiVersion_;
    BERTH_TRY(const auto schemas, fetch(session, apiVersion));
    BERTH_TRY(
        const auto text,
        explainText(schemas, {type->group, apiVersion, type->kind}, path, recursive_));
    session.out() << text;
    return kExitOk;
  }

 private:
  static Result<Json> fetch(Session& session, const std::string& apiVersion) {
    BERTH_TRY(auto* api, session.api());
    BERTH_TRY(const auto index, api->call({.path = "/openapi/v3"}));
    const bool core = apiVersion.find('/') == std::string::npos;
    const auto name = (core ? "api/" : "apis/") + apiVersion;
    const auto paths = index.value("paths", Json::object());
    if (!paths.contains(name))
      return Error{Reason::NotFound, "the server does not describe " + apiVersion};
    const auto url = stringAt(paths[name], "serverRelativeURL");
    RestRequest request{.path = url.substr(0, url.find('?'))};
    if (const auto hash = url.find("?hash="); hash != std::string::npos)
      request.query = {{"hash", url.substr(hash + 6)}};
    BERTH_TRY(const auto document, api->call(request));
    const auto* schemas = findPath(document, "components.schemas");
    if (schemas == nullptr || !schemas->is_object())
      return Error{Reason::InternalError, "the server's OpenAPI document has no schemas"};
    return *schemas;
  }

  bool recursive_ = false;
  std::string apiVersion_;
};

}  // namespace

std::unique_ptr<Command> makeExplain() { return std::make_unique<Explain>(); }

}  // namespace berth::cli
