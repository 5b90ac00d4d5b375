"""What the end-to-end tests have in common: manifests, a bare HTTPS client, a tenant's client."""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import sqlite3
import ssl
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres import Postgres  # noqa: E402,F401
from stack import BIN, ROOT, Controller, Engine, wait_until  # noqa: E402,F401

GROUP = "/apis/berth.dev/v1alpha1"
IMAGE = "berth-tenant:1"
OTHER_IMAGE = "berth-tenant:2"


def kubectl_minor(program="kubectl"):
    """32 of v1.32.4."""
    text = subprocess.run([program, "version", "--client", "-o", "json"], check=True,
                          capture_output=True, timeout=30).stdout
    return int(json.loads(text)["clientVersion"]["minor"].rstrip("+"))


def host(name="local"):
    return {"apiVersion": "berth.dev/v1alpha1", "kind": "Host", "metadata": {"name": name},
            "spec": {"connection": {"type": "Local"}}}


def deployment(name, namespace="default", labels=None, **spec):
    """A tenant that is small, quick to probe, and quick to stop."""
    document = {
        "apiVersion": "berth.dev/v1alpha1", "kind": "ClientDeployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "image": IMAGE, "imagePullPolicy": "Never",
            "resources": {"memory": "64Mi", "memoryReservation": "32Mi", "memorySwap": "128Mi"},
            "probes": {"readiness": {"periodSeconds": 1}},
            "rollout": {"stopTimeoutSeconds": 5}, **spec}}
    if labels:
        document["metadata"]["labels"] = labels
    return document


def documents(*objects):
    return "---\n".join(yaml.safe_dump(entry, sort_keys=False) for entry in objects)


def condition(document, kind):
    """The condition of that type, {} when there is none."""
    found = [c for c in document.get("status", {}).get("conditions", []) if c["type"] == kind]
    return found[0] if found else {}


class Api:
    """The controller's API without any client's help: bytes in, (status, document) out."""

    def __init__(self, controller):
        config = yaml.safe_load(controller.kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        self.address = urllib.parse.urlsplit(cluster["server"])
        self.token = config["users"][0]["user"]["token"]
        self.authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.context = ssl.create_default_context(cadata=self.authority)

    def call(self, method, path, body=None, content_type="application/json", headers=None):
        connection = http.client.HTTPSConnection(
            self.address.hostname, self.address.port, context=self.context, timeout=60)
        try:
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
            if data is not None:
                sent["Content-Type"] = content_type
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read()
            try:
                return answer.status, json.loads(text)
            except ValueError:
                return answer.status, text.decode(errors="replace")
        finally:
            connection.close()


class Tenant:
    """A running stand-in, over its published port."""

    def __init__(self, url):
        self.url = url

    def call(self, path, method="GET"):
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def add_rows(self, count=1):
        return self.call(f"/_test/rows?n={count}", "POST")["ids"]

    def rows(self):
        return set(self.call("/_test/rows?ids")["ids"])

    def secret_hash(self):
        return json.dumps(self.call("/_test/secret-hash"))

    def overlaps(self):
        return self.call("/_test/writers")["overlaps"]


def rows_in(archive):
    """The chats of the database in a snapshot, which must be sound."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith("webui.db"))
        path = pathlib.Path(folder) / "webui.db"
        path.write_bytes(tar.extractfile(member).read())
        with contextlib.closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {row[0] for row in database.execute("SELECT id FROM chat")}


class Fleet:
    """An engine with the stand-in's images, and a controller on it with one Host that is Ready."""

    def __init__(self):
        self.engine = Engine()
        self.controller = None

    def __enter__(self):
        self.engine.__enter__()
        try:
            for reference in (IMAGE, OTHER_IMAGE):
                self.engine.import_image(BIN / "berth-tenant", reference)
            self.controller = Controller(["--docker", self.engine.socket])
            self.controller.__enter__()
            self.apply(host())
            self.controller.berth("wait", "host/local", "--for=condition=Ready", "--timeout=60s")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.controller:
            self.controller.__exit__()
        self.engine.__exit__()

    def apply(self, *objects):
        return self.controller.berth("apply", "-f", "-", input=documents(*objects))

    def get(self, name, kind="cd"):
        return json.loads(self.controller.berth("get", kind, name, "-o", "json").stdout)

    def ready(self, name, seconds=60):
        self.controller.berth("wait", f"cd/{name}", "--for=condition=Ready", f"--timeout={seconds}s",
                              timeout=seconds + 30)
        return self.tenant(name)

    def tenant(self, name):
        return Tenant(self.get(name)["status"]["url"])

    def snapshots_of(self, uid):
        return list(self.controller.data.rglob(uid + ".tar"))

    def containers_of(self, name):
        return self.engine.containers(dev__berth__name=name)

    def container(self, name):
        """The one container of a tenant, inspected."""
        found = self.containers_of(name)
        if len(found) != 1:
            raise AssertionError(f"{name} has {len(found)} containers: {[c['Names'] for c in found]}")
        return self.engine.must("GET", f"/containers/{found[0]['Id']}/json")


def once(look):
    """What look() returns, None while the tenant or the container is not there."""
    try:
        return look()
    except (OSError, ValueError, KeyError, AssertionError):
        return None


def without_ages(text):
    """Ages differ between two commands that run one after the other."""
    return re.sub(r"\b(\d+d)?(\d+h)?(\d+m)?\d+(s|m|h|d)\b *", "AGE ", text)


def seed():
    """The seed of a random test: BERTH_SEED, or a new one."""
    return int(os.environ.get("BERTH_SEED", int.from_bytes(os.urandom(4), "big")))
