#!/usr/bin/env python3
"""The life of a tenant on a real Docker Engine: made, healed, changed, deleted."""
import socket
import unittest

from harness import (IMAGE, OTHER_IMAGE, Fleet, Tenant, condition, deployment, once, rows_in,
                     wait_until)


class TenantTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = Fleet()
        cls.fleet.__enter__()
        cls.addClassCleanup(cls.fleet.__exit__)
        cls.engine = cls.fleet.engine

    def given(self, name, **spec):
        """A tenant that is Ready and has three rows; (tenant, rows)."""
        self.fleet.apply(deployment(name, **spec))
        tenant = self.fleet.ready(name)
        tenant.add_rows(3)
        return tenant, tenant.rows()

    def serves(self, name, rows=None, seconds=30):
        """The tenant, once it answers again (and with these rows)."""
        def asked():
            tenant = self.fleet.tenant(name)
            found = tenant.rows()
            return tenant if rows is None or found == rows else None
        return wait_until(f"{name} serves its rows", lambda: once(asked), seconds)

    def reason(self, name, kind="Ready"):
        return condition(self.fleet.get(name), kind).get("reason")

    def test_becomes_ready_and_serves(self):
        tenant, rows = self.given("fresh")

        self.assertEqual(len(rows), 3)
        self.assertEqual(tenant.call("/health"), {"status": True})
        document = self.fleet.get("fresh")
        for kind in ("Ready", "Scheduled", "ImageReady", "ContainerReady", "Healthy"):
            self.assertEqual(condition(document, kind).get("status"), "True", kind)
        self.assertEqual(document["status"]["observedGeneration"], document["metadata"]["generation"])
        limits = self.fleet.container("fresh")["HostConfig"]
        self.assertEqual(limits["Memory"], 64 << 20)
        self.assertEqual(limits["MemoryReservation"], 32 << 20)
        self.assertEqual(limits["MemorySwap"], 128 << 20)

    def test_a_killed_container_comes_back_with_its_rows(self):
        _, rows = self.given("killed")
        before = self.fleet.container("killed")

        self.engine.must("POST", f"/containers/{before['Id']}/kill")

        self.serves("killed", rows)

    def test_a_removed_container_comes_back_with_its_rows(self):
        tenant, rows = self.given("removed")
        secret = tenant.secret_hash()
        before = self.fleet.container("removed")

        self.engine.must("DELETE", f"/containers/{before['Id']}?force=1")

        self.assertEqual(self.serves("removed", rows).secret_hash(), secret)
        self.assertNotEqual(self.fleet.container("removed")["Id"], before["Id"])

    def test_limits_changed_by_hand_are_put_back(self):
        self.given("drifted")
        before = self.fleet.container("drifted")

        self.engine.must("POST", f"/containers/{before['Id']}/update",
                         {"Memory": 256 << 20, "MemorySwap": 512 << 20})

        wait_until("the limit is back", lambda: self.fleet.container("drifted")["HostConfig"]["Memory"] == 64 << 20)
        self.assertEqual(self.fleet.container("drifted")["State"]["StartedAt"], before["State"]["StartedAt"])

    def test_more_memory_needs_no_restart(self):
        self.given("grown")
        before = self.fleet.container("grown")
        bigger = deployment("grown")
        bigger["spec"]["resources"]["memory"] = "96Mi"

        self.fleet.apply(bigger)

        wait_until("the limit is there", lambda: self.fleet.container("grown")["HostConfig"]["Memory"] == 96 << 20)
        after = self.fleet.container("grown")
        self.assertEqual((after["Id"], after["State"]["StartedAt"]), (before["Id"], before["State"]["StartedAt"]))

    def test_another_image_keeps_rows_and_secret(self):
        tenant, rows = self.given("upgraded")
        secret = tenant.secret_hash()
        before = self.fleet.container("upgraded")

        self.fleet.apply(deployment("upgraded", image=OTHER_IMAGE))

        wait_until("the new image runs alone", lambda: once(
            lambda: self.fleet.container("upgraded")["Config"]["Image"] == OTHER_IMAGE))
        after = self.serves("upgraded", rows)
        self.assertEqual(after.secret_hash(), secret)
        self.assertEqual(after.overlaps(), 0)
        self.assertNotEqual(self.fleet.container("upgraded")["Id"], before["Id"])

    def test_stopped_and_started_again(self):
        _, rows = self.given("paused")

        self.fleet.apply(deployment("paused", state="Stopped"))
        wait_until("it is stopped", lambda: not self.engine.running(dev__berth__name="paused"))
        self.fleet.apply(deployment("paused", state="Running"))

        self.serves("paused", rows)

    def test_delete_without_a_copy(self):
        self.given("dropped", storage={"deletionPolicy": "Delete"})
        volume = self.fleet.get("dropped")["status"]["storage"]["volume"]

        self.fleet.controller.kubectl("delete", "cd", "dropped", "--timeout=60s")

        self.assertEqual(self.fleet.containers_of("dropped"), [])
        self.assertNotIn(volume, [v["Name"] for v in self.engine.volumes()])

    def test_delete_that_retains_the_volume(self):
        _, rows = self.given("kept", storage={"deletionPolicy": "Retain"})
        volume = self.fleet.get("kept")["status"]["storage"]["volume"]

        self.fleet.controller.berth("delete", "cd", "kept", "--timeout=60s")

        self.assertEqual(self.fleet.containers_of("kept"), [])
        self.assertIn(volume, [v["Name"] for v in self.engine.volumes()])
        self.fleet.apply(deployment("kept", storage={"existingVolume": volume, "deletionPolicy": "Retain"}))
        self.fleet.ready("kept")
        self.serves("kept", rows)

    def test_delete_with_a_snapshot(self):
        _, rows = self.given("archived")  # the default
        document = self.fleet.get("archived")
        volume = document["status"]["storage"]["volume"]

        self.fleet.controller.kubectl("delete", "cd", "archived", "--timeout=60s")

        self.assertEqual(self.fleet.containers_of("archived"), [])
        self.assertNotIn(volume, [v["Name"] for v in self.engine.volumes()])
        archives = self.fleet.snapshots_of(document["metadata"]["uid"])
        self.assertEqual(len(archives), 1)
        self.assertEqual(rows_in(archives[0]), rows)

    def test_a_stranger_with_our_name_is_not_touched(self):
        _, rows = self.given("stranger")
        ours = self.fleet.container("stranger")
        self.fleet.controller.berth("annotate", "cd", "stranger", "berth.dev/paused=true")
        wait_until("it is paused", lambda: "Paused" in str(self.fleet.get("stranger")["status"]["conditions"]))
        self.engine.must("DELETE", f"/containers/{ours['Id']}?force=1")
        theirs = self.engine.must("POST", f"/containers/create?name={ours['Name'].strip('/')}",
                                  {"Image": IMAGE, "Labels": {"whose": "theirs"}})["Id"]
        self.addCleanup(self.engine.call, "DELETE", f"/containers/{theirs}?force=1")

        self.fleet.controller.berth("annotate", "cd", "stranger", "berth.dev/paused-")

        wait_until("it says so", lambda: self.reason("stranger") == "NameTaken")
        found = self.engine.must("GET", f"/containers/{theirs}/json")
        self.assertEqual(found["Config"]["Labels"], {"whose": "theirs"})
        self.assertEqual(found["State"]["Status"], "created")
        self.engine.must("DELETE", f"/containers/{theirs}?force=1")
        self.fleet.controller.berth("annotate", "cd", "stranger", "looked-at=yes")  # no need to wait for the retry
        self.serves("stranger", rows)

    def test_an_image_that_is_not_there(self):
        self.fleet.apply(deployment("imageless", image="berth-nothing:9"))

        wait_until("it says so", lambda: condition(self.fleet.get("imageless"), "ImageReady").get("status") == "False")
        self.assertIn("berth-nothing:9", condition(self.fleet.get("imageless"), "ImageReady")["message"])
        self.fleet.apply(deployment("imageless"))
        self.fleet.ready("imageless")

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.fleet.apply(deployment("portless", hostPort=port))
            wait_until("it says so", lambda: str(port) in str(self.fleet.get("portless").get("status", "")) and
                       condition(self.fleet.get("portless"), "Ready").get("status") == "False")
        self.fleet.controller.kubectl("wait", "cd/portless", "--for=condition=Ready", "--timeout=90s")

    def test_logs(self):
        self.given("noisy")
        wait_until("the log is served", lambda: self.fleet.controller.berth(
            "logs", "noisy", check=False).stdout != "")

    def test_events_tell_the_story(self):
        self.given("storied")
        told = self.fleet.controller.kubectl("get", "events").stdout
        self.assertIn("Normal", told)
        self.assertIn("Events:", self.fleet.controller.berth("describe", "cd", "storied").stdout)

    def test_zz_the_engine_goes_and_comes_back(self):
        """Last by name: the others need the engine."""
        _, rows = self.given("stranded")
        self.engine.stop()
        wait_until("the Host says so", lambda: condition(self.fleet.get("local", "host"), "Ready").get("status") != "True", 60)
        self.assertNotEqual(condition(self.fleet.get("stranded"), "Ready"), {})

        self.engine.start()

        wait_until("the Host is back", lambda: condition(self.fleet.get("local", "host"), "Ready").get("status") == "True", 60)
        self.assertIsInstance(self.serves("stranded", rows, 60), Tenant)


if __name__ == "__main__":
    unittest.main(verbosity=2)
