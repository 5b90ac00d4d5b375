"""The best that the engine itself can do: the same calls as Berth, by hand."""
import concurrent.futures
import json

from stack import UnixConnection

PARALLEL = 2  # more parallel starts than that gain nothing on two cores


def tenant_body(name, image, port):
    return {
        "Image": image,
        "Env": ["WEBUI_SECRET_KEY=raw", "DATA_DIR=/app/backend/data"],
        "Labels": {"bench": "raw"},
        "ExposedPorts": {"8080/tcp": {}},
        "HostConfig": {
            "Memory": 64 << 20, "MemoryReservation": 16 << 20, "MemorySwap": 128 << 20,
            "Mounts": [{"Type": "volume", "Source": f"{name}-data", "Target": "/app/backend/data"}],
            "NetworkMode": "raw-net",
            "PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]},
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
        },
    }


class Raw:
    def __init__(self, engine, image, first_port):
        self.engine, self.image, self.first_port = engine, image, first_port
        # One network for all tenants of a host, as Berth has it.
        engine.call("POST", "/networks/create", {"Name": "raw-net", "CheckDuplicate": True})

    def _create(self, connections, number):
        connection = connections[number % PARALLEL]
        name = f"raw-{number}"

        def call(method, path, body=None):
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"} if body is not None else {})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer.status} {text}")

        call("POST", "/volumes/create", {"Name": f"{name}-data"})
        call("POST", f"/containers/create?name={name}",
             tenant_body(name, self.image, self.first_port + number))
        call("POST", f"/containers/{name}/start")

    def up(self, count):
        connections = [UnixConnection(self.engine.socket) for _ in range(PARALLEL)]
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            lanes = [pool.submit(lambda lane: [self._create(connections, n)
                                               for n in range(lane, count, PARALLEL)], lane)
                     for lane in range(PARALLEL)]
            for lane in lanes:
                lane.result()
        for connection in connections:
            connection.close()

    def recreate(self, number):
        """Makes and starts the container again; volume and network are there."""
        name = f"raw-{number}"
        self.engine.must("POST", f"/containers/create?name={name}",
                         tenant_body(name, self.image, self.first_port + number))
        self.engine.must("POST", f"/containers/{name}/start")

    def down(self, count):
        for number in range(count):
            self.engine.call("DELETE", f"/containers/raw-{number}?force=1")
            self.engine.call("DELETE", f"/volumes/raw-{number}-data")
