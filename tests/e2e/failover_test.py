#!/usr/bin/env python3
"""Two controllers on one PostgreSQL: they agree, and one takes over from the other."""
import json
import sys
import unittest

from harness import (BIN, IMAGE, Controller, Engine, Postgres, Tenant, deployment, documents, host,
                     wait_until)

TAKEOVER = 20  # seconds: the lease's 10, what is left of a pass, and a loaded machine


def metric(controller, name):
    for line in controller.berth("get", "--raw", "/metrics").stdout.splitlines():
        if line.startswith(name):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def leads(controller):
    return metric(controller, "leader_election_master_status") == 1


class FailoverTest(unittest.TestCase):
    def tenant(self, controller):
        document = json.loads(controller.berth("get", "cd", "a", "-o", "json").stdout)
        return Tenant(document["status"]["url"])

    def test_the_second_controller_takes_over_with_all_that_the_first_wrote(self):
        with Engine() as engine, Postgres() as database:
            engine.import_image(BIN / "berth-tenant", IMAGE)
            flags = ["--docker", engine.socket]
            with Controller(flags, store=database.url) as first, \
                    Controller(flags, store=database.url) as second:
                wait_until("the first leads", lambda: leads(first), TAKEOVER)
                first.berth("apply", "-f", "-", input=documents(host(), deployment("a")))
                # Seen and awaited through the other one.
                second.berth("wait", "cd/a", "--for=condition=Ready", "--timeout=60s")
                self.assertFalse(leads(second), "two lead at once")
                rows = self.tenant(second).add_rows(3)

                first.kill()
                for container in engine.running(dev__berth__name="a"):
                    engine.must("POST", f"/containers/{container['Id']}/kill")
                wait_until("the second leads", lambda: leads(second), TAKEOVER)
                wait_until("the tenant runs again",
                           lambda: engine.running(dev__berth__name="a"), TAKEOVER)
                second.berth("wait", "cd/a", "--for=condition=Ready", "--timeout=60s")
                self.assertEqual(self.tenant(second).rows(), set(rows))
                self.assertEqual(self.tenant(second).overlaps(), 0)
                self.assertEqual(len(engine.containers(dev__berth__name="a")), 1)
                second.berth("delete", "cd", "a", "--timeout=60s")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
