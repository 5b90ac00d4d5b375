#!/usr/bin/env python3
"""Every change that kubectl makes has exactly one audit record; nobody tampers unnoticed."""
import base64
import contextlib
import http.client
import os
import sqlite3
import subprocess
import threading
import unittest

from harness import (
    BIN, GROUP, Api, Controller, Postgres, documents, host, kubectl_minor, wait_until)

CANARY = "canary-5e1f0c7a"
MAPS = "/api/v1/namespaces/default/configmaps"


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


class Case(unittest.TestCase):
    def start_controller(self, store=None):
        self.store = store
        self.controller = Controller(["--roles", "api", "--log-level", "debug"], store=store)
        self.controller.start()
        self.addCleanup(self.controller.__exit__)
        self.api = Api(self.controller)
        self.start = self.page()["head"]["seq"]

    def page(self, after=0):
        status, page = self.api.call("GET", f"/audit?after={after}&limit=5000")
        self.assertEqual(status, 200)
        return page

    def entries(self):
        return self.page(self.start)["entries"]

    def records(self):
        return [entry["record"] for entry in self.entries()]

    def verbs(self):
        return [(r["verb"], r.get("resource"), r.get("name")) for r in self.records()]

    def offline(self, *words):
        return subprocess.run(
            [BIN / "berth-controller", "audit", "verify", "--store",
             self.store or f"sqlite:{self.controller.data}/berth.db", *words],
            capture_output=True, text=True, timeout=60, check=False)

    def kubectl(self, *words, **options):
        old = kubectl_minor(os.environ.get("KUBECTL", "kubectl")) < 29
        if old and words[0] in ("apply", "create", "replace"):
            words = (words[0], "--validate=false", *words[1:])
        return self.controller._run(os.environ.get("KUBECTL", "kubectl"), words, **options).stdout


