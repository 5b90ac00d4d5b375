"""Three API servers on one PostgreSQL behind a pgbouncer, and a hand that kills them."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import Api, Controller, Postgres, wait_until  # noqa: E402
from wire import Server  # noqa: E402
from writers import SPACE  # noqa: E402

POOLER = "/usr/sbin/pgbouncer"


class Pooler:
    """pgbouncer in transaction mode, on a unix socket."""

    def __init__(self, database):
        self.database = database
        self.child = None

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="berth-pgbouncer-"))
        self.settings = self.root / "pgbouncer.ini"
        self.settings.write_text(
            f"[databases]\n* = host={self.database.root} user=berth\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
            f"unix_socket_dir = {self.root}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 20\n"
            "server_login_retry = 1\nmax_client_conn = 400\n", encoding="utf-8")
        shutil.chown(self.root, "postgres", "postgres")
        self.root.chmod(0o755)
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self):
        (self.root / ".s.PGSQL.6432").unlink(missing_ok=True)
        with open(self.root / "log", "ab") as log:
            self.child = subprocess.Popen([POOLER, self.settings], user="postgres", group="postgres", stdout=log, stderr=log,
                                          stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)
        wait_until("pgbouncer listens", lambda: (self.root / ".s.PGSQL.6432").exists())

    def kill(self):
        self.child.kill()
        self.child.wait()

    @property
    def url(self):
        return f"postgresql://berth@/postgres?host={self.root}&port=6432"


class World:
    def __init__(self, count=3):
        self.count = count

    def __enter__(self):
        self.open = []
        try:
            self.database = self._enter(Postgres())
            self.pooler = self._enter(Pooler(self.database))
            self.controllers = [self._enter(Controller(["--roles=api"], store=self.pooler.url)) for _ in range(self.count)]
            self.apis = [Api(controller) for controller in self.controllers]
            status, answer = self.apis[0].call("POST", "/api/v1/namespaces", {"metadata": {"name": SPACE}})
            assert status == 201, answer
        except BaseException:
            self.__exit__()
            raise
        return self

    def _enter(self, thing):
        entered = thing.__enter__()
        self.open.append(thing)
        return entered

    def __exit__(self, *_):
        for thing in reversed(self.open):
            thing.__exit__()

    def servers(self):
        return [Server(api.address.hostname, api.address.port, api.token, api.authority) for api in self.apis]

    def victims(self):
        """What can be killed, by name: each a function that kills it and brings it back."""
        def server(controller):
            controller.kill()
            controller.start()
        return {**{f"server {number}": lambda it=it: server(it) for number, it in enumerate(self.controllers)},
                "database": self.crash_database, "pgbouncer": self.crash_pooler}

    def crash_pooler(self):
        self.pooler.kill()
        self.pooler.start()

    def crash_database(self):
        """The postmaster and every one of its processes at once, as when the machine loses power."""
        postmaster = int((self.database.root / "data/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # so that it makes no more of them
        children = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()
                    and parent_of(entry) == postmaster]
        for pid in [*children, postmaster]:
            os.kill(pid, signal.SIGKILL)
        wait_until("PostgreSQL is dead", lambda: not any(
            pathlib.Path(f"/proc/{pid}/exe").exists() for pid in [postmaster, *children]))
        # Its pid may live on as a zombie where nobody reaps, and would count as a running server.
        for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.database.root / lock).unlink()
        self.database.start()

    def committed(self):
        """Every change that the database holds, in order: revision, type, name, uid, token."""
        query = ("SELECT revision, (ARRAY['ADDED','MODIFIED','DELETED'])[type + 1], name, uid, bytes::json->'data'->>'token' "
                 f"FROM berth.event WHERE resource = 'configmaps' AND namespace = '{SPACE}' ORDER BY revision")
        done = subprocess.run(["psql", self.database.url, "-AtF", "\t", "-c", query], check=True, capture_output=True,
                              text=True, timeout=120)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        return [[int(revision), *rest] for revision, *rest in rows]


def parent_of(entry):
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
