"""A private PostgreSQL for tests and benchmarks: a socket of its own, stopped by pid.

    with Postgres() as database:
        with Controller(store=database.url) as controller: ...
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres:
    """A server on a unix socket, run by the user postgres, for who may not be root."""

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="berth-pg-"))
        shutil.chown(self.root, "postgres", "postgres")
        self.root.chmod(0o755)
        self._run("initdb", "-D", self.root / "data", "-A", "trust", "-U", "berth")
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def _run(self, program, *words, check=True):
        subprocess.run(["runuser", "-u", "postgres", "--", str(POSTGRES / program), *map(str, words)],
                       check=check, stdout=subprocess.DEVNULL, stderr=None if check else
                       subprocess.DEVNULL, timeout=60, cwd="/")

    def start(self):
        self._run("pg_ctl", "-D", self.root / "data", "-w", "-l", self.root / "log", "-o",
                  f"-c listen_addresses= -c unix_socket_directories={self.root}", "start")

    def kill(self):
        """Ends it without a checkpoint, as a crash would; nothing when it does not run."""
        self._run("pg_ctl", "-D", self.root / "data", "-m", "immediate", "stop", check=False)

    @property
    def url(self):
        return f"postgresql://berth@/postgres?host={self.root}"

    def cpu_seconds(self):
        """Of the postmaster and all of its children that ended or run."""
        postmaster = int((self.root / "data/postmaster.pid").read_text().split()[0])
        total = 0
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry.name) == postmaster:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                total += sum(map(int, fields[11:13]))
        return total / os.sysconf("SC_CLK_TCK")
