#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "controller/options.hpp"

namespace berth {
namespace {

constexpr auto kIntroduction = R"(# Options of berth-controller

Each option is a flag, a variable of the environment and a key of the YAML file that `--config FILE`
(`BERTH_CONFIG`) names. A flag wins over the variable, that over the file, that over the default. An
unknown flag or key is an error that names the nearest known one. A DURATION is like `90s` or `1h30m`; a
LIST is separated by commas, or its flag is repeated, or it is a list in the file.

)";

TEST(OptionsReferenceTest, IsThePageInTheDocs) {
  ControllerOptions options;
  const auto page = kIntroduction + optionsReference(optionSpecs(options));

  if (std::getenv("BERTH_ACCEPT") != nullptr) std::ofstream(BERTH_OPTIONS_PAGE) << page;
  std::ifstream file(BERTH_OPTIONS_PAGE);
  const std::string written{std::istreambuf_iterator<char>(file), {}};

  EXPECT_EQ(written, page) << "BERTH_ACCEPT=1 rewrites " << BERTH_OPTIONS_PAGE;
}

}  // namespace
}  // namespace berth
