"""get -w and wait; paging; events."""
import json

from bed import Area, config_map

WATCHED = "jsonpath={.metadata.name}={.data.v}{'\\n'}"


class WatchTest(Area):
    def test_list_then_changes(self):
        self.config_map("w1", {"watch": "one"}, v="1")
        stream = self.stream("get", "cm", "-w", "-l", "watch=one", "-o", WATCHED)
        self.assertEqual(stream.next(), "w1=1")
        self.patch("cm", "w1", {"data": {"v": "2"}})
        self.assertEqual(stream.next(), "w1=2")
        self.config_map("w2", {"watch": "one"}, v="3")
        self.assertEqual(stream.next(), "w2=3")
        self.call("DELETE", self.path("cm", "w1"))
        self.assertEqual(stream.next(), "w1=2")

    def test_one_object_shows_the_first_change(self):
        self.config_map("single", v="1")
        stream = self.stream("get", "cm", "single", "-w", "-o", WATCHED)
        self.assertEqual(stream.next(), "single=1")
        self.config_map("neighbour", v="9")
        self.patch("cm", "single", {"data": {"v": "2"}})
        self.assertEqual(stream.next(), "single=2")

    def test_only_changes(self):
        self.config_map("quiet", {"watch": "two"}, v="1")
        stream = self.stream("get", "cm", "--watch-only", "-l", "watch=two", "--output-watch-events", "-o", "json")
        # Nothing says when it watches: change until it sees one.
        for step in range(1000):
            self.patch("cm", "quiet", {"data": {"v": f"2{step}"}})
            if not stream.lines.empty():
                break
        text = ""
        while True:
            text += stream.next() + "\n"
            try:
                event = json.loads(text)
                break
            except ValueError:
                continue
        self.assertEqual(event["type"], "MODIFIED")
        self.assertRegex(event["object"]["data"]["v"], "^2")

    def test_event_types(self):
        self.config_map("t1", {"watch": "three"})
        stream = self.stream("get", "cm", "-w", "-l", "watch=three", "--output-watch-events", "--no-headers")

        def event():
            return stream.next().split()[:2]
        self.assertEqual(event(), ["ADDED", "t1"])
        self.patch("cm", "t1", {"data": {"v": "1"}})
        self.assertEqual(event(), ["MODIFIED", "t1"])
        self.patch("cm", "t1", {"metadata": {"labels": {"watch": "elsewhere"}}})
        self.assertEqual(event(), ["DELETED", "t1"])
        self.patch("cm", "t1", {"metadata": {"labels": {"watch": "three"}}})
        self.assertEqual(event(), ["ADDED", "t1"])
        self.call("DELETE", self.path("cm", "t1"))
        self.assertEqual(event(), ["DELETED", "t1"])

    def test_tables(self):
        self.tenant("tabled", {"watch": "four"})
        stream = self.stream("get", "cd", "-w", "-l", "watch=four")
        self.assertRegex(stream.next(), r"^NAME +READY +REASON")
        self.assertRegex(stream.next(), r"^tabled ")
        self.patch("cd", "tabled", {"spec": {"domain": "tabled.example.org"}})
        self.assertRegex(stream.next(), r"^tabled +tabled.example.org")

    def test_all_namespaces(self):
        self.config_map("far", {"watch": "five"}, v="1")
        stream = self.stream("get", "cm", "-A", "-w", "-l", "watch=five", "-o",
                             "jsonpath={.metadata.namespace}/{.metadata.name}{'\\n'}")
        self.assertEqual(stream.next(), "watch/far")

    def test_names(self):
        self.config_map("named", {"watch": "six"})
        stream = self.stream("get", "cm", "-w", "-l", "watch=six", "-o", "name")
        self.assertEqual(stream.next(), "configmap/named")
        self.patch("cm", "named", {"data": {"v": "1"}})
        self.assertEqual(stream.next(), "configmap/named")


