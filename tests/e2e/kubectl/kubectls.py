"""Where the two kubectls come from: the newest at hand, and Debian's 1.20."""
import fcntl
import glob
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import ROOT, kubectl_minor

PATTERNS = ["/usr/lib/google-cloud-sdk/bin/kubectl.1.*"]  # versions beside the one on the PATH


def newest():
    """The newest kubectl of this machine; BERTH_KUBECTL names another."""
    named = os.environ.get("BERTH_KUBECTL")
    if named:
        return named
    found = [path for pattern in PATTERNS for path in glob.glob(pattern)]
    found += [path for path in [shutil.which("kubectl")] if path]
    if not found:
        raise RuntimeError("there is no kubectl (tools/install-packages test)")
    return max(found, key=kubectl_minor)


def debian():
    """Debian 12's 1.20: the installed one, or its package unpacked under build/."""
    installed = shutil.which("kubectl")
    if installed and kubectl_minor(installed) == 20:
        return installed
    folder = ROOT / "build/kubectl-debian"
    program = folder / "usr/bin/kubectl"
    folder.parent.mkdir(exist_ok=True)
    with open(folder.parent / "kubectl-debian.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several of these tests run at once
        if not program.exists():
            _unpack("kubernetes-client", folder)
    return str(program)


def _unpack(package, folder):
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["apt-get", "download", "-qq", package], check=True, cwd=place, timeout=120)
        archive = next(pathlib.Path(place).glob("*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True, timeout=120)
