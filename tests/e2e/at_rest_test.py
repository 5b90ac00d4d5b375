#!/usr/bin/env python3
"""Secrets are ciphertext wherever the store keeps them; keys change under load; the whole
state goes to a file and back."""
import base64
import contextlib
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

from harness import BIN, Api, Controller, Postgres, wait_until

CANARIES = [f"canary-{number:03d}-6f1d" for number in range(200)]
SECRETS = "/api/v1/namespaces/default/secrets"


def secret(name, value):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name},
            "stringData": {"password": value}}


def value_of(document):
    return base64.b64decode(document["data"]["password"]).decode()


def command(*words, check=True):
    done = subprocess.run([str(BIN / "berth-controller"), *map(str, words)], capture_output=True,
                          text=True, timeout=60, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode} {done.stdout} {done.stderr}")
    return done


class Writers:
    """Threads that write and read Secrets until they are stopped; what failed is kept."""

    def __init__(self, controller, count=3):
        self.ended = threading.Event()
        self.failures = []
        self.writes = 0
        self.threads = [threading.Thread(target=self._run, args=(Api(controller), f"load-{i}"))
                        for i in range(count)]

    def _run(self, api, name):
        status, document = api.call("POST", SECRETS, secret(name, "0"))
        number = 0
        while not self.ended.is_set():
            number += 1
            if status not in (200, 201):
                self.failures.append((status, document))
                return
            status, document = api.call("PATCH", f"{SECRETS}/{name}", {"stringData": {"password": str(number)}},
                                        "application/merge-patch+json")
            if status == 200:
                status, document = api.call("GET", f"{SECRETS}/{name}")
            if status == 200 and value_of(document) != str(number):
                self.failures.append((name, number, document))
                return
            self.writes += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


