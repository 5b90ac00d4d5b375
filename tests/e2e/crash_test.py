#!/usr/bin/env python3
"""kill -9 of the controller at random moments while ten tenants are made, changed and deleted.

After every few kills the controller comes up once more and must converge to exactly what is
declared: one running container a tenant and none besides, every acknowledged row (in the archive,
for a tenant that was deleted with a snapshot), one volume a tenant. BERTH_SEED=N plays the same moments again; BERTH_KILLS=N changes how many.
"""
import json
import os
import random
import subprocess
import time
import unittest

from harness import BIN, Fleet, deployment, documents, once, rows_in, seed, wait_until

TENANTS = [f"tenant-{number}" for number in range(10)]
KILLS = int(os.environ.get("BERTH_KILLS", 50))
LONGEST_LIFE = 2.5  # seconds from an action to the kill
ARCHIVED = TENANTS[:4]  # deleted with a snapshot; the others without a copy


class CrashTest(unittest.TestCase):
    def setUp(self):
        number = seed()
        print(f"BERTH_SEED={number}", flush=True)
        self.random = random.Random(number)
        self.fleet = Fleet()
        self.fleet.__enter__()
        self.addCleanup(self.fleet.__exit__)
        self.declared = {}  # name -> the value of GENERATION in its environment
        self.rows = {}      # name -> the ids that the tenant has acknowledged
        self.secrets = {}   # name -> hash of its secret key
        self.uids = {}      # name -> the uid of its present life
        self.archives = []  # (uid, rows) of tenants that were deleted with a snapshot
        self.round = 0

    # ---- actions

    def manifest(self):
        return documents(*(
            deployment(name, env=[{"name": "ROUND", "value": str(value)}],
                       storage={"deletionPolicy": "Snapshot" if name in ARCHIVED else "Delete"})
            for name, value in self.declared.items()))

    def create(self):
        self.declared = {name: self.round for name in TENANTS}
        return "apply"

    def update(self):
        for name in self.random.sample(TENANTS, 5):
            self.declared[name] = self.round
        return "apply"

    def delete(self):
        for name in self.random.sample(TENANTS, 5):
            self.declared.pop(name, None)
            rows = self.rows.pop(name, set())
            self.secrets.pop(name, None)
            if name in ARCHIVED and name in self.uids:
                self.archives.append((self.uids.pop(name), rows))
        return "delete"

    def command(self, action):
        if action == "apply":
            return ["apply", "-f", "-"], self.manifest()
        gone = [name for name in TENANTS if name not in self.declared]
        return ["delete", "cd", *gone, "--wait=false", "--ignore-not-found"], None

    def start_client(self, action):
        """The client runs beside the kill, as a person's would; what is cut off is sent again."""
        words, text = self.command(action)
        client = subprocess.Popen(
            [BIN / "berth", "--kubeconfig", self.fleet.controller.kubeconfig, *words],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if text:
            client.stdin.write(text.encode())
        client.stdin.close()
        return client

    def send_again(self, action):
        words, text = self.command(action)
        wait_until("the server takes it", lambda: self.fleet.controller.berth(
            *words, input=text, check=False).returncode == 0)

    # ---- what must hold

    def containers(self):
        return self.fleet.engine.containers(dev__berth__kind="ClientDeployment")

    def converged(self):
        """None, or what is still wrong."""
        found = {}
        for container in self.containers():
            if container["Labels"].get("dev.berth.role") == "helper":
                return "a helper is still there"
            found.setdefault(container["Labels"]["dev.berth.name"], []).append(container)
        if sorted(found) != sorted(self.declared):
            return f"containers of {sorted(found)}, declared {sorted(self.declared)}"
        for name, own in found.items():
            if len(own) != 1 or own[0]["State"] != "running":
                return f"{name} has {[(c['Names'], c['State']) for c in own]}"
            inspected = self.fleet.engine.must("GET", f"/containers/{own[0]['Id']}/json")
            if f"ROUND={self.declared[name]}" not in inspected["Config"]["Env"]:
                return f"{name} runs an old spec"
        listed = self.objects()
        if sorted(listed) != sorted(self.declared):
            return f"objects {sorted(listed)}"
        volumes = {v["Name"] for v in self.fleet.engine.volumes()}
        wanted = {d.get("status", {}).get("storage", {}).get("volume") for d in listed.values()}
        if volumes != wanted:
            return f"volumes {sorted(volumes)}, wanted {sorted(map(str, wanted))}"
        return None

    def objects(self):
        done = self.fleet.controller.berth("get", "cd", "-o", "json", check=False)
        if done.returncode != 0:
            return {}
        return {d["metadata"]["name"]: d for d in json.loads(done.stdout)["items"]}

    def converge(self):
        problem = "nobody looked"

        def looks_right():
            nonlocal problem
            problem = self.converged()
            return problem is None
        try:
            wait_until("convergence", looks_right, 60, pause=0.1)
        except TimeoutError:
            log = self.fleet.controller.log.read_text()[-3000:]
            self.fail(f"round {self.round}: {problem}\n{log}")

    def check_data(self):
        """Every acknowledged row is there, the secret is the same, and there was one writer."""
        for name, document in self.objects().items():
            tenant = self.fleet.tenant(name) if "url" in document.get("status", {}) else None
            self.assertIsNotNone(tenant, name)
            have, = wait_until(f"{name} answers", lambda t=tenant: once(lambda: (t.rows(),)))
            self.assertLessEqual(self.rows.get(name, set()), have, f"{name} lost rows")
            secret = tenant.secret_hash()
            self.assertEqual(self.secrets.setdefault(name, secret), secret, name)
            self.assertEqual(tenant.overlaps(), 0, f"{name} had two writers")
            self.rows[name] = have | set(tenant.add_rows(2))
            self.uids[name] = document["metadata"]["uid"]
        for uid, rows in self.archives:
            found = self.fleet.snapshots_of(uid)
            self.assertEqual(len(found), 1, f"snapshots of {uid}")
            self.assertEqual(rows_in(found[0]), rows, f"rows in {found[0]}")

    # ---- the test

    def kill_a_few_times(self, action, left):
        """The first kill falls into the action, the next ones into the repair."""
        kills = min(left, self.random.choice([1, 1, 2, 3]))
        for number in range(kills):
            client = self.start_client(action)
            begun = time.monotonic()
            moment = self.random.random() * LONGEST_LIFE
            if number:
                moment /= 2
            wait_until("the moment has come", lambda: time.monotonic() - begun >= moment, pause=0.002)
            self.fleet.controller.kill()
            client.kill()
            client.wait()
            self.fleet.controller.start()
        return kills

    def test_converges_after_every_kill(self):
        killed = 0
        began = time.monotonic()
        actions = [self.create, self.update, self.delete, self.create, self.update]
        while killed < KILLS:
            action = actions[self.round % len(actions)]()
            self.round += 1
            killed += self.kill_a_few_times(action, KILLS - killed)
            self.send_again(action)
            self.converge()
            self.check_data()
            print(f"{time.monotonic() - began:6.1f} s  {killed} kills, round {self.round} {action}: "
                  f"{len(self.declared)} tenants", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
