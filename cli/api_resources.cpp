#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/tab_writer.hpp"

namespace berth::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

class ApiResources final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("api-group", group_, "GROUP", "of one group only");
    flags.add("namespaced", namespaced_, "BOOL", "true: the namespaced kinds; false: the others");
    flags.add("no-headers", noHeaders_, "without the line of headers");
    flags.add("output,o", output_, "FORMAT", "wide or name");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!words.empty()) return usageError("unexpected \"" + words[0] + "\"");
    if (!output_.empty() && output_ != "wide" && output_ != "name")
      return usageError("unknown output format: " + output_, "wide or name");
    BERTH_TRY(const auto* discovery, session.discovery());
    auto resources = discovery->all();
    std::ranges::stable_sort(resources, [](const ApiResource& a, const ApiResource& b) {
      return std::pair(a.group, a.plural) < std::pair(b.group, b.plural);
    });
    TabWriter writer(TabLayout{.minimum = 6, .padding = 3});
    if (!noHeaders_ && output_ != "name")
      writer.write(
          std::string("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND") +
          (output_ == "wide" ? "\tVERBS\tCATEGORIES\n" : "\n"));
    for (const auto& resource : resources)
      if (isWanted(resource)) writer.write(line(resource));
    session.out() << writer.flush();
    return kExitOk;
  }

 private:
  [[nodiscard]] bool isWanted(const ApiResource& resource) const {
    if (!group_.empty() && resource.group != group_) return false;
    return namespaced_.empty() || resource.namespaced == (namespaced_ == "true");
  }

  [[nodiscard]] std::string line(const ApiResource& resource) const {
    if (output_ == "name")
      return resource.plural + (resource.group.empty() ? "" : "." + resource.group) + "\n";
    auto text = resource.plural + "\t" + joined(resource.shortNames) + "\t" +
                resource.apiVersion() + "\t" + (resource.namespaced ? "true" : "false") + "\t" +
                resource.kind;
    if (output_ == "wide")
      text += "\t" + joined(resource.verbs) + "\t" + joined(resource.categories);
    return text + "\n";
  }

  std::string group_;
  std::string namespaced_;
  bool noHeaders_ = false;
  std::string output_;
};

}  // namespace

std::unique_ptr<Command> makeApiResources() { return std::make_unique<ApiResources>(); }

}  // namespace berth::cli
