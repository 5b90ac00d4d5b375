"""A private stack for end-to-end tests and benchmarks: a Docker engine, a controller.

Everything is under a temporary folder and stopped by pid; nothing depends on what
an earlier run left.  Requires root (dockerd, a bridge of its own).

    with Engine() as engine:
        engine.import_image(BIN / "berth-tenant", "berth-tenant:1")
        with Controller() as controller:
            controller.kubectl("apply", "-f", "-", input=host(engine) + deployment("a"))
"""
import http.client
import io
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BERTH_BIN", ROOT / "build/release/bin"))


def wait_until(what, condition, seconds=30, pause=0.02):
    """Asks until condition() is true; returns what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(pause)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def host(engine, name="local"):
    """The manifest of a Host that is this engine."""
    return f"""---
apiVersion: berth.dev/v1alpha1
kind: Host
metadata: {{name: {name}}}
spec:
  connection: {{type: Local, local: {{socket: {engine.socket}}}}}
  reserved: {{memory: 0Mi}}
"""


def deployment(name, image="berth-tenant:1", namespace="default", spec=None):
    """The manifest of a tenant; `spec` adds to its spec (JSON is YAML)."""
    body = {"image": image, "resources": {"memory": "64Mi", "memoryReservation": "16Mi",
                                          "memorySwap": "128Mi"}, **(spec or {})}
    return json.dumps({"apiVersion": "berth.dev/v1alpha1", "kind": "ClientDeployment",
                       "metadata": {"name": name, "namespace": namespace},
                       "spec": body}).join(["---\n", "\n"])


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("docker", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Process:
    """A child in a group of its own, with its output in a file."""

    def __init__(self, arguments, log, env=None):
        self.log = log
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                [str(a) for a in arguments], stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env=env, start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child.poll() is None

    def kill(self):
        if self.alive():
            self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self, seconds=30):
        """SIGTERM, then SIGKILL; the exit code."""
        if self.alive():
            self.child.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.child.returncode

    def cpu_seconds(self):
        """User and system time of the process so far."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        pages = pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Engine:
    """dockerd with its own data, socket and bridge, so that several do not meet."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="berth-engine-"))
        self.socket = str(self.root / "docker.sock")
        self.bridge = None
        self.process = None

    def __enter__(self):
        self._make_bridge()
        self.start()
        return self

    def __exit__(self, *_):
        try:
            self.clear()
        finally:
            self.stop()
            subprocess.run(["ip", "link", "del", self.bridge], check=False)
            shutil.rmtree(self.root, ignore_errors=True)

    def _make_bridge(self):
        for _ in range(50):
            number = random.randrange(256 * 64)
            name, subnet = f"brt{number:05d}", f"10.{128 + number // 256}.{number % 256}.1/24"
            if subprocess.run(["ip", "link", "add", name, "type", "bridge"],
                              stderr=subprocess.DEVNULL, check=False).returncode == 0:
                subprocess.run(["ip", "addr", "add", subnet, "dev", name], check=True)
                subprocess.run(["ip", "link", "set", name, "up"], check=True)
                self.bridge = name
                return
        raise RuntimeError("no bridge could be made")

    def start(self):
        (self.root / "docker.pid").unlink(missing_ok=True)
        self.process = Process(
            ["dockerd", "--data-root", self.root / "data", "--exec-root", self.root / "exec",
             "--pidfile", self.root / "docker.pid", "--host", f"unix://{self.socket}",
             "--bridge", self.bridge, "--iptables=false"], self.root / "dockerd.log")
        wait_until("dockerd answers", self.answers, 60)

    def stop(self):
        if self.process:
            self.process.stop()

    def answers(self):
        try:
            return self.call("GET", "/_ping")[0] == 200
        except OSError:
            return False

    def call(self, method, path, body=None, content_type="application/json"):
        """(status, document or text)."""
        connection = UnixConnection(self.socket)
        try:
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            headers = {"Content-Type": content_type} if body is not None else {}
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.getheader("Content-Type", "").startswith("application/json") and text:
                try:
                    return answer.status, json.loads(text)
                except ValueError:  # a stream of documents
                    pass
            return answer.status, text.decode(errors="replace")
        finally:
            connection.close()

    def must(self, method, path, body=None):
        status, answer = self.call(method, path, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def import_image(self, binary, reference):
        """An image of one static program, as FROM scratch would make it."""
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as tar:
            tar.add(binary, arcname=pathlib.Path(binary).name)
            tmp = tarfile.TarInfo("tmp")
            tmp.type, tmp.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(tmp)
        repository, tag = reference.rsplit(":", 1)
        query = urllib.parse.urlencode(
            [("fromSrc", "-"), ("repo", repository), ("tag", tag),
             ("changes", f'ENTRYPOINT ["/{pathlib.Path(binary).name}"]'),
             ("changes", "EXPOSE 8080")])
        status, answer = self.call("POST", f"/images/create?{query}", data.getvalue(),
                                   "application/x-tar")
        if status != 200:
            raise RuntimeError(f"import {reference}: {status} {answer}")

    def containers(self, **labels):
        """All containers with these labels (dots written as __)."""
        wanted = [f"{key.replace('__', '.')}={value}" for key, value in labels.items()]
        query = urllib.parse.urlencode({"all": 1, "filters": json.dumps({"label": wanted})})
        return self.must("GET", f"/containers/json?{query}")

    def running(self, **labels):
        return [c for c in self.containers(**labels) if c["State"] == "running"]

    def volumes(self):
        return self.must("GET", "/volumes")["Volumes"] or []

    def clear(self):
        """Removes every container, so that dockerd ends at once, and every network's bridge."""
        if not self.answers():
            return
        for container in self.containers():
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        self.call("POST", "/networks/prune")


class Controller:
    """berth-controller with a data folder of its own."""

    def __init__(self, arguments=(), data=None, store=None):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="berth-controller-"))
        self.made_data = data is None
        self.port = free_port()
        self.arguments = ["--data-dir", self.data, "--listen", f"127.0.0.1:{self.port}"]
        if store:
            self.arguments += ["--store", store]
        if shared := re.search(r"host=(/[^&]+)", store or ""):
            # All controllers on one database have its keys.
            self.arguments += ["--encryption-key-file", f"{shared[1]}/keys"]
        self.arguments += list(arguments)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.made_data:
            shutil.rmtree(self.data, ignore_errors=True)

    @property
    def kubeconfig(self):
        return self.data / "kubeconfig"

    @property
    def log(self):
        return self.data / "controller.log"

    def start(self, wait=True):
        self.data.mkdir(parents=True, exist_ok=True)
        self.process = Process([BIN / "berth-controller", *self.arguments], self.log)
        if wait:
            wait_until("the controller is ready", self.ready, 30)

    def ready(self):
        if not self.process.alive():
            raise RuntimeError("berth-controller ended:\n" + self.log.read_text()[-2000:])
        return self.kubeconfig.exists() and self.berth("get", "--raw", "/readyz", check=False).returncode == 0

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop() if self.process else None

    def _run(self, program, words, input=None, check=True, timeout=120):
        home = self.data / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [str(program), *map(str, words)], input=input, timeout=timeout,
            capture_output=True, check=False, text=not isinstance(input, bytes),
            env={**os.environ, "KUBECONFIG": str(self.kubeconfig), "HOME": str(home)})
        if check and done.returncode != 0:
            raise AssertionError(f"{program} {' '.join(map(str, words))}: {done.returncode}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def kubectl(self, *words, **options):
        return self._run("kubectl", words, **options)

    def berth(self, *words, **options):
        return self._run(BIN / "berth", words, **options)
