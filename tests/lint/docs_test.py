#!/usr/bin/env python3
"""Fails on a broken link in the docs, and on a condition's reason without a page."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
REASON = re.compile(r'k\w+\s*=\s*"([A-Z][A-Za-z]+)"')


def broken_links(path, text):
    for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
        if "://" not in target and not (path.parent / target).exists():
            yield f"{path.relative_to(ROOT)}: no such page: {target}"


def reasons(text):
    return set(REASON.findall(text))


def self_test():
    assert reasons('inline constexpr std::string_view kNameTaken = "NameTaken";') == {"NameTaken"}
    assert list(broken_links(ROOT / "README.md", "[a](nowhere.md)"))
    assert not list(broken_links(ROOT / "README.md", "`^[a](nowhere)$`"))


def main():
    self_test()
    problems = []
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        problems += broken_links(page, page.read_text(encoding="utf-8"))
    known = reasons((ROOT / "reconcilers/reasons.hpp").read_text(encoding="utf-8"))
    written = {page.stem for page in (ROOT / "docs/reference/reasons").glob("*.md")} - {"index"}
    problems += [f"docs/reference/reasons/{name}.md is missing" for name in sorted(known - written)]
    problems += [f"docs/reference/reasons/{name}.md: no such reason in reconcilers/reasons.hpp"
                 for name in sorted(written - known)]
    print("\n".join(problems) or f"{len(pages)} pages and {len(known)} reasons are sound")
    return 1 if problems or not known else 0


if __name__ == "__main__":
    sys.exit(main())
