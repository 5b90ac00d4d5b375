"""Writes the reference page of a kind: what it is, its fields, its columns."""
from model import is_condition, is_free_form


def escape(text):
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def type_name(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    if is_free_form(schema):
        return "any"
    kind = schema["type"]
    if kind == "array":
        return f"list of {type_name(schema['items'])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {type_name(schema['additionalProperties'])}"
    return {"date-time": "time"}.get(schema.get("format"), kind)


def limits(schema):
    """The rules of a value, in words."""
    if "enum" in schema:
        yield "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if "pattern" in schema:
        yield f"matches `{schema['pattern']}`".replace("|", "\\|")
    for key, words in (("minimum", "at least {}"), ("maximum", "at most {}"),
                       ("minLength", "{} or more characters"), ("maxLength", "up to {} characters"),
                       ("minItems", "{} or more items"), ("maxItems", "up to {} items"),
                       ("maxProperties", "up to {} entries")):
        if key in schema and "enum" not in schema:
            yield words.format(schema[key])
    if any(rule["rule"] == "self == oldSelf" for rule in schema.get("x-kubernetes-validations", [])):
        yield "cannot be changed"


def cell_for_default(schema, required):
    if required:
        return "required"
    if "default" in schema:
        value = schema["default"]
        return "`" + {True: "true", False: "false"}.get(value, str(value) or '""') + "`" \
            if not isinstance(value, (dict, list)) else "`{}`" if value == {} else f"`{value}`"
    return ""


def rows(schema, path, required=False):
    parts = [escape(schema.get("description", ""))]
    told = "; ".join(limits(schema))
    if told:
        parts.append(f"({told})")
    yield f"| `{path}` | {type_name(schema)} | {cell_for_default(schema, required)} | {' '.join(parts)} |"
    inner = schema
    while inner.get("type") in ("array", "object") and "properties" not in inner:
        path += "[]" if inner["type"] == "array" else ".*"
        inner = inner.get("items") or inner.get("additionalProperties") or {}
    if is_condition(inner):
        return
    for name, child in inner.get("properties", {}).items():
        yield from rows(child, f"{path}.{name}", name in inner.get("required", []))


def table(schema, path):
    yield "| Field | Type | Default | Meaning |"
    yield "| --- | --- | --- | --- |"
    for name, child in schema["properties"].items():
        yield from rows(child, f"{path}.{name}", name in schema.get("required", []))


def page(crd):
    names = crd.names
    scope = "in a namespace" if crd.spec["scope"] == "Namespaced" else "for the whole cluster"
    short = ", ".join(f"`{name}`" for name in names.get("shortNames", []))
    yield f"# {crd.kind}"
    yield ""
    yield f"<!-- Generated from crd-schemas/{crd.path.name}; change that file, not this one. -->"
    yield ""
    yield " ".join(crd.schema["description"].split())
    yield ""
    yield f"`{crd.group}/{crd.version['name']}`, {scope}; `kubectl get {names['plural']}`" + \
        (f", short {short}." if short else ".")
    for part, title in (("spec", "Spec: what you declare"), ("status", "Status: what was observed")):
        if part in crd.schema["properties"]:
            yield ""
            yield f"## {title}"
            yield ""
            yield from table(crd.schema["properties"][part], part)
    columns = crd.version.get("additionalPrinterColumns", [])
    if columns:
        yield ""
        yield "## Columns of `kubectl get`"
        yield ""
        yield "| Column | Meaning | Shown |"
        yield "| --- | --- | --- |"
        for column in columns:
            shown = "with `-o wide`" if column.get("priority") else "always"
            yield f"| {column['name']} | {escape(column['description'])} | {shown} |"
    yield ""


def pages(crds):
    """File name and text of every page, and of the list of them."""
    ours = [crd for crd in crds if not crd.core]
    for crd in ours:
        yield f"{crd.kind.lower()}.md", "\n".join(page(crd))
    lines = ["# Kinds", "",
             "<!-- Generated from crd-schemas/; change those files, not this one. -->", ""]
    for crd in ours:
        lines.append(f"- [{crd.kind}]({crd.kind.lower()}.md): {' '.join(crd.schema['description'].split())}")
    yield "README.md", "\n".join(lines) + "\n"
