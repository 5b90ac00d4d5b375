"""The peers: docker-compose and Swarm, each with one project or stack of N tenants.

docker-compose has its project's network, as Berth has one for its tenants.  Swarm has the
engine's own bridge, which is cheaper, since its overlay needs IPVS in the kernel.
"""
import json
import os
import subprocess
import tempfile

from stack import wait_until


def run(engine, *words, **options):
    done = subprocess.run(
        words, check=False, capture_output=True, timeout=600, text=True,
        env={**os.environ, "DOCKER_HOST": f"unix://{engine.socket}", "COMPOSE_HTTP_TIMEOUT": "600"},
        **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done


class Compose:
    """docker-compose: one service per tenant, restarted by the engine's own policy."""

    name = "docker-compose"

    def __init__(self, engine, image, first_port):
        self.engine, self.image, self.first_port = engine, image, first_port
        self.folder = tempfile.mkdtemp(prefix="berth-compose-")

    def _file(self, count):
        services = {
            f"t{n}": {"image": self.image, "mem_limit": "64m", "memswap_limit": "128m",
                      "restart": "unless-stopped",  # on the project's own network
                      "ports": [f"127.0.0.1:{self.first_port + n}:8080"],
                      "volumes": [f"d{n}:/app/backend/data"]} for n in range(count)}
        document = {"version": "2.4", "services": services,
                    "volumes": {f"d{n}": {} for n in range(count)}}
        path = os.path.join(self.folder, "docker-compose.yml")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(document, out)  # JSON is YAML
        return path

    def up(self, count):
        run(self.engine, "docker-compose", "-p", "bench", "-f", self._file(count), "up", "-d")

    def down(self, count):
        run(self.engine, "docker-compose", "-p", "bench", "-f", self._file(count), "down", "-v", "-t", "1")


class Swarm:
    """docker stack deploy: one service per tenant; ports in host mode, since this
    needs no IPVS in the kernel."""

    name = "swarm"

    def __init__(self, engine, image, first_port):
        self.engine, self.image, self.first_port = engine, image, first_port
        self.folder = tempfile.mkdtemp(prefix="berth-swarm-")
        if engine.must("GET", "/info")["Swarm"]["LocalNodeState"] != "active":
            run(engine, "docker", "swarm", "init", "--advertise-addr", "127.0.0.1",
                "--listen-addr", "127.0.0.1:2377")

    def _file(self, count):
        services = {
            f"t{n}": {"image": self.image,
                      "deploy": {"resources": {"limits": {"memory": "64M"}}},
                      "networks": ["hostbridge"],
                      "volumes": [f"d{n}:/app/backend/data"]} for n in range(count)}
        document = {"version": "3.8", "services": services,
                    "networks": {"hostbridge": {"external": True, "name": "bridge"}},
                    "volumes": {f"d{n}": {} for n in range(count)}}
        path = os.path.join(self.folder, "stack.yml")
        with open(path, "w", encoding="utf-8") as out:
            json.dump(document, out)
        return path

    def up(self, count):
        run(self.engine, "docker", "stack", "deploy", "--resolve-image", "never",
            "-c", self._file(count), "bench")
        wait_until("the stack runs",
                   lambda: len(self.engine.running(com__docker__stack__namespace="bench")) == count,
                   300, 0.05)

    def down(self, count):
        run(self.engine, "docker", "stack", "rm", "bench")
        wait_until("the stack is gone",
                   lambda: not self.engine.containers(com__docker__stack__namespace="bench"), 300, 0.1)
        for n in range(count):
            self.engine.call("DELETE", f"/volumes/bench_d{n}")

    def leave(self):
        run(self.engine, "docker", "swarm", "leave", "--force")
