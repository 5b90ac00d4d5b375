#include "core/object/fields.hpp"

#include <gmock/gmock.h>

#include "core/object/codec.hpp"
#include "core/object/condition.hpp"

namespace berth {
namespace {

struct Port {
  std::int64_t number = 80;
  std::string name;
  static constexpr auto kFields =
      std::tuple{field("number", &Port::number, Emit::Always), field("name", &Port::name)};
  bool operator==(const Port&) const = default;
};

struct ThingSpec {
  std::string image;
  std::vector<Port> ports;
  std::map<std::string, std::string> labels;
  std::optional<std::int64_t> replicas;
  bool operator==(const ThingSpec&) const = default;
  static constexpr auto kFields = std::tuple{
      field("image", &ThingSpec::image, Emit::Always),
      field("ports", &ThingSpec::ports),
      field("labels", &ThingSpec::labels),
      field("replicas", &ThingSpec::replicas),
  };
};

struct ThingStatus {
  std::vector<Condition> conditions;
  bool operator==(const ThingStatus&) const = default;
  static constexpr auto kFields = std::tuple{field("conditions", &ThingStatus::conditions)};
};

struct Thing : Object<ThingSpec, ThingStatus> {
  static inline const ResourceType kType{"berth.dev", "v1alpha1", "Thing", "things", true};
};

TEST(FieldsTest, RoundTripsAWholeObject) {
  Thing thing;
  thing.metadata = {.name = "a", .namespaceName = "n", .uid = "u"};
  thing.spec = {.image = "x:1", .ports = {{.number = 0, .name = "http"}}, .replicas = 3};
  thing.status.conditions = {{.type = "Ready", .status = "True", .reason = "Fine"}};

  const Json document = encodeObject(thing);

  EXPECT_EQ(stringAt(document, "apiVersion"), "berth.dev/v1alpha1");
  EXPECT_EQ(document["spec"]["ports"][0]["number"], 0);
  EXPECT_EQ(*decodeObject<Thing>(document), thing);
}

TEST(FieldsTest, LeavesOutWhatIsUnset) {
  EXPECT_EQ(dumpJson(encode(ThingSpec{.image = ""})), R"({"image":""})");
}

TEST(FieldsTest, NamesThePathOfAWrongType) {
  const auto decoded = decodeObject<Thing>(
      Json{{"metadata", {{"name", "a"}}}, {"spec", {{"ports", {{{"number", "80"}}}}}}});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message, ".spec.ports[0].number: expected an integer, found string");
}

TEST(ConditionTest, KeepsTheTransitionTimeWhileTheStatusStays) {
  std::vector<Condition> conditions;
  const Time start{std::chrono::seconds(1000)};
  EXPECT_TRUE(setCondition(conditions, {.type = "Ready", .status = "False", .reason = "A"}, start));
  EXPECT_TRUE(setCondition(
      conditions,
      {.type = "Ready", .status = "False", .reason = "B"},
      start + std::chrono::hours(1)));
  EXPECT_EQ(conditions[0].lastTransitionTime, start);
  EXPECT_FALSE(setCondition(
      conditions,
      {.type = "Ready", .status = "False", .reason = "B"},
      start + std::chrono::hours(2)));
  EXPECT_TRUE(setCondition(
      conditions,
      {.type = "Ready", .status = "True", .reason = "C"},
      start + std::chrono::hours(3)));
  EXPECT_EQ(conditions[0].lastTransitionTime, start + std::chrono::hours(3));
}

}  // namespace
}  // namespace berth