class AuditTest(Case):
    def setUp(self):
        self.start_controller()

    def test_each_verb_of_kubectl_leaves_one_record(self):
        self.kubectl("create", "-f", "-", input=documents(host("a")))
        self.kubectl("label", "host", "a", "tier=gold")
        self.kubectl("annotate", "host", "a", "note=x")
        self.kubectl("patch", "host", "a", "--type=merge", "-p", '{"spec":{"region":"x"}}')
        self.kubectl("replace", "-f", "-", input=documents(host("a")))
        self.kubectl("get", "hosts")
        self.kubectl("delete", "host", "a")

        self.assertEqual(
            [verb for verb, _, _ in self.verbs()],
            ["create", "patch", "patch", "patch", "update", "delete"])
        for record in self.records():
            self.assertEqual(
                (record["user"], record["address"], record["decision"], record["name"]),
                ("admin", "127.0.0.1", "allow", "a"))

    def test_a_dry_run_and_a_change_of_nothing_leave_none(self):
        self.kubectl("create", "-f", "-", "--dry-run=server", input=documents(host("a")))
        self.assertEqual(self.verbs(), [])
        self.kubectl("apply", "-f", "-", input=documents(host("a")))
        count = len(self.records())
        self.kubectl("apply", "-f", "-", input=documents(host("a")))
        self.assertEqual(len(self.records()), count)

    def test_what_is_denied_leaves_a_record_and_its_token_is_in_no_log(self):
        self.api.token = f"wrong-{CANARY}"
        status, _ = self.api.call("DELETE", f"{GROUP}/hosts/a")
        self.assertEqual(status, 401)
        self.api = Api(self.controller)

        record, = self.records()
        self.assertEqual((record["decision"], record["code"], record["name"]), ("deny", 401, "a"))
        self.assertIn(record["request"], self.controller.log.read_text())
        self.assertNotIn(CANARY, self.controller.log.read_text())

    def test_who_acts_as_somebody_else_is_named_too(self):
        self.kubectl("delete", "host", "a", "--as=alice", check=False)
        self.kubectl("create", "-f", "-", "--as=bob", "--as-group=system:masters",
                     input=documents(config_map("a", x="1")))

        self.assertEqual(
            [(r["user"], r["impersonator"], r["decision"]) for r in self.records()
             if r["verb"] in ("delete", "create") and r.get("resource") in
             ("hosts.berth.dev", "configmaps")],
            [("alice", "admin", "deny"), ("bob", "admin", "allow")])

    def test_no_value_of_a_secret_is_in_the_log(self):
        self.kubectl("create", "secret", "generic", "s", f"--from-literal=password={CANARY}")
        self.kubectl("apply", "-f", "-", input=documents(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "t"},
             "stringData": {"password": CANARY}}))
        self.kubectl("delete", "secret", "s", "t")

        text = self.controller.berth("audit", "export").stdout
        self.assertIn('"resource":"secrets"', text)
        for canary in (CANARY, base64.b64encode(CANARY.encode()).decode()):
            self.assertNotIn(canary, text)
            self.assertNotIn(canary, self.controller.log.read_text())

    def test_a_table_an_anchor_and_what_breaks_the_chain(self):
        anchor = self.controller.data / "anchors.jsonl"
        self.kubectl("create", "-f", "-", input=documents(config_map("a", x="1")))
        self.assertIn("configmaps", self.controller.berth("audit", "list", "--last=1").stdout)
        anchor.write_text(self.controller.berth("audit", "verify", "-o", "json").stdout)
        self.kubectl("create", "-f", "-", input=documents(config_map("b", x="1")))
        self.assertIn("are sound",
                      self.controller.berth("audit", "verify", "--from-anchor", anchor).stdout)
        found = self.offline("--from-anchor", str(anchor))
        self.assertEqual((found.returncode, found.stderr), (0, ""))
        self.controller.stop()
        last = self.sql("SELECT max(seq) FROM audit")

        with self.assertRaisesRegex(sqlite3.IntegrityError, "append-only"):
            self.sql("UPDATE audit SET record = '{}'")
        self.sql("DROP TRIGGER audit_kept; DROP TRIGGER audit_unchanged;")
        before = self.sql(f"SELECT record FROM audit WHERE seq = {last}")
        self.sql(f"UPDATE audit SET record = '{{}}' WHERE seq = {last};")
        found = self.offline()
        self.assertEqual((found.returncode, f"record {last} was changed" in found.stderr), (1, True))

        self.sql(f"UPDATE audit SET record = '{before}' WHERE seq = {last};")
        self.assertEqual(self.offline().returncode, 0)
        self.sql(f"DELETE FROM audit WHERE seq >= {last - 1};"
                 f"UPDATE meta SET audit_seq = {last - 2}, audit_hash ="
                 f" (SELECT hash FROM audit WHERE seq = {last - 2});")
        self.assertEqual(self.offline().returncode, 0)
        self.controller.start()
        found = self.controller.berth("audit", "verify", "--from-anchor", anchor, check=False)
        self.assertEqual(found.returncode, 1)
        self.assertIn(f"record {last - 1} is missing", found.stderr)

    def sql(self, text):
        path = self.controller.data / "berth.db"
        with contextlib.closing(sqlite3.connect(path)) as database:
            if ";" in text:
                database.executescript(text)
                return None
            row = database.execute(text).fetchone()
            return row and row[0]

    def test_a_kill_in_a_burst_leaves_a_record_of_each_change_and_of_nothing_else(self):
        made = []

        def burst(writer):
            with contextlib.suppress(OSError, http.client.HTTPException):
                for number in range(100000):
                    name = f"m{writer}-{number}"
                    if self.api.call("POST", MAPS, config_map(name, x="1"))[0] == 201:
                        made.append(name)

        threads = [threading.Thread(target=burst, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        wait_until("some are made", lambda: len(made) > 100)
        self.controller.kill()
        for thread in threads:
            thread.join()
        self.controller.start()

        stored = {item["metadata"]["name"]: item["metadata"]["resourceVersion"]
                  for item in self.api.call("GET", MAPS)[1]["items"]}
        recorded = {entry["record"]["name"]: str(entry["revision"]) for entry in self.entries()
                    if entry["record"].get("resource") == "configmaps"}
        self.assertEqual(recorded, stored)
        self.assertLessEqual(set(made), set(stored))
        self.assertEqual(len(recorded), len([v for v in self.verbs() if v[1] == "configmaps"]))
        self.assertIn("are sound", self.controller.berth("audit", "verify").stdout)


class AuditOnPostgresTest(Case):
    def setUp(self):
        database = self.enterContext(Postgres())
        self.start_controller(database.url)

    def test_each_change_leaves_a_record_in_a_sound_chain(self):
        anchor = self.controller.data / "anchors.jsonl"
        self.kubectl("create", "-f", "-", input=documents(host("a")))
        anchor.write_text(self.controller.berth("audit", "verify", "-o", "json").stdout)
        self.kubectl("label", "host", "a", "tier=gold")
        self.kubectl("delete", "host", "a")

        self.assertEqual([verb for verb, _, _ in self.verbs()], ["create", "patch", "delete"])
        found = self.offline("--from-anchor", str(anchor))
        self.assertEqual((found.returncode, found.stderr), (0, ""))
        self.assertIn("are sound", found.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
