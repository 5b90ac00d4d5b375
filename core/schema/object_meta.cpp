#include "core/schema/schema.hpp"

namespace berth {
namespace {

constexpr const char* kText = R"json({
  "type": "object",
  "description": "Name, namespace, labels and what else every object has.",
  "properties": {
    "name": {"type": "string", "description": "The name of the object, once in its namespace. Cannot be changed."},
    "generateName": {"type": "string", "description": "A prefix from which the server makes a name when there is none."},
    "namespace": {"type": "string", "description": "The namespace in which the name is unique. Cannot be changed."},
    "uid": {"type": "string", "description": "One life of the object; a new one after re-creation. Set by the server."},
    "selfLink": {"type": "string", "description": "No longer used."},
    "resourceVersion": {"type": "string", "description": "The version of the object; given in an update, it must be the current one. Opaque to clients."},
    "generation": {"type": "integer", "format": "int64", "description": "Counts the changes of spec. Set by the server."},
    "creationTimestamp": {"type": "string", "format": "date-time", "nullable": true, "description": "When the object was made. Set by the server."},
    "deletionTimestamp": {"type": "string", "format": "date-time", "nullable": true, "description": "When the object was asked to be deleted; it stays until its finalizers are gone. Set by the server."},
    "deletionGracePeriodSeconds": {"type": "integer", "format": "int64", "description": "Seconds that the object has for ending well. Set by the server."},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Names and values by which objects are selected."},
    "annotations": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Notes of people and programs, not for selecting."},
    "finalizers": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}, "description": "Who must have cleaned up before the object goes away."},
    "ownerReferences": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["uid"],
      "description": "The objects that this one depends on; when all are gone it is collected.",
      "items": {"type": "object", "required": ["apiVersion", "kind", "name", "uid"],
        "description": "One owner.",
        "properties": {
          "apiVersion": {"type": "string", "description": "Group and version of the owner."},
          "kind": {"type": "string", "description": "Kind of the owner."},
          "name": {"type": "string", "description": "Name of the owner."},
          "uid": {"type": "string", "description": "The life of the owner that is meant."},
          "controller": {"type": "boolean", "description": "Whether this owner manages the object; at most one does."},
          "blockOwnerDeletion": {"type": "boolean", "description": "Whether a foreground deletion of the owner waits for this object."}}}},
    "managedFields": {"type": "array", "x-kubernetes-list-type": "atomic",
      "description": "Who set which field last. Kept by the server.",
      "items": {"type": "object", "description": "The fields of one manager.",
        "properties": {
          "manager": {"type": "string", "description": "Name of the writer."},
          "operation": {"type": "string", "description": "Apply or Update."},
          "apiVersion": {"type": "string", "description": "Group and version of the fields."},
          "time": {"type": "string", "format": "date-time", "nullable": true, "description": "When it last changed."},
          "fieldsType": {"type": "string", "description": "FieldsV1."},
          "fieldsV1": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "description": "The fields, as a tree."},
          "subresource": {"type": "string", "description": "The subresource through which they were written."}}}}
  }
})json";

}  // namespace

const Json& objectMetaOpenApi() {
  static const Json kDocument = Json::parse(kText);
  return kDocument;
}

const Schema& objectMetaSchema() {
  static const Schema kSchema = *loadSchema(objectMetaOpenApi());
  return kSchema;
}

}  // namespace berth
