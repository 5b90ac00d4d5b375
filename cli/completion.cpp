#include <map>
#include <ostream>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"

namespace berth::cli {

namespace {

constexpr const char* kBash = R"shell(# bash completion for berth: source <(berth completion bash)
_berth() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(berth __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _berth berth
)shell";

constexpr const char* kZsh = R"shell(#compdef berth
# zsh completion for berth: source <(berth completion zsh)
_berth() {
  local -a candidates
  candidates=("${(@f)$(berth __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${candidates[*]}" ]]; then compadd -a candidates; else _files; fi
}
compdef _berth berth
)shell";

constexpr const char* kFish = R"shell(# fish completion for berth: berth completion fish | source
function __berth_complete
  set -l words (commandline -opc) (commandline -ct)
  berth __complete $words[2..-1] 2>/dev/null
end
complete -c berth -f -a '(__berth_complete)'
complete -c berth -s f -l filename -r -F
)shell";

class Completion final : public Command {
 public:
  void addFlags(FlagSet&) override {}

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    static const std::map<std::string, const char*> kScripts{
        {"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}};
    const auto found = words.size() == 1 ? kScripts.find(words[0]) : kScripts.end();
    if (found == kScripts.end()) return usageError("name one shell", "bash, zsh or fish");
    session.out() << found->second;
    return kExitOk;
  }
};

}  // namespace

std::unique_ptr<Command> makeCompletion() { return std::make_unique<Completion>(); }

}  // namespace berth::cli
