#!/usr/bin/env python3
"""Fails when docs/reference/metrics.md is not the list of metrics in the sources.

With BERTH_ACCEPT=1 it writes the page.
"""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/metrics.md"
FOLDERS = ("core", "controller", "reconcilers")
METRIC = re.compile(r'\b(counter|gauge|histogram)\(\s*"([a-z_]+)",\s*((?:"[^"]*"\s*)+)')
INTRODUCTION = """# Metrics of berth-controller

`GET /metrics` has them in the text format of Prometheus. Names that Kubernetes and controller-runtime
have are theirs, so that their dashboards and alerts fit.

| metric | type | |
| --- | --- | --- |
"""


def metrics(text):
    for kind, name, literals in METRIC.findall(text):
        yield name, kind, "".join(re.findall(r'"([^"]*)"', literals)).rstrip(".")


def self_test():
    assert list(metrics('m.counter(\n    "a_total", "One "\n    "two.", labels)')) == [
        ("a_total", "counter", "One two")]


def main():
    self_test()
    found = sorted({metric for folder in FOLDERS for path in (ROOT / folder).rglob("*.cpp")
                    for metric in metrics(path.read_text(encoding="utf-8"))})
    page = INTRODUCTION + "".join(f"| `{name}` | {kind} | {text} |\n" for name, kind, text in found)
    if os.environ.get("BERTH_ACCEPT"):
        PAGE.write_text(page, encoding="utf-8")
    same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page
    print(f"{len(found)} metrics are on their page" if same
          else "docs/reference/metrics.md differs: BERTH_ACCEPT=1 tests/lint/metrics_test.py rewrites it")
    return 0 if same and found else 1


if __name__ == "__main__":
    sys.exit(main())
