#include "controller/store_commands.hpp"

#include "controller/store/postgres_session.hpp"
#include "core/options/options.hpp"

namespace berth {
namespace {

constexpr const char* kSummary =
    "store setup: makes or upgrades the schema berth in a PostgreSQL database, gives it to the\n"
    "role berth_owner, which cannot log in, and lets another role call its functions, which\n"
    "is all that a controller needs.  To be repeated with every new version.";

struct SetupOptions {
  std::string store;
  std::string grantTo;
  static constexpr auto kOptions = std::tuple{
      option(
          "store",
          &SetupOptions::store,
          "postgresql://... of a user who may make schemas and roles."),
      option("grant-to", &SetupOptions::grantTo, "The role of the controllers; it must exist."),
  };
};

}  // namespace

Result<std::string> storeCommand(const std::vector<std::string>& arguments) {
  SetupOptions options;
  const bool named = !arguments.empty() && arguments.front() == "setup";
  const std::vector<std::string> flags(arguments.begin() + (named ? 1 : 0), arguments.end());
  BERTH_TRY(
      const auto text,
      loadOptions({"berth-controller store", kSummary, BERTH_VERSION}, options, flags));
  if (text) return *text;
  if (!named || options.store.empty() || options.grantTo.empty())
    return Error{Reason::Invalid, "say: store setup --store URL --grant-to ROLE"};
  BERTH_CHECK(store::setUpPostgres(options.store, options.grantTo));
  return "the schema is ready for " + options.grantTo + "\n";
}

}  // namespace berth
