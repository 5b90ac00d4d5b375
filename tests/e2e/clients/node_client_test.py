#!/usr/bin/env python3
"""The official JavaScript client (@kubernetes/client-node, from npm) against a real server."""
import os
import pathlib
import shutil
import subprocess
import sys

from outage import ROOT, Controller, crash, forget_the_past

SOURCE = pathlib.Path(__file__).parent / "node"
PLACE = ROOT / "build/client-node"


def install():
    """The packages of the lock file, each checked against its digest; once."""
    lock = SOURCE / "package-lock.json"
    if (PLACE / "package-lock.json").exists() and (PLACE / "package-lock.json").read_bytes() == lock.read_bytes():
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "package.json", PLACE)
    shutil.copy(lock, PLACE / "package-lock.json")
    try:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], check=True, cwd=PLACE, timeout=240)
    except BaseException:
        (PLACE / "package-lock.json").unlink()
        raise


def main():
    install()
    shutil.copy(SOURCE / "client.mjs", PLACE)
    with Controller(["--roles=api"]) as controller, subprocess.Popen(
            ["node", "client.mjs"], cwd=PLACE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "KUBECONFIG": str(controller.kubeconfig)}) as program:
        for line in program.stdout:
            word, *rest = line.split()
            if word == "done":
                break
            if word == "forget":
                forget_the_past(controller, *rest)
            else:
                crash(controller)
            program.stdin.write("ok\n")
            program.stdin.flush()
        return program.wait(60)


if __name__ == "__main__":
    sys.exit(main())
