#!/usr/bin/env python3
"""What kubectl's users see, behaviour by behaviour, with a real kubectl against a real server.

usage: kubectl_test.py newest|debian sqlite|postgres [AreaTest | AreaTest.test_name ...]
"""
import contextlib
import importlib
import pathlib
import sys
import unittest

from bed import Area, Bed
from harness import Postgres
from kubectls import debian, newest
from known import NEEDS, PENDING

FOLDER = pathlib.Path(__file__).parent


def every(suite):
    for entry in suite:
        yield from every(entry) if isinstance(entry, unittest.TestSuite) else [entry]


def load(names):
    """All behaviours, with what this kubectl lacks skipped and what is pending turned round."""
    loader = unittest.TestLoader()
    modules = [importlib.import_module(path.stem) for path in sorted(FOLDER.glob("*_area.py"))]
    suites = [loader.loadTestsFromModule(module) for module in modules]
    tests = {test.id().split(".", 1)[1]: test for test in every(suites)}
    for table in (NEEDS, PENDING):
        unknown = set(table) - set(tests)
        assert not unknown, f"known.py names behaviours that are not there: {unknown}"
    for name, test in tests.items():
        method = getattr(type(test), test._testMethodName)
        if NEEDS.get(name, 0) > Area.bed.minor:
            method = unittest.skip(f"needs kubectl 1.{NEEDS[name]}")(method)
        elif name in PENDING:
            method = unittest.expectedFailure(method)
        setattr(type(test), test._testMethodName, method)
    chosen = [test for name, test in tests.items()
              if not names or name in names or name.split(".")[0] in names]
    return unittest.TestSuite(chosen), len(tests)


def main(kubectl, store, *names):
    program = {"newest": newest, "debian": debian}[kubectl]()
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Postgres()) if store == "postgres" else None
        Area.bed = stack.enter_context(Bed(program, database))
        print(f"{program} (1.{Area.bed.minor}) against {store}", flush=True)
        suite, count = load(names)
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    print(f"{count} behaviours, {len(PENDING)} pending")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
