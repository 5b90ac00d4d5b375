#!/usr/bin/env python3
"""Turns crd-schemas/*.yaml into C++ and documentation.

    crdgen.py check FILE...            fails, with one line per problem
    crdgen.py outputs FILE...          the headers that `cpp` would write, one a line, each with a source
    crdgen.py cpp --out DIR FILE...    headers and sources, and the embedded CRDs
    crdgen.py docs --out DIR FILE...   one page of reference per kind

Files are only written when their text changes, so that nothing is rebuilt in vain.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

import check
import cpp
import docs
import model


def write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def complain(crds):
    problems = [problem for crd in crds for problem in check.check(crd)]
    if problems:
        sys.exit("\n".join(problems))


def run_cpp(crds, out):
    for crd in crds:
        if not crd.core:
            header = cpp.Header(crd)
            write(out / crd.header, header.text())
            write((out / crd.header).with_suffix(".cpp"), header.source())
    write(out / "berth/embedded_crds.hpp", cpp.EMBEDDED_HEADER)
    write(out / "berth/embedded_crds.cpp", cpp.embedded(crds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["check", "outputs", "cpp", "docs"])
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()

    crds = sorted((model.load(file) for file in options.files),
                  key=lambda crd: (crd.core, crd.path.name))
    if options.command == "outputs":
        print("\n".join(crd.header for crd in crds if not crd.core))
        return
    complain(crds)
    if options.command == "cpp":
        run_cpp(crds, options.out)
    elif options.command == "docs":
        for name, text in docs.pages(crds):
            write(options.out / name, text)


if __name__ == "__main__":
    main()
