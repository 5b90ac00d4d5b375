"""What a CRD of ours must be, beyond being valid: complete, bounded, described.

Yields one line per problem.  The structural rules are those of
apiextensions.k8s.io/v1; the rest is the house's.
"""
import re

from model import is_condition, is_free_form, walk

NODE_KEYS = {
    "type", "description", "properties", "required", "items", "additionalProperties", "default",
    "enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "minItems",
    "maxItems", "minProperties", "maxProperties", "nullable", "oneOf", "anyOf", "allOf", "not",
    "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string",
    "x-kubernetes-validations", "x-kubernetes-embedded-resource"}
RULES = {"self == oldSelf"}


def check(crd):
    """Every problem of one CRD, as text."""
    for problem in [*check_names(crd), *check_columns(crd), *check_schema(crd)]:
        yield f"{crd.path}: {problem}"
    if not crd.core:
        for problem in check_status(crd):
            yield f"{crd.path}: {problem}"


def check_names(crd):
    names, scope = crd.names, crd.spec.get("scope")
    # Two groups of Kubernetes may have a kind of the same name.
    if crd.path.stem not in (names["plural"], crd.document["metadata"]["name"]):
        yield f"the file must be named {names['plural']}.yaml"
    group = f".{crd.group}" if crd.group else ""
    if crd.document["metadata"]["name"] != names["plural"] + group:
        yield f"metadata.name must be {names['plural']}{group}"
    if scope not in ("Namespaced", "Cluster"):
        yield "spec.scope must be Namespaced or Cluster"
    if names.get("singular") != names["kind"].lower() or not names.get("listKind"):
        yield "names need a singular (the kind in lower case) and a listKind"
    if not crd.core:
        if crd.group != "berth.dev" or names.get("categories") != ["berth"]:
            yield "group must be berth.dev, categories must be [berth]"
        if not names.get("shortNames"):
            yield "names need a short name"


def check_columns(crd):
    for column in crd.version.get("additionalPrinterColumns", []):
        if not column.get("description"):
            yield f"printer column {column.get('name')} has no description"
        if not column.get("jsonPath", "").startswith("."):
            yield f"printer column {column.get('name')}: jsonPath must start with a dot"


def check_status(crd):
    status = crd.schema["properties"].get("status")
    if "spec" not in crd.schema["properties"] or not status:
        yield "needs spec and status"
        return
    if "status" not in crd.version.get("subresources", {}):
        yield "needs the status subresource"
    if status.get("required") or any("default" in p for p in status["properties"].values()):
        yield "status: what is required or has a default makes a status that nobody wrote"
    if status["properties"].get("observedGeneration", {}).get("type") != "integer":
        yield "status needs observedGeneration"
    conditions = status["properties"].get("conditions", {})
    if not is_condition(conditions.get("items", {})) or \
            conditions.get("x-kubernetes-list-map-keys") != ["type"]:
        yield "status needs conditions in metav1's shape, a map list with key type"


def check_schema(crd):
    for path, node in walk(crd.schema, ""):
        where = path or "the schema"
        if unknown := set(node) - NODE_KEYS:
            yield f"{where}: {', '.join(sorted(unknown))} is not for a structural schema"
        if not path.endswith(("[]", "{}")) or node.get("type") == "object" and "properties" in node:
            yield from check_description(where, node)
        if path not in ("metadata", "apiVersion", "kind"):
            yield from check_type(where, node)
            yield from check_rules(where, node)


def check_description(where, node):
    text = node.get("description", "").strip()
    if not text:
        yield f"{where} has no description"
    elif not text.endswith(".") or text[0].islower():
        yield f"{where}: a description is a whole sentence: {text!r}"


def check_type(where, node):
    kind = node.get("type")
    if is_free_form(node):
        return
    checks = {"string": check_string, "integer": check_integer, "array": check_array,
              "object": check_object, "boolean": lambda *_: []}
    if kind not in checks:
        yield f"{where}: type must be one of {', '.join(checks)}"
        return
    yield from checks[kind](where, node)


def check_string(where, node):
    if not ({"maxLength", "enum", "format"} & set(node)):
        yield f"{where}: a string needs maxLength, enum or format"
    if "pattern" in node:
        try:
            re.compile(node["pattern"])
        except re.error as error:
            yield f"{where}: pattern: {error}"
        if re.search(r"\(\?|\\[dwsbDWSB]|\\[0-9]", node["pattern"]):
            yield f"{where}: patterns keep to plain classes, groups and anchors"


def check_integer(where, node):
    if node.get("format") not in ("int32", "int64"):
        yield f"{where}: an integer needs format int32 or int64"


def check_array(where, node):
    if "maxItems" not in node:
        yield f"{where}: a list needs maxItems"
    kind, items = node.get("x-kubernetes-list-type"), node.get("items", {})
    if kind not in ("atomic", "set", "map"):
        yield f"{where}: a list needs x-kubernetes-list-type"
    if kind == "set" and items.get("type") in ("object", "array"):
        yield f"{where}: a set holds scalars"
    if kind == "map":
        keys = node.get("x-kubernetes-list-map-keys", [])
        for key in keys:
            child = items.get("properties", {}).get(key)
            if child is None or (key not in items.get("required", []) and "default" not in child):
                yield f"{where}: key {key} must be required or have a default"
        if not keys:
            yield f"{where}: a map list needs x-kubernetes-list-map-keys"


def check_object(where, node):
    if "properties" in node and "additionalProperties" in node:
        yield f"{where}: properties or additionalProperties, not both"
    if "properties" not in node and not isinstance(node.get("additionalProperties"), dict):
        yield f"{where}: an object needs properties, additionalProperties or preserve-unknown-fields"
    if "additionalProperties" in node and "maxProperties" not in node:
        yield f"{where}: a map needs maxProperties"
    for name in node.get("required", []):
        if name not in node.get("properties", {}):
            yield f"{where}: required {name} is not a property"
        elif "default" in node["properties"][name]:
            yield f"{where}.{name}: required and with a default: the default decides, drop required"
    if node.get("default") and "properties" in node:
        yield f"{where}: default of an object must be {{}}; put the defaults at its members"


def check_rules(where, node):
    for rule in node.get("x-kubernetes-validations", []):
        if rule.get("rule") not in RULES:
            yield f"{where}: the engine does not know the rule {rule.get('rule')!r}"
        if not rule.get("message"):
            yield f"{where}: a rule needs a message"
    if "default" in node and "enum" in node and node["default"] not in node["enum"]:
        yield f"{where}: the default is not in the enum"
