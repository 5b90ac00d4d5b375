#include "controller/runtime/cached_object.hpp"

#include "core/json/json.hpp"

namespace berth::runtime {

namespace {

/// Reads a document piece by piece and stops at the end of its metadata.
class LabelReader final : public nlohmann::json_sax<Json> {
 public:
  [[nodiscard]] Labels take() { return std::move(labels_); }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }

  bool string(string_t& value) override {
    if (inLabels_ && depth_ == 3) labels_.insert_or_assign(key_, value);
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) inMetadata_ = name == "metadata";
    if (depth_ == 2) inLabels_ = inMetadata_ && name == "labels";
    if (depth_ == 3) key_ = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool enter() {
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return !(inMetadata_ && depth_ == 1);
  }

  Labels labels_;
  std::string key_;
  int depth_ = 0;
  bool inMetadata_ = false;
  bool inLabels_ = false;
};

}  // namespace

Labels labelsOf(std::string_view document) {
  LabelReader reader;
  static_cast<void>(Json::sax_parse(document, &reader));  // false: it stopped early, as it should
  return reader.take();
}

CachedObjectPtr makeCached(store::StoredObjectPtr stored) {
  Labels labels = labelsOf(stored->bytes);
  return std::make_shared<const CachedObject>(CachedObject{std::move(stored), std::move(labels)});
}

}  // namespace berth::runtime
