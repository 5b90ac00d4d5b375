/// @file
/// CustomKindFixture: the API, and a kind of the user's own: widgets.example.org.
#pragma once

#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {

inline const std::string kCrds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
inline const std::string kWidgets = "/apis/example.org/v1/namespaces/default/widgets";

class CustomKindFixture : public ApiFixture {
 protected:
  static Json version(const std::string& name, bool storage) {
    return {
        {"name", name},
        {"served", true},
        {"storage", storage},
        {"subresources",
         {{"status", Json::object()},
          {"scale",
           {{"specReplicasPath", ".spec.replicas"},
            {"statusReplicasPath", ".status.replicas"},
            {"labelSelectorPath", ".status.selector"}}}}},
        {"selectableFields", {{{"jsonPath", ".spec.color"}}}},
        {"additionalPrinterColumns",
         {{{"name", "Color"}, {"type", "string"}, {"jsonPath", ".spec.color"}}}},
        {"schema",
         {{"openAPIV3Schema",
           {{"type", "object"},
            {"properties",
             {{"spec",
               {{"type", "object"},
                {"properties",
                 {{"color", {{"type", "string"}, {"enum", {"red", "green"}}}},
                  {"replicas", {{"type", "integer"}, {"default", 1}}}}}}},
              {"status",
               {{"type", "object"},
                {"properties",
                 {{"replicas", {{"type", "integer"}}},
                  {"selector", {{"type", "string"}}}}}}}}}}}}}};
  }

  static Json crd() {
    return {
        {"apiVersion", "apiextensions.k8s.io/v1"},
        {"kind", "CustomResourceDefinition"},
        {"metadata", {{"name", "widgets.example.org"}}},
        {"spec",
         {{"group", "example.org"},
          {"scope", "Namespaced"},
          {"names", {{"plural", "widgets"}, {"kind", "Widget"}, {"shortNames", {"wi"}}}},
          {"versions", Json::array({version("v1", true)})}}}};
  }

  static Json widget(const std::string& name, const std::string& color = "red") {
    return {
        {"apiVersion", "example.org/v1"},
        {"kind", "Widget"},
        {"metadata", {{"name", name}}},
        {"spec", {{"color", color}}}};
  }

  Answer make(const Json& definition) { return call("POST", kCrds, definition.dump()); }
  Answer makeWidget(const std::string& name, const std::string& color = "red") {
    return call("POST", kWidgets, widget(name, color).dump());
  }

  static std::vector<std::string> fieldsOf(const Answer& answer) {
    std::vector<std::string> fields;
    for (const auto& cause : answer.body["details"]["causes"])
      fields.push_back(stringAt(cause, "field"));
    return fields;
  }
};

}  // namespace berth::api
