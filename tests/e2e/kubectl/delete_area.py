"""delete with finalizers and without; and the collector, with a server that runs it."""
from bed import Area, config_map, documents, tenant, wait_until

HOLD = {"metadata": {"finalizers": ["example.com/hold"]}}
LET_GO = {"metadata": {"finalizers": None}}


class DeleteTest(Area):
    def test_by_name(self):
        self.config_map("one")
        self.prints('configmap "one" deleted', "delete", "cm", "one")
        self.assertFalse(self.exists("cm", "one"))

    def test_custom_kind(self):
        self.tenant("custom")
        self.prints('clientdeployment.berth.dev "custom" deleted', "delete", "cd/custom")

    def test_several(self):
        for name in ("s1", "s2"):
            self.config_map(name)
        self.prints('configmap "s1" deleted\nconfigmap "s2" deleted', "delete", "cm", "s1", "s2")

    def test_by_manifest(self):
        self.config_map("filed")
        self.prints('configmap "filed" deleted', "delete", "-f", "-", stdin=documents(config_map("filed")))

    def test_by_kustomization(self):
        self.config_map("kus-x")
        place = self.folder(kustomization="namePrefix: kus-\nresources: [a.yaml]\n", a=config_map("x"))
        self.prints('configmap "kus-x" deleted', "delete", "-k", place)

    def test_by_label(self):
        for name in ("l1", "l2"):
            self.config_map(name, {"group": "l"})
        self.config_map("l3")
        self.prints('configmap "l1" deleted\nconfigmap "l2" deleted', "delete", "cm", "-l", "group=l")
        self.assertTrue(self.exists("cm", "l3"))

    def test_by_field(self):
        self.config_map("f1")
        self.prints('configmap "f1" deleted', "delete", "cm", "--field-selector=metadata.name=f1")

    def test_all(self):
        for name in ("a1", "a2"):
            self.post(self.path("secret"), {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}})
        self.prints('secret "a1" deleted\nsecret "a2" deleted', "delete", "secret", "--all")

    def test_nothing_matches(self):
        self.prints("No resources found", "delete", "cm", "-l", "group=none")

    def test_missing(self):
        self.refused('Error from server (NotFound): configmaps "nobody" not found', "delete", "cm", "nobody")

    def test_ignore_not_found(self):
        self.prints("", "delete", "cm", "nobody", "--ignore-not-found")

    def test_some_are_missing(self):
        self.config_map("there")
        done = self.kubectl("delete", "cm", "there", "nobody")
        self.assertEqual((done.stdout, done.returncode), ('configmap "there" deleted\n', 1))
        self.assertIn('configmaps "nobody" not found', done.stderr)

    def test_dry_runs(self):
        self.config_map("dry")
        self.prints('configmap "dry" deleted (server dry run)', "delete", "cm", "dry", "--dry-run=server")
        self.prints('configmap "dry" deleted (dry run)', "delete", "cm", "dry", "--dry-run=client")
        self.assertTrue(self.exists("cm", "dry"))

    def test_dry_run_of_nothing(self):
        self.fails('configmaps "nobody" not found', "delete", "cm", "nobody", "--dry-run=server")

    def test_output(self):
        self.config_map("named")
        self.prints("configmap/named", "delete", "cm", "named", "-o", "name")

    def test_raw(self):
        self.config_map("raw")
        self.assertIn('"status":"Success"', self.ok("delete", "--raw", self.path("cm", "raw")).replace(" ", ""))

    def test_a_finalizer_holds(self):
        self.config_map("held")
        self.patch("cm", "held", HOLD)
        self.prints('configmap "held" deleted', "delete", "cm", "held", "--wait=false")
        metadata = self.stored("cm", "held")["metadata"]
        self.assertEqual((metadata["deletionGracePeriodSeconds"], metadata["finalizers"]), (0, ["example.com/hold"]))
        before = self.stored("cm", "held")
        self.prints('configmap "held" deleted', "delete", "cm", "held", "--wait=false")
        self.assertEqual(self.stored("cm", "held"), before)
        self.prints("configmap/held patched", "patch", "cm", "held", "-p", '{"metadata":{"finalizers":null}}')
        self.assertFalse(self.exists("cm", "held"))

    def test_generation_counts_the_deletion(self):
        self.tenant("counted")
        self.patch("cd", "counted", HOLD)
        self.ok("delete", "cd", "counted", "--wait=false")
        self.assertEqual(self.stored("cd", "counted")["metadata"]["generation"], 2)
        self.patch("cd", "counted", LET_GO)

    def test_no_new_finalizer_while_it_goes(self):
        self.config_map("going")
        self.patch("cm", "going", HOLD)
        self.ok("delete", "cm", "going", "--wait=false")
        self.fails("Forbidden: no new finalizers can be added if the object is being deleted", "patch", "cm", "going",
                   "-p", '{"metadata":{"finalizers":["example.com/more"]}}')
        self.patch("cm", "going", LET_GO)

    def test_waits_for_the_finalizer(self):
        self.config_map("awaited")
        self.patch("cm", "awaited", HOLD)
        stream = self.stream("delete", "cm", "awaited")
        self.assertEqual(stream.next(), 'configmap "awaited" deleted')
        self.assertIsNone(stream.child.poll())
        self.patch("cm", "awaited", LET_GO)
        self.assertEqual(stream.child.wait(30), 0)

    def test_waits_no_longer_than_told(self):
        self.config_map("stuck")
        self.patch("cm", "stuck", HOLD)
        self.fails("error: timed out waiting for the condition on configmaps/stuck\n", "delete", "cm", "stuck",
                   "--timeout=1s")
        self.patch("cm", "stuck", LET_GO)

    def test_waits_for_this_life_only(self):
        """Somebody makes a namesake while kubectl waits."""
        self.config_map("namesake")
        self.patch("cm", "namesake", HOLD)
        stream = self.stream("delete", "cm", "namesake")
        stream.next()
        self.patch("cm", "namesake", LET_GO)
        self.config_map("namesake")
        self.assertEqual(stream.child.wait(30), 0)

    def test_now_and_by_force(self):
        self.config_map("now")
        self.prints('configmap "now" deleted', "delete", "cm", "now", "--now")
        self.config_map("force")
        done = self.kubectl("delete", "cm", "force", "--force", "--grace-period=0")
        self.assertIn('configmap "force" force deleted\n', done.stdout)
        self.assertFalse(self.exists("cm", "force"))

    def test_a_bad_policy(self):
        self.config_map("policy")
        self.fails("invalid cascade value|cascade", "delete", "cm", "policy", "--cascade=sometimes")


