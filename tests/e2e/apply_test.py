#!/usr/bin/env python3
"""Server-side apply as the real kubectl does it, and the way there from client-side apply."""
import json
import unittest

from harness import Controller, deployment, documents, kubectl_minor

CLIENT_SIDE = "kubectl.kubernetes.io/last-applied-configuration"


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "default"}, "data": data}


@unittest.skipIf(kubectl_minor() < 29, "kubectl of before 1.26 leaves the old ownership behind")
class ApplyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.controller = Controller(["--roles", "api"])
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)

    def kubectl(self, *words, **options):
        return self.controller.kubectl(*words, **options)

    def apply(self, document, *words, **options):
        return self.kubectl("apply", *words, "-f", "-", input=documents(document), **options)

    def on_server(self, document, *words, **options):
        return self.apply(document, "--server-side", *words, **options)

    def object(self, kind, name):
        return json.loads(self.kubectl("get", kind, name, "-o", "json",
                                       "--show-managed-fields").stdout)

    def managers(self, kind, name):
        return [(e["manager"], e["operation"])
                for e in self.object(kind, name)["metadata"]["managedFields"]]

    def test_makes_an_object_and_applies_it_again(self):
        made = self.on_server(deployment("made"))
        version = self.object("cd", "made")["metadata"]["resourceVersion"]
        again = self.on_server(deployment("made"))
        self.assertEqual(made.stdout, "clientdeployment.berth.dev/made serverside-applied\n")
        self.assertEqual(again.stdout, "clientdeployment.berth.dev/made serverside-applied\n")
        self.assertEqual(self.object("cd", "made")["metadata"]["resourceVersion"], version)
        self.assertEqual(self.managers("cd", "made"), [("kubectl", "Apply")])

    def test_takes_over_from_client_side_apply(self):
        """For a kind of ours and for one that kubectl was built with."""
        cases = (("cd", deployment("moved", displayName="One", domain="moved.example.org"),
                  lambda o: o["spec"], "displayName", "domain"),
                 ("cm", config_map("moved", displayName="One", domain="x"),
                  lambda o: o["data"], "displayName", "domain"))
        for kind, document, part, changed, dropped in cases:
            with self.subTest(kind=kind):
                self.apply(document)
                self.assertEqual(self.managers(kind, "moved"),
                                 [("kubectl-client-side-apply", "Update")])
                part(document)[changed] = "Two"
                self.on_server(document)
                # kubectl keeps its annotation as a manager of that name.
                self.assertEqual(self.managers(kind, "moved"),
                                 [("kubectl", "Apply"), ("kubectl-last-applied", "Apply")])
                del part(document)[dropped]
                self.on_server(document)
                now = self.object(kind, "moved")
                self.assertEqual(part(now)[changed], "Two")
                self.assertNotIn(dropped, part(now))

    def test_goes_back_to_client_side_apply(self):
        document = config_map("back", a="1", b="1")
        self.apply(document)
        del document["data"]["b"]
        self.on_server(document)
        applied = json.loads(self.object("cm", "back")["metadata"]["annotations"][CLIENT_SIDE])
        self.assertEqual(applied["data"], {"a": "1"})
        document["data"] = {"c": "1"}
        self.apply(document)
        self.assertEqual(self.object("cm", "back")["data"], {"c": "1"})

    def test_names_the_conflict_and_takes_by_force(self):
        self.on_server(deployment("fought", displayName="One"))
        self.kubectl("patch", "cd", "fought", "--type=merge", "--field-manager=hotfix",
                     "-p", '{"spec":{"displayName":"Urgent"}}')
        refused = self.on_server(deployment("fought", displayName="Two"), check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn('Apply failed with 1 conflict: conflict with "hotfix" using '
                      'berth.dev/v1alpha1: .spec.displayName', refused.stderr)
        self.assertIn("--force-conflicts", refused.stderr)
        self.assertEqual(self.object("cd", "fought")["spec"]["displayName"], "Urgent")
        self.on_server(deployment("fought", displayName="Two"), "--force-conflicts")
        self.assertEqual(self.object("cd", "fought")["spec"]["displayName"], "Two")
        self.assertEqual(self.managers("cd", "fought"), [("kubectl", "Apply")])

    def test_two_managers_share_a_list(self):
        env = {name: [{"name": name, "value": "1"}] for name in "AB"}
        self.on_server(deployment("shared", env=env["A"]), "--field-manager=first")
        mine = {"apiVersion": "berth.dev/v1alpha1", "kind": "ClientDeployment",
                "metadata": {"name": "shared"}, "spec": {"env": env["B"]}}
        self.on_server(mine, "--field-manager=second")
        self.assertEqual(self.object("cd", "shared")["spec"]["env"], env["A"] + env["B"])
        self.on_server(deployment("shared"), "--field-manager=first")
        self.assertEqual(self.object("cd", "shared")["spec"]["env"], env["B"])

    def test_managed_fields_are_shown_when_asked_for(self):
        self.on_server(config_map("shown", a="1"))
        self.assertNotIn("managedFields", self.kubectl("get", "cm", "shown", "-o", "yaml").stdout)
        self.assertIn("f:a: {}", self.kubectl("get", "cm", "shown", "-o", "yaml",
                                              "--show-managed-fields").stdout)

    def test_tells_the_difference_without_a_trace(self):
        self.on_server(config_map("differs", a="1"))
        before = self.object("cm", "differs")
        same = self.kubectl("diff", "--server-side", "-f", "-",
                            input=documents(config_map("differs", a="1")))
        differs = self.kubectl("diff", "--server-side", "-f", "-", check=False,
                               input=documents(config_map("differs", a="2")))
        self.on_server(config_map("differs", a="3"), "--dry-run=server")
        self.assertEqual(same.stdout, "")
        self.assertEqual(differs.returncode, 1, differs.stderr)
        self.assertIn("-  a: \"1\"", differs.stdout)
        self.assertIn("+  a: \"2\"", differs.stdout)
        self.assertEqual(self.object("cm", "differs"), before)

    def test_refuses_what_the_kind_does_not_know(self):
        document = deployment("odd", imgae="x")
        strict = self.on_server(document, check=False)
        loose = self.on_server(document, "--validate=false", check=False)
        self.assertNotEqual(strict.returncode, 0)
        self.assertIn(".spec.imgae: field not declared in schema", loose.stderr)


if __name__ == "__main__":
    unittest.main()
