"""apply from the client's side, with prune and applysets, and diff."""
import json

from bed import Area, config_map, documents, tenant

LAST = "kubectl.kubernetes.io/last-applied-configuration"


class ApplyTest(Area):
    def apply(self, *objects, flags=()):
        return self.ok("apply", *flags, "-f", "-", stdin=documents(*objects))

    def test_create_then_nothing_then_a_change(self):
        document = tenant("life", displayName="One")
        self.assertEqual(self.apply(document), "clientdeployment.berth.dev/life created\n")
        before = self.stored("cd", "life")
        self.assertEqual(self.apply(document), "clientdeployment.berth.dev/life unchanged\n")
        self.assertEqual(self.stored("cd", "life"), before)
        document["spec"]["displayName"] = "Two"
        self.assertEqual(self.apply(document), "clientdeployment.berth.dev/life configured\n")
        self.assertEqual(self.stored("cd", "life")["spec"]["displayName"], "Two")

    def test_what_leaves_the_manifest_leaves_the_object(self):
        document = tenant("leaver", displayName="One", domain="leaver.example.org")
        self.apply(document)
        self.patch("cd", "leaver", {"spec": {"state": "Stopped"}})  # not the manifest's
        del document["spec"]["displayName"]
        self.apply(document)
        spec = self.stored("cd", "leaver")["spec"]
        self.assertNotIn("displayName", spec)
        self.assertEqual((spec["state"], spec["domain"]), ("Stopped", "leaver.example.org"))

    def test_a_default_comes_back(self):
        document = tenant("default", containerPort=9090)
        self.apply(document)
        del document["spec"]["containerPort"]
        self.apply(document)
        self.assertEqual(self.stored("cd", "default")["spec"]["containerPort"], 8080)

    def test_the_manifest_is_remembered(self):
        self.apply(tenant("kept"))
        kept = self.stored("cd", "kept")["metadata"]["annotations"][LAST]
        self.assertTrue(kept.endswith("\n"))
        self.assertEqual(json.loads(kept)["spec"], {"image": "app:1"})

    def test_core_kind_by_strategic_patch(self):
        self.assertEqual(self.apply(config_map("core", a="1", b="2")), "configmap/core created\n")
        self.assertEqual(self.apply(config_map("core", a="1", c="3")), "configmap/core configured\n")
        self.assertEqual(self.stored("cm", "core")["data"], {"a": "1", "c": "3"})

    def test_labels_leave(self):
        self.apply(config_map("labels", {"a": "1", "b": "2"}))
        self.patch("cm", "labels", {"metadata": {"labels": {"mine": "yes"}}})
        self.apply(config_map("labels", {"a": "1"}))
        self.assertEqual(self.stored("cm", "labels")["metadata"]["labels"], {"a": "1", "mine": "yes"})

    def test_over_what_was_created(self):
        self.config_map("created", a="1")
        done = self.kubectl("apply", "-f", "-", stdin=documents(config_map("created", a="2")))
        self.assertEqual((done.stdout, done.returncode), ("configmap/created configured\n", 0))
        self.assertIn("is missing the kubectl.kubernetes.io/last-applied-configuration annotation", done.stderr)
        self.assertEqual(self.stored("cm", "created")["data"], {"a": "2"})

    def test_several_kinds_at_once(self):
        self.assertEqual(self.apply(config_map("m1"), tenant("m2")),
                         "configmap/m1 created\nclientdeployment.berth.dev/m2 created\n")

    def test_a_bad_one_among_good_ones(self):
        done = self.kubectl("apply", "-f", "-", stdin=documents(
            config_map("good1"), tenant("bad", hostPort=0), config_map("good2")))
        self.assertEqual((done.stdout, done.returncode), ("configmap/good1 created\nconfigmap/good2 created\n", 1))
        self.assertIn('The ClientDeployment "bad" is invalid: spec.hostPort: Invalid value: 0', done.stderr)

    def test_dry_run_on_the_server(self):
        self.assertEqual(self.apply(tenant("ghost"), flags=["--dry-run=server"]),
                         "clientdeployment.berth.dev/ghost created (server dry run)\n")
        self.assertFalse(self.exists("cd", "ghost"))
        self.apply(config_map("trial", a="1"))
        before = self.stored("cm", "trial")
        self.assertEqual(self.apply(config_map("trial", a="2"), flags=["--dry-run=server"]),
                         "configmap/trial configured (server dry run)\n")
        self.assertEqual(self.stored("cm", "trial"), before)

    def test_dry_run_on_the_client(self):
        self.assertEqual(self.apply(tenant("ghost"), flags=["--dry-run=client"]),
                         "clientdeployment.berth.dev/ghost created (dry run)\n")
        self.assertFalse(self.exists("cd", "ghost"))

    def test_output(self):
        text = self.ok("apply", "-f", "-", "-o", "jsonpath={.data.a}", stdin=documents(config_map("out", a="1")))
        self.assertEqual(text, "1")

    def test_only_what_the_selector_matches(self):
        self.assertEqual(self.apply(config_map("s1", {"pick": "me"}), config_map("s2"), flags=["-l", "pick=me"]),
                         "configmap/s1 created\n")
        self.assertFalse(self.exists("cm", "s2"))

    def test_folders(self):
        place = self.folder(a=config_map("f1"), deep__b=config_map("f2"))
        self.prints("configmap/f1 created\nconfigmap/f2 created", "apply", "-R", "-f", place)

    def test_kustomize(self):
        place = self.folder(kustomization="commonLabels: {app: k}\nresources: [a.yaml]\n"
                            "configMapGenerator: [{name: made, literals: [a=b]}]\n", a=tenant("kustomized"))
        self.matches(r"configmap/made-[a-z0-9]{10} created\nclientdeployment.berth.dev/kustomized created",
                     "apply", "-k", place)
        self.assertEqual(self.stored("cd", "kustomized")["metadata"]["labels"], {"app": "k"})

    def test_in_a_missing_namespace(self):
        self.refused('Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
                     "apply", "-f", "-", namespace="nowhere", stdin=documents(config_map("lost")))

    def test_namespace_and_its_content_in_one_go(self):
        inside = config_map("inside")
        inside["metadata"]["namespace"] = "apply-new"
        self.prints("namespace/apply-new created\nconfigmap/inside created", "apply", "-f", "-", namespace="",
                    stdin=documents({"apiVersion": "v1", "kind": "Namespace",
                                     "metadata": {"name": "apply-new"}}, inside))

    def test_last_applied(self):
        self.apply(config_map("last", a="1"))
        self.assertEqual(json.loads(self.ok("apply", "view-last-applied", "cm/last", "-o", "json"))["data"], {"a": "1"})
        self.prints("configmap/last configured", "apply", "set-last-applied", "-f",
                    self.folder(a=config_map("last", a="9")) / "a.yaml")
        self.assertEqual(json.loads(self.ok("apply", "view-last-applied", "cm/last", "-o", "json"))["data"], {"a": "9"})

    def test_edit_last_applied(self):
        self.apply(config_map("edited", a="first"))
        self.prints("configmap/edited edited", "apply", "edit-last-applied", "cm/edited",
                    KUBE_EDITOR="sed -i s/first/second/")
        self.assertIn("second", self.stored("cm", "edited")["metadata"]["annotations"][LAST])
        self.assertEqual(self.stored("cm", "edited")["data"], {"a": "first"})

    def test_force_makes_it_anew_when_a_patch_is_refused(self):
        self.apply({**config_map("stuck", a="1"), "immutable": True})
        uid = self.stored("cm", "stuck")["metadata"]["uid"]
        self.fails("field is immutable", "apply", "-f", "-", stdin=documents(
            {**config_map("stuck", a="2"), "immutable": True}))
        self.ok("apply", "--force", "-f", "-", stdin=documents({**config_map("stuck", a="2"), "immutable": True}))
        self.assertEqual(self.stored("cm", "stuck")["data"], {"a": "2"})
        self.assertNotEqual(self.stored("cm", "stuck")["metadata"]["uid"], uid)


