#!/usr/bin/env python3
"""Fails on a file of more than 400 lines (tests 500) or a function of more than 60.

A function is found by its layout, which clang-format fixes: a line that opens a
brace at some indentation, up to the line that closes it at the same one.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("core", "sync", "reconcilers", "controller", "agent", "cli", "bench", "tests", "tools")
MAX_FILE, MAX_TEST_FILE, MAX_FUNCTION = 400, 500, 60
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|struct|class|enum|union|extern|template|concept|#|//|\}|[A-Z_]+\(.*\) =)|= *\{$|[,(] *\{$")
OPENS = re.compile(r"^( {0,4})\S.*\{$|^( {0,4})\{$")


def functions(lines):
    open_at = {}
    for number, line in enumerate(lines, 1):
        found = OPENS.match(line)
        if found and not NOT_A_FUNCTION.search(line):
            indent = len(found.group(1) or found.group(2) or "")
            open_at.setdefault(indent, number)
        closes = re.match(r"^( *)\}", line)
        if closes and len(closes.group(1)) in open_at:
            yield open_at.pop(len(closes.group(1))), number
            open_at = {k: v for k, v in open_at.items() if k < len(closes.group(1))}


def check(path, text):
    lines = text.splitlines()
    limit = MAX_TEST_FILE if path.startswith("tests/") else MAX_FILE
    if len(lines) > limit:
        yield f"{path}: {len(lines)} lines, at most {limit}: split it by reason to change"
    for first, last in functions(lines):
        if last - first + 1 > MAX_FUNCTION and not path.startswith("tests/"):
            yield f"{path}:{first}: a function of {last - first + 1} lines, at most {MAX_FUNCTION}"


def self_test():
    assert list(check("core/x.cpp", "\n" * 401))
    assert list(check("core/x.cpp", "void f() {\n" + "  g();\n" * 60 + "}\n"))
    assert not list(check("core/x.cpp", "namespace a {\n" + "int f() {\n  return 1;\n}\n" * 60 + "}\n"))


def main():
    self_test()
    count, problems = 0, []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            count += 1
            problems += check(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    print("\n".join(problems) or f"{count} files keep to the sizes")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