class AtRest:
    """The cases, for a store at self.url whose bytes self.dump() gives."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="berth-at-rest-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.open_store()
        self.controller = self.stack.enter_context(self.controller_on(self.url, self.folder / "data"))
        self.api = Api(self.controller)
        self.where = ["--data-dir", self.controller.data, "--store", self.url]

    @staticmethod
    def controller_on(url, data):
        return Controller(["--docker", "/nonexistent", "--encryption-key-file", data / "keys"],
                          data=data, store=url)

    def put(self, names_and_values):
        for name, value in names_and_values:
            status, document = self.api.call("POST", SECRETS, secret(name, value))
            self.assertEqual(status, 201, document)

    def values(self, controller=None):
        status, listed = Api(controller or self.controller).call("GET", SECRETS)
        self.assertEqual(status, 200, listed)
        return {item["metadata"]["name"]: value_of(item) for item in listed["items"]}

    def keys(self):
        """Rows by key, as `keys status` has it."""
        lines = command("keys", "status", *self.where).stdout.splitlines()[1:]
        return {line.split()[0]: int(line.split()[1]) for line in lines}

    def test_a_dump_has_none_of_the_secrets(self):
        self.put((f"s-{n}", canary) for n, canary in enumerate(CANARIES))
        for number in range(0, 200, 3):
            self.api.call("DELETE", f"{SECRETS}/s-{number}")
        status, _ = self.api.call("POST", "/api/v1/namespaces/default/configmaps", {
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"},
            "data": {"open": "shown-6f1d"}})
        self.assertEqual(status, 201)
        command("backup", *self.where, "--to", self.folder / "backup")

        dumps = [self.dump(), (self.folder / "backup").read_bytes()]
        for dump in dumps:
            self.assertIn(b"shown-6f1d", dump, "it is no dump of what is stored")
            for canary in CANARIES:
                self.assertNotIn(canary.encode(), dump)
                self.assertNotIn(base64.b64encode(canary.encode()), dump)

    def test_keys_change_under_load_without_a_failure(self):
        self.put((f"s-{n}", canary) for n, canary in enumerate(CANARIES[:50]))
        with Writers(self.controller) as writers:
            for _ in range(2):
                new = command("keys", "rotate", *self.where).stdout.split()[0]
                wait_until("nothing needs another key", lambda: command(
                    "keys", "prune", *self.where, check=False).returncode == 0
                    and list(self.keys()) == [new], 60, 0.5)
        self.assertEqual(writers.failures, [])
        self.assertGreater(writers.writes, 20)
        metrics = self.api.call("GET", "/metrics")[1]
        self.assertIn("berth_sealing_rows_unreadable 0", metrics)

        self.controller.stop()
        self.controller.start()
        values = self.values()
        for number, canary in enumerate(CANARIES[:50]):
            self.assertEqual(values[f"s-{number}"], canary)

    def test_it_does_not_start_without_the_key_that_it_needs(self):
        self.put([("a", CANARIES[0])])
        self.controller.stop()
        keys = self.controller.data / "keys"
        kept = keys.read_text()
        keys.unlink()
        flags = ["--listen", "127.0.0.1:0", *self.where]

        refused = command(*flags, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("--encryption-key-file", refused.stderr)
        self.assertFalse(keys.exists(), "it must not make another key")

        keys.write_text(kept)
        keys.chmod(0o600)
        self.controller.start()
        self.assertEqual(self.values(), {"a": CANARIES[0]})

    def test_a_broken_secret_is_told_and_deleted_and_hides_no_other(self):
        self.put([("a", CANARIES[0]), ("b", CANARIES[1]), ("c", CANARIES[2])])
        self.controller.stop()
        self.swap("a", "b")
        self.controller.start()

        status, listed = self.api.call("GET", SECRETS)
        self.assertEqual(status, 200)
        types = {item["metadata"]["name"]: item["type"] for item in listed["items"]}
        self.assertEqual(types, {"a": "berth.dev/unreadable", "b": "berth.dev/unreadable",
                                 "c": "Opaque"})
        status, document = self.api.call("GET", f"{SECRETS}/a")
        self.assertEqual(status, 500, document)  # why is for the operator
        self.assertIn("cannot be read", self.controller.log.read_text())
        status, _ = self.api.call("PATCH", f"{SECRETS}/a", {"stringData": {"x": "y"}},
                                  "application/merge-patch+json")
        self.assertEqual(status, 500)
        self.assertEqual(self.api.call("DELETE", f"{SECRETS}/a")[0], 200)
        self.put([("a", "anew")])
        self.assertEqual(value_of(self.api.call("GET", f"{SECRETS}/a")[1]), "anew")

    def test_a_backup_beside_a_running_controller_is_restored_elsewhere(self):
        self.put((f"s-{n}", canary) for n, canary in enumerate(CANARIES[:20]))
        version = self.api.call("GET", SECRETS)[1]["metadata"]["resourceVersion"]
        backup = self.folder / "backup"
        with Writers(self.controller):
            command("backup", *self.where, "--to", backup)
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        uid = self.api.call("GET", "/api/v1/namespaces/berth-system")[1]["metadata"]["uid"]
        self.controller.stop()

        for url in self.other_stores():
            data = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
            command("restore", "--store", url, "--from", backup)
            again = command("restore", "--store", url, "--from", backup, check=False)
            self.assertIn("--replace", again.stderr)
            shutil.copy(self.controller.data / "keys", data / "keys")
            with self.controller_on(url, data) as other:
                values = self.values(other)
                for number, canary in enumerate(CANARIES[:20]):
                    self.assertEqual(values[f"s-{number}"], canary)
                api = Api(other)
                space = api.call("GET", "/api/v1/namespaces/berth-system")[1]
                self.assertEqual(space["metadata"]["uid"], uid, "the cluster is the same one")
                status, answer = api.call(
                    "GET", f"{SECRETS}?watch=1&timeoutSeconds=1&resourceVersion={version}")
                self.assertTrue(status == 410 or answer["object"]["code"] == 410, answer)
                self.assertEqual(api.call("POST", SECRETS, secret("new", "1"))[0], 201)

    def test_a_backup_that_was_killed_is_no_file_or_a_whole_one(self):
        self.put((f"s-{n}", canary * 20) for n, canary in enumerate(CANARIES[:50]))
        backup = self.folder / "backup"
        for pause in (0.0, 0.01, 0.02, 0.03, 0.05, 0.1):
            process = subprocess.Popen([str(BIN / "berth-controller"), "backup", *map(str, self.where),
                                        "--to", str(backup)], stdout=subprocess.DEVNULL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(pause)
            process.kill()
            process.wait()
            if backup.exists():
                self.assertTrue(backup.read_bytes().splitlines()[-1].startswith(b'{"lines":'))
        command("backup", *self.where, "--to", backup)
        self.controller.stop()
        command("restore", *self.where, "--from", backup, "--replace")
        self.controller.start()
        self.assertEqual(len(self.values()), 50)

    def test_a_damaged_or_newer_backup_is_refused_and_changes_nothing(self):
        self.put([("a", CANARIES[0])])
        backup = self.folder / "backup"
        command("backup", *self.where, "--to", backup)
        self.controller.stop()
        whole = backup.read_bytes()
        lines = whole.splitlines(keepends=True)
        hostile = {
            "cut off": whole[:-40],
            "a line less": b"".join(lines[:3] + lines[4:]),
            "a letter changed": whole.replace(b"berth-system", b"berth-sistem", 1),
            "more behind it": whole + b"[]\n",
            "newer": whole.replace(b'{"berthBackup":1}', b'{"berthBackup":2}'),
            "something else": b"PK\x03\x04",
            "empty": b""}
        for what, content in hostile.items():
            backup.write_bytes(content)
            refused = command("restore", *self.where, "--from", backup, "--replace", check=False)
            self.assertNotEqual(refused.returncode, 0, what)
        self.controller.start()
        self.assertEqual(self.values(), {"a": CANARIES[0]})


class SqliteAtRestTest(AtRest, unittest.TestCase):
    def open_store(self):
        self.path = self.folder / "state.db"
        self.url = f"sqlite:{self.path}"

    def dump(self):
        return b"".join(path.read_bytes() for path in self.folder.glob("state.db*"))

    def swap(self, a, b):
        with contextlib.closing(sqlite3.connect(self.path)) as database, database:
            texts = dict(database.execute("SELECT name, bytes FROM object WHERE resource = 'secrets'"))
            for name, other in ((a, b), (b, a)):
                for table in ("object", "event"):
                    database.execute(f"UPDATE {table} SET bytes = ?, place = ? WHERE resource ="
                                     " 'secrets' AND name = ?",
                                     (texts[other], len(texts[other]), name))

    def other_stores(self):
        database = self.stack.enter_context(Postgres())
        return [f"sqlite:{self.folder / 'other.db'}", database.url]

    def test_a_restore_waits_for_the_controller_to_be_stopped(self):
        backup = self.folder / "backup"
        command("backup", *self.where, "--to", backup)

        refused = command("restore", *self.where, "--from", backup, "--replace", check=False)

        self.assertNotEqual(refused.returncode, 0)
        self.assertTrue(self.controller.process.alive())


class PostgresAtRestTest(AtRest, unittest.TestCase):
    def open_store(self):
        self.database = self.stack.enter_context(Postgres())
        self.url = self.database.url

    def psql(self, sql):
        return subprocess.run(["psql", "-Xqtc", sql, self.url], check=True, capture_output=True,
                              timeout=60, text=True).stdout

    def dump(self):
        return subprocess.run(["pg_dump", self.url], check=True, capture_output=True, timeout=60).stdout

    def swap(self, a, b):
        for table in ("event", "object"):
            self.psql(f"UPDATE berth.{table} o SET bytes = x.bytes, place = x.place"
                      f" FROM berth.object x"
                      f" WHERE o.resource = 'secrets' AND x.resource = 'secrets' AND o.name <> x.name"
                      f" AND o.name IN ('{a}', '{b}') AND x.name IN ('{a}', '{b}')")

    def other_stores(self):
        self.psql("CREATE DATABASE other")
        return [f"sqlite:{self.folder / 'other.db'}",
                self.url.replace("/postgres?", "/other?")]


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])