class CollectorTest(Area):
    """What the garbage collector does, in a server that runs the leader's actors."""

    @classmethod
    def setUpClass(cls):
        cls.bed = cls.enterClassContext(cls.bed.another("reconcilers"))
        super().setUpClass()

    def family(self, name, block=True):
        """An owner and what it owns."""
        uid = self.config_map(name)["metadata"]["uid"]
        child = config_map(name + "-child")
        child["metadata"]["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": uid,
                                                 "blockOwnerDeletion": block}]
        self.post(self.path("cm"), child)
        return name + "-child"

    def gone(self, name):
        wait_until(f"{name} is gone", lambda: not self.exists("cm", name))

    def test_background(self):
        child = self.family("back")
        self.prints('configmap "back" deleted', "delete", "cm", "back", "--cascade=background")
        self.gone(child)

    def test_background_is_the_default(self):
        child = self.family("plain")
        self.ok("delete", "cm", "plain")
        self.gone(child)

    def test_foreground_waits_for_the_dependents(self):
        child = self.family("front")
        self.patch("cm", child, HOLD)
        self.ok("delete", "cm", "front", "--cascade=foreground", "--wait=false")
        wait_until("the child is marked", lambda: "deletionTimestamp" in self.stored("cm", child)["metadata"])
        self.assertEqual(self.stored("cm", "front")["metadata"]["finalizers"], ["foregroundDeletion"])
        self.patch("cm", child, LET_GO)
        self.gone(child)
        self.gone("front")

    def test_foreground_does_not_wait_for_who_does_not_block(self):
        child = self.family("lax", block=False)
        self.patch("cm", child, HOLD)
        self.ok("delete", "cm", "lax", "--cascade=foreground")
        self.assertFalse(self.exists("cm", "lax"))
        self.patch("cm", child, LET_GO)
        self.gone(child)

    def test_orphan(self):
        child = self.family("orphaner")
        self.ok("delete", "cm", "orphaner", "--cascade=orphan")
        self.assertFalse(self.exists("cm", "orphaner"))
        self.assertNotIn("ownerReferences", self.stored("cm", child)["metadata"])

    def test_an_owner_that_never_was(self):
        child = config_map("stray")
        child["metadata"]["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "nobody",
                                                 "uid": "00000000-0000-4000-8000-000000000000"}]
        self.ok("create", "-f", "-", stdin=documents(child))
        self.gone("stray")

    def test_one_of_two_owners(self):
        child = self.family("first")
        second = self.config_map("second")["metadata"]["uid"]
        document = self.stored("cm", child)["metadata"]
        self.patch("cm", child, {"metadata": {"ownerReferences": document["ownerReferences"] + [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "second", "uid": second}]}})
        self.ok("delete", "cm", "first")
        wait_until("the first owner is forgotten", lambda: len(
            self.stored("cm", child)["metadata"]["ownerReferences"]) == 1)
        self.ok("delete", "cm", "second")
        self.gone(child)

    def test_a_bad_owner(self):
        child = config_map("bad")
        child["metadata"]["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}]
        self.fails(r"metadata.ownerReferences(\[0\])?.uid: (Required|Invalid) value|missing required field \"uid\"",
                   "create", "-f", "-", stdin=documents(child))

    def test_a_namespace_goes_with_all_in_it(self):
        self.ok("create", "namespace", "doomed")
        self.ok("create", "configmap", "inside", namespace="doomed")
        self.prints('namespace "doomed" deleted', "delete", "namespace", "doomed", namespace="")
        self.refused('Error from server (NotFound): namespaces "doomed" not found', "get", "ns", "doomed")

    def test_nothing_is_made_in_a_namespace_that_goes(self):
        self.ok("create", "namespace", "closing")
        held = config_map("held")
        held["metadata"]["finalizers"] = ["example.com/hold"]
        self.ok("create", "-f", "-", namespace="closing", stdin=documents(held))
        self.ok("delete", "namespace", "closing", "--wait=false")
        self.prints("Terminating", "get", "ns", "closing", "-o", "jsonpath={.status.phase}")
        self.fails(r'configmaps "more" is forbidden: unable to create new content in namespace closing '
                   "because it is being terminated", "create", "configmap", "more", namespace="closing")
        wait_until("the emptier has marked it", lambda: "deletionTimestamp" in self.call(
            "GET", "/api/v1/namespaces/closing/configmaps/held")["metadata"])
        self.ok("patch", "cm", "held", "-p", '{"metadata":{"finalizers":null}}', namespace="closing")
        self.ok("wait", "--for=delete", "ns/closing", "--timeout=30s")
