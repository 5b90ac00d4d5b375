#!/usr/bin/env python3
"""Runs the tutorial's commands as they stand in docs/tutorials/first-deployment.md,
on this checkout: ./quickstart, what one does then, ./quickstart down."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs/tutorials/first-deployment.md"


def blocks():
    return re.findall(r"^```sh\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.M | re.S)


def run(script, home):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, text=True,
                          capture_output=True, timeout=600, check=False,
                          env={**os.environ, "HOME": home})


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        self.assertFalse((ROOT / ".quickstart").exists(),
                         "a quickstart of this checkout is there; ./quickstart down removes it")
        self.home = tempfile.mkdtemp(prefix="berth-home-")
        self.addCleanup(run, "./quickstart down; rm -rf $HOME", self.home)

    def test_the_tutorial_does_what_it_says(self):
        up, *then, down = blocks()
        self.assertIn("./quickstart down", down)
        began = run(up, self.home)
        self.assertEqual(began.returncode, 0, began.stderr[-3000:])
        self.assertRegex(began.stdout, r"demo +True +Ready")

        done = run("set -x\n" + "\n".join(then), self.home)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])
        self.assertIn('{"count":3}', done.stdout)

        again = run(up, self.home)
        self.assertEqual(again.returncode, 0, again.stderr[-3000:])
        self.assertIn("host.berth.dev/local unchanged", again.stdout)

        ended = run(down, self.home)
        self.assertEqual(ended.returncode, 0, ended.stderr[-3000:])
        self.assertFalse((ROOT / ".quickstart").exists())
        self.assertFalse(pathlib.Path("/run/berth-quickstart").exists())
        self.assertNotIn("berth-quick", run("ip -o link", self.home).stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