class WaitTest(Area):
    def state(self, name, **conditions):
        self.call("PATCH", self.path("cd", f"{name}/status"), {"status": {"conditions": [
            {"type": kind, "status": value, "reason": "Test", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            for kind, value in conditions.items()]}}, "application/merge-patch+json")

    def test_condition_that_holds(self):
        self.tenant("ready")
        self.state("ready", Ready="True")
        self.prints("clientdeployment.berth.dev/ready condition met", "wait", "--for=condition=Ready", "cd/ready")

    def test_condition_that_comes(self):
        self.tenant("late", {"wait": "late"})
        stream = self.stream("wait", "--for=condition=Ready", "cd", "-l", "wait=late", "--timeout=40s")
        self.state("late", Ready="False")
        self.state("late", Ready="True")
        self.assertEqual(stream.next(), "clientdeployment.berth.dev/late condition met")
        self.assertEqual(stream.child.wait(30), 0)

    def test_condition_of_a_value(self):
        self.tenant("false")
        self.state("false", Ready="False")
        self.prints("clientdeployment.berth.dev/false condition met", "wait", "--for=condition=Ready=false", "cd/false")

    def test_condition_that_never_comes(self):
        self.tenant("never")
        self.refused("error: timed out waiting for the condition on clientdeployments/never", "wait",
                     "--for=condition=Ready", "cd/never", "--timeout=1s")

    def test_jsonpath(self):
        self.config_map("path", v="1")
        stream = self.stream("wait", "--for=jsonpath={.data.v}=2", "cm/path", "--timeout=40s")
        self.patch("cm", "path", {"data": {"v": "2"}})
        self.assertEqual(stream.next(), "configmap/path condition met")

    def test_deletion(self):
        self.config_map("leaving")
        stream = self.stream("wait", "--for=delete", "cm/leaving", "--timeout=40s")
        self.call("DELETE", self.path("cm", "leaving"))
        self.assertEqual(stream.child.wait(30), 0)

    def test_deletion_of_what_is_not_there(self):
        self.assertEqual(self.kubectl("wait", "--for=delete", "cm/nobody", "--timeout=5s").returncode, 0)

    def test_creation(self):
        stream = self.stream("wait", "--for=create", "cm/coming", "--timeout=40s")
        self.config_map("coming")
        self.assertEqual(stream.next(), "configmap/coming condition met")

    def test_several(self):
        for name in ("m1", "m2"):
            self.tenant(f"wait-{name}", {"wait": "many"})
            self.state(f"wait-{name}", Ready="True")
        self.prints("clientdeployment.berth.dev/wait-m1 condition met\nclientdeployment.berth.dev/wait-m2 condition met",
                    "wait", "--for=condition=Ready", "cd", "-l", "wait=many")

    def test_nothing_to_wait_for(self):
        self.refused("error: no matching resources found", "wait", "--for=condition=Ready", "cd", "-l", "wait=none")

    def test_missing(self):
        self.refused('Error from server (NotFound): clientdeployments.berth.dev "nobody" not found', "wait",
                     "--for=condition=Ready", "cd/nobody")


class PageTest(Area):
    NAMES = [f"page-{number:02}" for number in range(25)]

    @classmethod
    def prepare(cls):
        for name in cls.NAMES:
            cls.config_map(name, {"odd": str(int(name[-2:]) % 2)})

    def names(self, *words, **options):
        return self.ok("get", "cm", "-o", "name", *words, **options).replace("configmap/", "").split()

    def test_pages_make_the_whole(self):
        for size in (1, 7, 25, 500):
            self.assertEqual(self.names(f"--chunk-size={size}"), self.NAMES)

    def test_tables_by_pages(self):
        rows = self.table("get", "cm", "--chunk-size=7")
        self.assertEqual([row[0] for row in rows], ["NAME", *self.NAMES])

    def test_pages_of_a_selection(self):
        self.assertEqual(self.names("--chunk-size=3", "-l", "odd=1"), self.NAMES[1::2])

    def test_pages_of_all_namespaces(self):
        found = self.names("-A", "--chunk-size=4")
        self.assertEqual([name for name in found if name.startswith("page-")], self.NAMES)

    def test_a_page_by_hand(self):
        page = json.loads(self.ok("get", "--raw", self.path("cm") + "?limit=10"))
        self.assertEqual((len(page["items"]), page["metadata"]["remainingItemCount"]), (10, 15))
        extra = config_map("page-99")
        self.post(self.path("cm"), extra)
        try:
            rest = json.loads(self.ok("get", "--raw", f"{self.path('cm')}?limit=100&continue={page['metadata']['continue']}"))
        finally:
            self.call("DELETE", self.path("cm", "page-99"))
        self.assertEqual([item["metadata"]["name"] for item in rest["items"]], self.NAMES[10:])
        self.assertEqual(rest["metadata"]["resourceVersion"], page["metadata"]["resourceVersion"])
        self.assertNotIn("continue", rest["metadata"])

    def test_a_bad_token(self):
        self.fails(r"\(BadRequest\): .*continue", "get", "--raw", self.path("cm") + "?limit=5&continue=nonsense")

    def test_a_version_from_the_future(self):
        self.fails(r"\(Timeout\): Too large resource version: 9999999999999999, current: \d+", "get", "--raw",
                   self.path("cm") + "?resourceVersion=9999999999999999")


class EventsTest(Area):
    @classmethod
    def prepare(cls):
        uid = cls.config_map("actor")["metadata"]["uid"]
        for number, (kind, reason) in enumerate((("Normal", "Started"), ("Warning", "Failed"))):
            cls.post(cls.path("events"), {
                "apiVersion": "v1", "kind": "Event", "metadata": {"name": f"actor.{number}"},
                "involvedObject": {"apiVersion": "v1", "kind": "ConfigMap", "name": "actor", "namespace": cls.ns, "uid": uid},
                "type": kind, "reason": reason, "message": f"it {reason.lower()}", "source": {"component": "test"},
                "count": 2, "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": f"2026-01-01T00:00:0{number}Z"})

    def test_get(self):
        rows = self.table("get", "events")
        self.assertEqual(rows[0], ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
        self.assertEqual({tuple(row[1:]) for row in rows[1:]},
                         {("Normal", "Started", "configmap/actor", "it started"),
                          ("Warning", "Failed", "configmap/actor", "it failed")})

    def test_field_selectors(self):
        for selector in ("type=Warning", "reason=Failed", "involvedObject.name=actor,type!=Normal",
                         "involvedObject.kind=ConfigMap,reason=Failed"):
            with self.subTest(selector):
                self.prints("event/actor.1", "get", "events", "-o", "name", f"--field-selector={selector}")

    def test_events(self):
        rows = self.table("events")
        self.assertEqual([row[1:] for row in rows], [
            ["TYPE", "REASON", "OBJECT", "MESSAGE"], ["Normal", "Started", "ConfigMap/actor", "it started"],
            ["Warning", "Failed", "ConfigMap/actor", "it failed"]])

    def test_events_of_one(self):
        self.assertEqual(len(self.table("events", "--for=cm/actor")), 3)
        self.assertIn("No events found", "".join(self.kubectl("events", "--for=cm/nobody").stderr))

    def test_events_of_a_type(self):
        self.assertEqual([row[2] for row in self.table("events", "--types=Warning", "--no-headers")], ["Failed"])

    def test_describe_shows_them(self):
        self.assertRegex(self.ok("describe", "cm", "actor"),
                         r"Events:\n +Type +Reason +Age +From +Message\n.*\n +Normal +Started .* test +it started\n")

    def test_newer_group(self):
        self.assertIn("actor.0", self.ok("get", "events.events.k8s.io", "-o", "name"))

    def test_watch(self):
        stream = self.stream("get", "events", "-w", "-o", "name")
        self.assertEqual([stream.next(), stream.next()], ["event/actor.0", "event/actor.1"])