class PruneTest(Area):
    def flags(self):
        word = "prune-whitelist" if self.old else "prune-allowlist"
        return [f"--{word}=core/v1/ConfigMap", f"--{word}=berth.dev/v1alpha1/ClientDeployment"]

    def apply(self, objects, *flags):
        return self.kubectl("apply", *flags, *self.flags(), "-f", "-", stdin=documents(*objects))

    def test_what_left_the_set(self):
        label = {"set": "one"}
        first = [config_map("p1", label), config_map("p2", label), tenant("p3", label)]
        self.apply(first, "--prune", "-l", "set=one")
        done = self.apply(first[:1], "--prune", "-l", "set=one")
        self.assertEqual(done.stdout, "configmap/p1 unchanged\nconfigmap/p2 pruned\nclientdeployment.berth.dev/p3 pruned\n")
        self.assertFalse(self.exists("cm", "p2") or self.exists("cd", "p3"))

    def test_what_was_not_applied_stays(self):
        self.config_map("manual", {"set": "two"})
        self.apply([config_map("q1", {"set": "two"})], "--prune", "-l", "set=two")
        self.assertTrue(self.exists("cm", "manual"))

    def test_dry_run(self):
        label = {"set": "three"}
        self.apply([config_map("r1", label), config_map("r2", label)], "--prune", "-l", "set=three")
        done = self.apply([config_map("r1", label)], "--prune", "-l", "set=three", "--dry-run=server")
        self.assertEqual(done.stdout, "configmap/r1 unchanged (server dry run)\nconfigmap/r2 pruned (server dry run)\n")
        self.assertTrue(self.exists("cm", "r2"))

    def applyset(self, *objects):
        return self.kubectl("apply", "--server-side", "--prune", "--applyset=secret/group", "-f", "-",
                            stdin=documents(*objects), KUBECTL_APPLYSET="true")

    def test_applyset(self):
        done = self.applyset(config_map("a1"), config_map("a2"))
        self.assertEqual(done.stdout, "configmap/a1 serverside-applied\nconfigmap/a2 serverside-applied\n", done.stderr)
        parent = self.stored("secret", "group")["metadata"]
        member = self.stored("cm", "a1")["metadata"]["labels"]["applyset.kubernetes.io/part-of"]
        self.assertEqual(parent["labels"]["applyset.kubernetes.io/id"], member)
        done = self.applyset(config_map("a1"))
        self.assertIn("configmap/a2 pruned", done.stdout)
        self.assertTrue(self.exists("cm", "a1"))
        self.assertFalse(self.exists("cm", "a2"))


