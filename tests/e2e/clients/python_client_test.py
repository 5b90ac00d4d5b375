#!/usr/bin/python3
"""The official Python client (Debian's python3-kubernetes) against a real server.

Run by Debian's own python3, whose packages these are.
"""
import datetime
import json
import logging
import queue
import threading
import unittest

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.leaderelectionrecord import LeaderElectionRecord
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock

from outage import Controller, crash, forget_the_past

PATIENCE = 60


def config_map(name, labels=None, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


def tenant(name, **spec):
    return {"apiVersion": "berth.dev/v1alpha1", "kind": "ClientDeployment", "metadata": {"name": name},
            "spec": {"image": "app:1", **spec}}


class PythonClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.controller = cls.enterClassContext(Controller(["--roles=api"]))
        config.load_kube_config(str(cls.controller.kubeconfig))
        cls.core = client.CoreV1Api()
        cls.custom = client.CustomObjectsApi()

    def make(self, name, labels=None, **data):
        return self.core.create_namespaced_config_map("default", config_map(name, labels, **data))

    def refused(self, status, reason, call, *arguments, **named):
        with self.assertRaises(ApiException) as caught:
            call(*arguments, **named)
        self.assertEqual((caught.exception.status, json.loads(caught.exception.body)["reason"]), (status, reason))

    # ---- objects

    def test_typed_objects(self):
        made = self.make("typed", {"a": "b"}, x="1")
        self.assertIsInstance(made.metadata.creation_timestamp, datetime.datetime)
        made.data["x"] = "2"
        replaced = self.core.replace_namespaced_config_map("typed", "default", made)
        self.assertNotEqual(replaced.metadata.resource_version, made.metadata.resource_version)
        self.refused(409, "Conflict", self.core.replace_namespaced_config_map, "typed", "default", made)
        self.assertEqual(self.core.read_namespaced_config_map("typed", "default").data, {"x": "2"})
        done = self.core.delete_namespaced_config_map("typed", "default")
        self.assertEqual(done.status, "Success")
        self.refused(404, "NotFound", self.core.read_namespaced_config_map, "typed", "default")

    def test_lists_pages_and_selectors(self):
        for number in range(7):
            self.make(f"page-{number}", {"page": "yes", "odd": str(number % 2)})
        names, token = [], None
        while True:
            page = self.core.list_namespaced_config_map("default", label_selector="page=yes", limit=3, _continue=token)
            names += [item.metadata.name for item in page.items]
            token = page.metadata._continue
            if not token:
                break
        self.assertEqual(names, [f"page-{number}" for number in range(7)])
        odd = self.core.list_config_map_for_all_namespaces(label_selector="page,odd in (1)")
        self.assertEqual(len(odd.items), 3)
        self.core.delete_collection_namespaced_config_map("default", label_selector="page=yes")
        self.assertEqual(self.core.list_namespaced_config_map("default", label_selector="page").items, [])

    def test_patches(self):
        self.make("patched", x="1", y="2")
        strategic = self.core.patch_namespaced_config_map("patched", "default", {"data": {"y": None, "z": "3"}})
        self.assertEqual(strategic.data, {"x": "1", "z": "3"})
        ops = self.core.patch_namespaced_config_map("patched", "default", [
            {"op": "replace", "path": "/data/x", "value": "9"}])
        self.assertEqual(ops.data["x"], "9")

    def test_errors(self):
        self.refused(422, "Invalid", self.make, "Not_A_Name")
        self.make("twice")
        self.refused(409, "AlreadyExists", self.make, "twice")
        self.refused(404, "NotFound", self.core.create_namespaced_config_map, "nowhere", config_map("lost"))
        self.refused(400, "BadRequest", self.core.list_namespaced_config_map, "default", label_selector="a b c")
        stranger = client.Configuration.get_default_copy()
        stranger.api_key = {"authorization": "Bearer wrong"}
        self.refused(401, "Unauthorized", client.CoreV1Api(client.ApiClient(stranger)).list_namespace)

    def test_custom_objects(self):
        where = ("berth.dev", "v1alpha1", "default", "clientdeployments")
        made = self.custom.create_namespaced_custom_object(*where, tenant("custom", displayName="One"))
        self.assertEqual(made["spec"]["state"], "Running")
        merged = self.custom.patch_namespaced_custom_object(*where, "custom", {"spec": {"displayName": "Two"}})
        self.assertEqual((merged["spec"]["displayName"], merged["metadata"]["generation"]), ("Two", 2))
        status = self.custom.patch_namespaced_custom_object_status(*where, "custom", {"status": {"url": "http://x"}})
        self.assertEqual(status["status"]["url"], "http://x")
        self.assertEqual(len(self.custom.list_namespaced_custom_object(*where)["items"]), 1)
        self.custom.delete_namespaced_custom_object(*where, "custom")

    def test_dynamic_client(self):
        found = dynamic.DynamicClient(client.ApiClient())
        tenants = found.resources.get(api_version="berth.dev/v1alpha1", kind="ClientDeployment")
        self.assertTrue(tenants.namespaced)
        tenants.create(body=tenant("dynamic"), namespace="default")
        patched = tenants.patch(body={"metadata": {"name": "dynamic"}, "spec": {"paused": True}}, namespace="default",
                                content_type="application/merge-patch+json")
        self.assertTrue(patched.spec.paused)
        self.assertEqual([item.metadata.name for item in tenants.get(namespace="default").items], ["dynamic"])
        tenants.delete(name="dynamic", namespace="default")
        with self.assertRaises(dynamic.exceptions.NotFoundError):
            tenants.get(name="dynamic", namespace="default")

    def apply(self, manager, **data):
        """As a document: this version of the client refuses to encode one for an apply patch."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": data}
        answer, _, _ = client.ApiClient().call_api(
            "/api/v1/namespaces/default/configmaps/applied", "PATCH", body=json.dumps(body),
            query_params=[("fieldManager", manager.strip("!")), ("force", str(manager.endswith("!")).lower())],
            header_params={"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"},
            auth_settings=["BearerToken"], response_type="V1ConfigMap")
        return answer

    def test_apply(self):
        self.assertEqual(self.apply("first", a="1").data, {"a": "1"})
        with self.assertRaises(ApiException) as caught:
            self.apply("second", a="2")
        cause, = json.loads(caught.exception.body)["details"]["causes"]
        self.assertEqual(cause, {"reason": "FieldManagerConflict", "message": 'conflict with "first"', "field": ".data.a"})
        self.assertEqual(self.apply("second!", a="2", b="3").data, {"a": "2", "b": "3"})
        entries = self.core.read_namespaced_config_map("applied", "default").metadata.managed_fields
        self.assertEqual([(entry.manager, entry.operation) for entry in entries], [("second", "Apply")])

    def test_other_groups(self):
        self.assertRegex(client.VersionApi().get_code().git_version, r"^v1\.\d+")
        self.assertIn("berth.dev", [group.name for group in client.ApisApi().get_api_versions().groups])
        review = client.AuthorizationV1Api().create_self_subject_access_review(client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(
                verb="create", group="berth.dev", resource="clientdeployments", namespace="default"))))
        self.assertTrue(review.status.allowed)

    # ---- watches

    def follow(self, label, revision):
        """A thread that watches as a careful program does; its events come through the queue."""
        events = queue.Queue()
        watcher = watch.Watch()
        self.addCleanup(watcher.stop)

        def run(since):
            while not watcher._stop or events.empty():
                try:
                    for event in watcher.stream(self.core.list_namespaced_config_map, "default", label_selector=label,
                                                resource_version=since, _request_timeout=PATIENCE):
                        since = event["object"].metadata.resource_version
                        events.put((event["type"], event["object"].metadata.name, (event["object"].data or {}).get("v")))
                except ApiException as error:
                    if error.status != 410:
                        events.put(error)
                        return
                    now = self.core.list_namespaced_config_map("default", label_selector=label)
                    events.put(("LISTED", *sorted(item.metadata.name for item in now.items)))
                    since = now.metadata.resource_version
                except Exception:  # the server is away
                    threading.Event().wait(0.05)
        threading.Thread(target=run, args=(revision,), daemon=True).start()
        return lambda: events.get(timeout=PATIENCE)

    def test_watch_resumes_after_a_crash(self):
        self.make("w1", {"w": "crash"}, v="1")
        now = self.core.list_namespaced_config_map("default", label_selector="w=crash")
        event = self.follow("w=crash", now.metadata.resource_version)
        self.make("w2", {"w": "crash"}, v="1")
        self.assertEqual(event(), ("ADDED", "w2", "1"))
        self.core.patch_namespaced_config_map("w1", "default", {"data": {"v": "2"}})
        self.assertEqual(event(), ("MODIFIED", "w1", "2"))
        crash(self.controller)
        self.core.patch_namespaced_config_map("w2", "default", {"data": {"v": "3"}})
        self.core.delete_namespaced_config_map("w1", "default")
        self.assertEqual([event(), event()], [("MODIFIED", "w2", "3"), ("DELETED", "w1", "2")])

    def test_watch_starts_again_when_the_past_is_gone(self):
        self.make("p1", {"w": "past"})
        now = self.core.list_namespaced_config_map("default", label_selector="w=past").metadata.resource_version
        event = self.follow("w=past", now)
        self.core.patch_namespaced_config_map("p1", "default", {"data": {"v": "1"}})
        self.assertEqual(event(), ("MODIFIED", "p1", "1"))
        forget_the_past(self.controller, now)
        self.assertEqual(event(), ("LISTED", "p1"))
        self.make("p2", {"w": "past"}, v="1")
        self.assertEqual(event(), ("ADDED", "p2", "1"))

    # ---- leader election

    def elect(self, make_lock):
        """Two candidates; the second leads once the first has gone."""
        order = queue.Queue()
        release = threading.Event()

        def candidate(name, stay):
            def lead():
                order.put(name)
                stay.wait(PATIENCE)
            elector = leaderelection.LeaderElection(electionconfig.Config(
                make_lock(name), lease_duration=3, renew_deadline=2, retry_period=1, onstarted_leading=lead,
                onstopped_leading=lambda: order.put(name + " ended")))
            threading.Thread(target=elector.run, daemon=True).start()
            return elector
        first = candidate("first", release)
        self.assertEqual(order.get(timeout=PATIENCE), "first")
        candidate("second", threading.Event())
        # The first one loses its lock as if it had stalled: it cannot renew any more.
        first.election_config.lock.update = lambda *_: False
        self.assertEqual({order.get(timeout=PATIENCE), order.get(timeout=PATIENCE)}, {"first ended", "second"})
        release.set()

    def test_leader_election_by_config_map(self):
        self.elect(lambda name: ConfigMapLock("election", "default", name))

    def test_leader_election_by_lease(self):
        self.elect(lambda name: LeaseLock("election", "default", name))


class LeaseLock:
    """What this version of the client has not yet: its elector's lock, as a Lease."""

    def __init__(self, name, namespace, identity):
        self.api = client.CoordinationV1Api()
        self.name, self.namespace, self.identity = name, namespace, identity
        self.lease = None

    def get(self, name, namespace):
        try:
            self.lease = self.api.read_namespaced_lease(name, namespace)
        except ApiException as error:
            return False, error
        spec = self.lease.spec
        return True, LeaderElectionRecord(spec.holder_identity, str(spec.lease_duration_seconds),
                                          str(spec.acquire_time), str(spec.renew_time))

    def spec(self, record):
        now = datetime.datetime.now(datetime.timezone.utc)
        return client.V1LeaseSpec(holder_identity=record.holder_identity, lease_duration_seconds=3, acquire_time=now,
                                  renew_time=now)

    def create(self, name, namespace, election_record):
        try:
            self.api.create_namespaced_lease(namespace, client.V1Lease(
                metadata=client.V1ObjectMeta(name=name), spec=self.spec(election_record)))
            return True
        except ApiException:
            return False

    def update(self, name, namespace, record):
        try:
            self.lease.spec = self.spec(record)
            self.lease = self.api.replace_namespaced_lease(name, namespace, self.lease)
            return True
        except ApiException:
            return False


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the elector tells of every step
    unittest.main(verbosity=2)
