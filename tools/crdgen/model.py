"""Reads CRD files: the YAML as it is, and the few facts that the generators share."""
import dataclasses
import pathlib
import re

import yaml


@dataclasses.dataclass
class Crd:
    """One file: its document, and shortcuts to the parts that matter."""

    path: pathlib.Path
    document: dict
    core: bool  # a kind of Kubernetes itself, served but not installed

    @property
    def spec(self):
        return self.document["spec"]

    @property
    def names(self):
        return self.spec["names"]

    @property
    def kind(self):
        return self.names["kind"]

    @property
    def group(self):
        return self.spec["group"]

    @property
    def version(self):
        return next(v for v in self.spec["versions"] if v.get("storage"))

    @property
    def schema(self):
        return self.version["schema"]["openAPIV3Schema"]

    @property
    def header(self):
        """Where its C++ goes, as an include names it."""
        return f"berth/{self.version['name']}/{snake(self.kind)}.hpp"


def load(path):
    path = pathlib.Path(path)
    # BaseLoader would make everything a string; SafeLoader turns plain dates into
    # date objects, which no CRD needs and JSON cannot hold.
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    if not isinstance(document, dict) or document.get("kind") != "CustomResourceDefinition":
        raise SystemExit(f"{path}: not a CustomResourceDefinition")
    return Crd(path, document, core=path.parent.name == "core")


class _Loader(yaml.SafeLoader):
    """SafeLoader, but a key that is there twice is an error and dates stay text."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def snake(kind):
    """ClientDeployment -> client_deployment, DNSRecord -> dns_record."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind).lower()


def is_condition(schema):
    """Whether a schema has metav1.Condition's members and no others."""
    return set(schema.get("properties", {})) == {
        "type", "status", "observedGeneration", "lastTransitionTime", "reason", "message"}


def is_free_form(schema):
    return bool(schema.get("x-kubernetes-preserve-unknown-fields")
                or schema.get("x-kubernetes-int-or-string"))


def walk(schema, path):
    """Every schema node at or below `schema`, with its path (spec.ports[].name)."""
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, f"{path}.{name}" if path else name)
    if isinstance(schema.get("items"), dict):
        yield from walk(schema["items"], path + "[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from walk(schema["additionalProperties"], path + "{}")
