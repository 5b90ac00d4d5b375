#include "controller/store/sealed_store.hpp"

#include <gmock/gmock.h>

#include "controller/store/memory_store.hpp"
#include "core/json/json.hpp"

namespace berth::store {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kCanary = "canary-51c0";

class SealedStoreTest : public testing::Test {
 protected:
  static Body body(const std::string& text) {
    return {R"({"kind":"Secret","resourceVersion":"","text":")" + text + R"("})", 36};
  }
  static Write create(const std::string& name, const std::string& text = kCanary) {
    return {
        .operation = Operation::Create,
        .resource = "secrets",
        .key = {"acme", name},
        .uid = "uid-of-" + name,
        .body = body(text)};
  }
  static Write replace(const StoredObject& object, const std::string& text) {
    Write write = create(object.key.name, text);
    write.operation = Operation::Replace;
    write.expected = object.revision;
    return write;
  }
  StoredObjectPtr put(const Write& write) {
    auto stored = store_.write({}, write);
    if (!stored) throw std::runtime_error(stored.error().message);
    return *stored;
  }
  StoredObjectPtr get(const std::string& name = "a") {
    return store_.get({}, "secrets", {"acme", name}).value();
  }
  StoredObjectPtr raw(const std::string& name = "a") {
    return memory_.get({}, "secrets", {"acme", name}).value();
  }
  /// Puts a stored text in the place of `name`'s, as who writes to the database could.
  void forge(const std::string& name, std::string text) {
    Write write = create(name);
    write.operation = Operation::Replace;
    const std::size_t end = text.size();
    write.body = {std::move(text), end};
    if (!memory_.write({}, write)) throw std::runtime_error("forge");
  }
  std::string textOf(const std::string& name) {
    const auto object = raw(name);
    const auto digits = std::to_string(object->revision).size();
    return object->bytes.substr(0, object->bytes.size() - digits);
  }
  void expectFault(const std::string& name, const std::string& fault) {
    const auto object = get(name);
    EXPECT_THAT(object->fault, HasSubstr(fault));
    EXPECT_THAT(object->bytes, Not(HasSubstr(kCanary)));
    const auto document = parseJson(object->bytes)->document;
    EXPECT_EQ(stringAt(document, "metadata.name"), name);
    EXPECT_EQ(stringAt(document, "metadata.uid"), object->uid);
    EXPECT_EQ(stringAt(document, "type"), "berth.dev/unreadable");
    EXPECT_FALSE(document.contains("data"));
  }

  FakeClock clock_;
  SeededRandom random_{7};
  MemoryStore memory_{clock_};
  SealingKey old_ = makeSealingKey(random_);
  SealingKey new_ = makeSealingKey(random_);
  Sealer sealer_{Keyring({old_}), "store", random_};
  SealedStore store_{memory_, sealer_};
};

TEST_F(SealedStoreTest, ServesDocumentsAndKeepsCiphertext) {
  const auto stored = put(create("a"));

  EXPECT_EQ(stored->bytes, spliced(body(kCanary).bytes, 36, stored->revision));
  EXPECT_EQ(get()->bytes, stored->bytes);
  EXPECT_EQ(store_.list({}, {})->objects.at(0)->bytes, stored->bytes);
  EXPECT_EQ(store_.changesSince({}, 0, 0).error().reason, Reason::Expired);
  EXPECT_EQ(store_.changesSince({}, kFirstRevision, 0)->changes.at(0).object->bytes, stored->bytes);
  EXPECT_THAT(raw()->bytes, Not(HasSubstr(kCanary)));
  EXPECT_THAT(raw()->bytes, testing::StartsWith("bs1." + old_.id + "."));
}

TEST_F(SealedStoreTest, LeavesOtherKindsAsTheyAre) {
  Write write = create("a");
  write.resource = "configmaps";
  put(write);

  EXPECT_THAT(memory_.get({}, "configmaps", {"acme", "a"}).value()->bytes, HasSubstr(kCanary));
}

TEST_F(SealedStoreTest, AnswersADeletionWithTheLastDocument) {
  const auto first = put(create("a"));
  const auto second = put(replace(*first, "v2"));

  const auto gone =
      put({.operation = Operation::Delete, .resource = "secrets", .key = {"acme", "a"}});

  EXPECT_EQ(gone->bytes, spliced(body("v2").bytes, 36, gone->revision));
  EXPECT_EQ(store_.changesSince({}, second->revision, 0)->changes.at(0).object->bytes, gone->bytes);
}

TEST_F(SealedStoreTest, ReadsWhatWasNeverSealed) {
  ASSERT_TRUE(memory_.write({}, create("a")));

  EXPECT_THAT(get()->bytes, HasSubstr(kCanary));
  EXPECT_EQ(get()->fault, "");
}

TEST_F(SealedStoreTest, GivesAStandInForASwappedText) {
  put(create("a"));
  Write write = create("b");
  const auto text = textOf("a");
  write.body = {text, text.size()};
  ASSERT_TRUE(memory_.write({}, write));

  expectFault("b", "altered");
}

TEST_F(SealedStoreTest, GivesAStandInForATextOfAnEarlierVersion) {
  const auto first = put(create("a", "v1"));
  const auto earlier = textOf("a");
  put(replace(*first, "v2"));
  forge("a", earlier);

  expectFault("a", "another version");
}

TEST_F(SealedStoreTest, GivesAStandInForATextOfAnEarlierLife) {
  put(create("a"));
  const auto earlier = textOf("a");
  put({.operation = Operation::Delete, .resource = "secrets", .key = {"acme", "a"}});
  Write again = create("a");
  again.uid = "another life";
  again.body = {earlier, earlier.size()};
  ASSERT_TRUE(memory_.write({}, again));

  expectFault("a", "altered");
}

TEST_F(SealedStoreTest, GivesAStandInForEveryTruncatedText) {
  put(create("a"));
  const auto whole = textOf("a");
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    // Written as the first version, so that only the text itself can be wrong.
    MemoryStore memory{clock_};
    Write write = create("a");
    write.body = {whole.substr(0, size), size};
    ASSERT_TRUE(memory.write({}, write));

    EXPECT_NE(SealedStore(memory, sealer_).get({}, "secrets", {"acme", "a"}).value()->fault, "")
        << size;
  }
}

