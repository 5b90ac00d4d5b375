#!/usr/bin/env python3
"""Fails on a CRD that is not complete, and on pages of docs/reference/kinds that are
not what tools/crdgen makes of the CRDs.

    tests/lint/kinds_test.py --accept      writes the pages anew
"""
import copy
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/reference/kinds"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools/crdgen"))

import check  # noqa: E402
import docs  # noqa: E402
import model  # noqa: E402


def load():
    return [model.load(path) for path in sorted((ROOT / "crd-schemas").rglob("*.yaml"))]


def problems_after(crd, change):
    """What the check says of a CRD that was spoiled."""
    spoiled = model.Crd(crd.path, copy.deepcopy(crd.document), crd.core)
    change(spoiled)
    return "\n".join(check.check(spoiled))


def self_test(crds):
    record = next(crd for crd in crds if crd.kind == "DNSRecord")

    def spec(crd):
        return crd.schema["properties"]["spec"]["properties"]

    def status(crd):
        return crd.schema["properties"]["status"]["properties"]

    spoilers = {
        "spec.zone has no description": lambda crd: spec(crd)["zone"].pop("description"),
        "a description is a whole sentence": lambda crd: spec(crd)["zone"].update(description="zone"),
        "a string needs maxLength": lambda crd: spec(crd)["zone"].pop("maxLength"),
        "an integer needs format": lambda crd: spec(crd)["ttl"].pop("format"),
        "a list needs maxItems": lambda crd: status(crd)["conditions"].pop("maxItems"),
        "a list needs x-kubernetes-list-type":
            lambda crd: status(crd)["conditions"].pop("x-kubernetes-list-type"),
        "status needs conditions": lambda crd: status(crd).pop("conditions"),
        "needs the status subresource": lambda crd: crd.version.pop("subresources"),
        "is not for a structural schema": lambda crd: spec(crd)["zone"].update({"$ref": "x"}),
        "does not know the rule":
            lambda crd: spec(crd)["zone"]["x-kubernetes-validations"][0].update(rule="self > 1"),
        "the default is not in the enum": lambda crd: spec(crd)["adoption"].update(default="Maybe"),
        "required and with a default": lambda crd: spec(crd)["zone"].update(default="a"),
        "has no description": lambda crd: crd.version["additionalPrinterColumns"][0].pop("description"),
        "categories must be": lambda crd: crd.names.update(categories=["all"]),
        "the file must be named": lambda crd: crd.names.update(plural="records"),
        "pattern:": lambda crd: spec(crd)["zone"].update(pattern="("),
    }
    assert not list(check.check(record))
    for told, spoil in spoilers.items():
        assert told in problems_after(record, spoil), told


def stale_pages(crds):
    wanted = dict(docs.pages(crds))
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            yield f"docs/reference/kinds/{name} is not what the CRDs say: run tests/lint/kinds_test.py --accept"


def accept(crds):
    PAGES.mkdir(parents=True, exist_ok=True)
    wanted = dict(docs.pages(crds))
    for path in PAGES.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text, encoding="utf-8")


def main():
    crds = load()
    if sys.argv[1:] == ["--accept"]:
        accept(crds)
    self_test(crds)
    problems = [problem for crd in crds for problem in check.check(crd)]
    problems += stale_pages(crds)
    print("\n".join(problems) or f"{len(crds)} kinds are complete, and their pages say so")
    return 1 if problems or not crds else 0


if __name__ == "__main__":
    sys.exit(main())