class DiffTest(Area):
    @classmethod
    def prepare(cls):
        cls.config_map("same", a="1")

    def diff(self, *objects, flags=()):
        return self.kubectl("diff", *flags, "-f", "-", stdin=documents(*objects))

    def test_none(self):
        done = self.diff(config_map("same", a="1"))
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)

    def test_a_change(self):
        done = self.diff(config_map("same", a="2"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^-  a: \"1\"\n\+  a: \"2\"$")
        self.assertEqual(self.stored("cm", "same")["data"], {"a": "1"})

    def test_a_new_object(self):
        done = self.diff(tenant("new"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^\+  image: app:1$")
        self.assertRegex(done.stdout, r"(?m)^\+  containerPort: 8080$")  # defaults are the server's
        self.assertFalse(self.exists("cd", "new"))

    def test_a_custom_kind(self):
        self.tenant("custom", displayName="One")
        done = self.diff(tenant("custom", displayName="Two"))
        self.assertRegex(done.stdout, r"(?m)^-  displayName: One\n\+  displayName: Two$")
        self.assertRegex(done.stdout, r"(?m)^-  generation: 1\n\+  generation: 2$")

    def test_server_side(self):
        done = self.diff(config_map("same", a="2"), flags=["--server-side", "--force-conflicts"])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^\+  a: \"2\"$")
        self.assertEqual(self.stored("cm", "same")["data"], {"a": "1"})

    def test_by_another_program(self):
        done = self.kubectl("diff", "-f", "-", stdin=documents(config_map("same", a="2")),
                            KUBECTL_EXTERNAL_DIFF="diff -q")
        self.assertRegex(done.stdout, "Files .*v1.ConfigMap.diff.same .* differ")

    def test_of_what_is_refused(self):
        done = self.diff(tenant("wrong", hostPort=0))
        self.assertGreater(done.returncode, 1 if not self.old else 0)
        self.assertIn("spec.hostPort", done.stderr)

    def test_secrets_are_masked(self):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
        self.post(self.path("secret"), {**secret, "stringData": {"p": "hunter2"}})
        done = self.diff({**secret, "stringData": {"p": "hunter3"}})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"\*\*\* \(before\)(.|\n)*\*\*\* \(after\)")
        self.assertNotIn("aHVudGVyM", done.stdout)