TEST_F(SealedStoreTest, NamesTheKeyThatIsMissing) {
  put(create("a"));
  sealer_.use(Keyring({new_}));

  expectFault("a", "key " + old_.id + ", which is not in the key file");
}

TEST_F(SealedStoreTest, IsNotAnotherStores) {
  put(create("a"));
  const Sealer other(Keyring({old_}), "another store", random_);

  EXPECT_NE(SealedStore(memory_, other).get({}, "secrets", {"acme", "a"}).value()->fault, "");
}

TEST_F(SealedStoreTest, ShowsAllOthersBesideOneThatIsBroken) {
  for (const char* name : {"a", "b", "c"}) put(create(name));
  forge("b", "bs1.garbage");

  const auto page = store_.list({}, {});

  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 3U);
  EXPECT_EQ(page->objects[0]->fault, "");
  EXPECT_NE(page->objects[1]->fault, "");
  EXPECT_EQ(page->objects[2]->fault, "");
  EXPECT_EQ(store_.changesSince({}, kFirstRevision, 0)->changes.size(), 4U);
}

TEST_F(SealedStoreTest, LetsABrokenOneBeDeleted) {
  put(create("a"));
  forge("a", "bs1.garbage");

  put({.operation = Operation::Delete, .resource = "secrets", .key = {"acme", "a"}});

  EXPECT_EQ(get("a"), nullptr);
}

TEST_F(SealedStoreTest, SealsWithTheFirstKeyAndOpensWithAll) {
  put(create("a"));
  sealer_.use(Keyring({new_, old_}));
  put(create("b"));

  EXPECT_THAT(raw("b")->bytes, testing::StartsWith(sealOf(new_.id)));
  EXPECT_EQ(get("a")->fault, "");
  EXPECT_EQ(get("b")->fault, "");
}

TEST_F(SealedStoreTest, ResealsWithoutTouchingTheText) {
  const SealedPlace place{"secrets", {"acme", "a"}, "uid", 5};
  const auto sealed = sealer_.seal(place, body(kCanary));
  sealer_.use(Keyring({new_, old_}));

  const auto again = sealer_.reseal(place, sealed);

  ASSERT_TRUE(again);
  EXPECT_THAT(again->bytes, testing::StartsWith(sealOf(new_.id)));
  const auto text = [](const Body& b) { return b.bytes.substr(b.bytes.rfind('.')); };
  EXPECT_EQ(text(*again), text(sealed));
  sealer_.use(Keyring({new_}));
  EXPECT_EQ(sealer_.open(place, *again)->bytes, body(kCanary).bytes);
}

}  // namespace
}  // namespace berth::store
