"""What the kubectl behaviours stand on: a server, a kubectl, and ways to say what must come."""
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import (Api, Controller, deployment, documents, host, kubectl_minor,  # noqa: E402,F401
                     wait_until, yaml)

PATIENCE = 60  # seconds; nothing here takes more than one on a quiet machine


class Bed:
    """One server and one kubectl, for all behaviours of a run."""

    def __init__(self, program, database=None, roles="api", name="postgres"):
        self.program = program
        self.minor = kubectl_minor(program)
        self.database = database
        store = f"postgresql://berth@/{name}?host={database.root}" if database else None
        self.controller = Controller(["--roles", roles], store=store)
        self.api = None

    def another(self, roles):
        """A second server beside this one, with a store of its own."""
        if self.database:
            subprocess.run(["psql", self.database.url, "-qc", f"CREATE DATABASE {roles}"], check=True, timeout=30)
        return Bed(self.program, self.database, roles="api," + roles, name=roles)

    def __enter__(self):
        self.controller.start()
        self.api = Api(self.controller)
        return self

    def __exit__(self, *_):
        self.controller.__exit__()

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(self.controller.data),
                "KUBECONFIG": str(self.controller.kubeconfig), "TZ": "UTC", **more}


class Stream:
    """A kubectl that keeps on writing, such as get -w."""

    def __init__(self, child):
        self.child = child
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def next(self):
        """The next line; None at the end."""
        line = self.lines.get(timeout=PATIENCE)
        return line if line is None else line.rstrip("\n")

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()
        self.child.stderr.close()


class Area(unittest.TestCase):
    """Behaviours that share a namespace of the class's own name."""
    bed = None  # the program sets it
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.ns = cls.__name__.removesuffix("Test").lower()
        cls.post("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace",
                                        "metadata": {"name": cls.ns}})
        cls.old = cls.bed.minor < 25  # validates by itself; other words here and there
        cls.prepare()

    @classmethod
    def tearDownClass(cls):
        cls.call("DELETE", cls.path("cd"))  # their names are unique over all namespaces

    @classmethod
    def prepare(cls):
        """What an area's behaviours find already there."""

    # ---- without kubectl

    @classmethod
    def call(cls, method, path, body=None, content_type="application/json"):
        status, answer = cls.bed.api.call(method, path, body, content_type)
        assert status < 300, (method, path, status, answer)
        return answer

    @classmethod
    def post(cls, path, body):
        return cls.call("POST", path, body)

    @classmethod
    def path(cls, kind, name=""):
        plurals = {"cm": "/api/v1/namespaces/{}/configmaps", "secret": "/api/v1/namespaces/{}/secrets",
                   "events": "/api/v1/namespaces/{}/events",
                   "cd": "/apis/berth.dev/v1alpha1/namespaces/{}/clientdeployments",
                   "widgets": "/apis/example.com/v1/namespaces/{}/widgets"}
        return plurals[kind].format(cls.ns) + (f"/{name}" if name else "")

    @classmethod
    def config_map(cls, name, labels=None, **data):
        """Stores one."""
        return cls.post(cls.path("cm"), config_map(name, labels, **data))

    @classmethod
    def tenant(cls, name, labels=None, **spec):
        """Stores one."""
        return cls.post(cls.path("cd"), tenant(name, labels, **spec))

    @classmethod
    def stored(cls, kind, name):
        return cls.call("GET", cls.path(kind, name))

    @classmethod
    def patch(cls, kind, name, body):
        return cls.call("PATCH", cls.path(kind, name), body, "application/merge-patch+json")

    @classmethod
    def exists(cls, kind, name):
        return cls.bed.api.call("GET", cls.path(kind, name))[0] == 200

    @staticmethod
    def without_fields(document):
        """Without managedFields, which kubectl hides from 1.21 on."""
        document["metadata"].pop("managedFields", None)
        return document

    # ---- with it

    def kubectl(self, *words, stdin=None, namespace=None, **environment):
        chosen = ["-n", namespace or self.ns] if namespace != "" else []
        return subprocess.run(
            [self.bed.program, *chosen, *map(str, words)], input=stdin, text=True, check=False,
            capture_output=True, timeout=PATIENCE, env=self.bed.environment(**environment))

    def ok(self, *words, **options):
        """What it writes when it succeeds."""
        done = self.kubectl(*words, **options)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def prints(self, expected, *words, **options):
        """Succeeds, with exactly this, and without a word of complaint."""
        done = self.kubectl(*words, **options)
        self.assertEqual((done.stdout.rstrip("\n"), done.stderr, done.returncode),
                         (expected.rstrip("\n"), "", 0))

    def matches(self, pattern, *words, **options):
        """Succeeds, and all that it writes matches."""
        self.assertRegex(self.ok(*words, **options).rstrip("\n"), rf"\A(?:{pattern})\Z")

    def refused(self, message, *words, code=1, **options):
        """Fails, with exactly this message."""
        done = self.kubectl(*words, **options)
        self.assertEqual((done.stderr.rstrip("\n"), done.returncode), (message.rstrip("\n"), code),
                         done.stdout)

    def fails(self, pattern, *words, code=1, **options):
        """Fails, with a message that matches somewhere."""
        done = self.kubectl(*words, **options)
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}")
        self.assertRegex(done.stderr, pattern)

    def table(self, *words, **options):
        """The cells of what it writes."""
        return [re.split(r"\s{2,}", line.strip()) for line in self.ok(*words, **options).splitlines()]

    def stream(self, *words):
        """Starts one that goes on; ended with the test."""
        stream = Stream(subprocess.Popen(
            [self.bed.program, "-n", self.ns, *words], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.bed.environment()))
        self.addCleanup(stream.close)
        return stream

    def folder(self, **files):
        """A temporary folder of manifests: name=text or document; a__b is a/b."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        for name, content in files.items():
            path = pathlib.Path(place.name, *name.split("__")).with_suffix(".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else documents(content),
                            encoding="utf-8")
        return pathlib.Path(place.name)


def config_map(name, labels=None, **data):
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def tenant(name, labels=None, **spec):
    """A ClientDeployment without a namespace: kubectl fills it in."""
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "berth.dev/v1alpha1", "kind": "ClientDeployment", "metadata": metadata,
            "spec": {"image": "app:1", **spec}}
