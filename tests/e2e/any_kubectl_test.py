#!/usr/bin/env python3
"""The verbs that work with every kubectl, Debian's own 1.20 too (KUBECTL names another)."""
import json
import os
import sys
import unittest

from harness import Controller, deployment, documents, host


class AnyKubectlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.controller = Controller(["--roles", "api"])
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)
        cls.program = os.environ.get("KUBECTL", "kubectl")
        cls.apply(host(), deployment("alpha", labels={"tier": "gold"}), deployment("beta"))

    @classmethod
    def kubectl(cls, *words, **options):
        return cls.controller._run(cls.program, words, **options).stdout

    @classmethod
    def apply(cls, *objects):
        return cls.kubectl("apply", "-f", "-", input=documents(*objects))

    def test_version_and_resources(self):
        self.assertIn("Server Version", self.kubectl("version"))
        self.assertIn("clientdeployments", self.kubectl("api-resources"))
        self.assertIn("berth.dev/v1alpha1", self.kubectl("api-versions"))

    def test_apply_creates_changes_and_leaves_alone(self):
        self.assertIn("gamma created", self.apply(deployment("gamma")))
        self.assertIn("gamma unchanged", self.apply(deployment("gamma")))
        self.assertIn("gamma configured", self.apply(deployment("gamma", displayName="Third")))
        self.assertIn("deleted", self.kubectl("delete", "cd", "gamma"))

    def test_get_in_every_form(self):
        self.assertRegex(self.kubectl("get", "cd"), r"NAME +READY")
        self.assertIn("CONTAINER", self.kubectl("get", "cd", "-o", "wide"))
        self.assertRegex(self.kubectl("get", "cd", "-A"), r"default +alpha")
        self.assertEqual(self.kubectl("get", "cd", "-l", "tier=gold", "-o", "name").split(),
                         ["clientdeployment.berth.dev/alpha"])
        self.assertIn("kind: ClientDeployment", self.kubectl("get", "cd", "alpha", "-o", "yaml"))
        self.assertEqual(json.loads(self.kubectl("get", "cd", "alpha", "-o", "json"))["kind"],
                         "ClientDeployment")
        self.assertEqual(self.kubectl("get", "cd", "-o", "jsonpath={.items[*].metadata.name}"),
                         "alpha beta")

    def test_describe(self):
        self.assertRegex(self.kubectl("describe", "cd", "alpha"), r"Kind: +ClientDeployment")

    def test_patch_label_annotate(self):
        self.kubectl("patch", "cd", "beta", "--type=merge", "-p", '{"spec":{"displayName":"B"}}')
        self.kubectl("label", "cd", "beta", "tier=silver", "--overwrite")
        self.kubectl("annotate", "cd", "beta", "note=x", "--overwrite")
        self.assertEqual(
            self.kubectl("get", "cd", "beta", "-o",
                         "jsonpath={.spec.displayName} {.metadata.labels.tier}"
                         " {.metadata.annotations.note}"), "B silver x")

    def test_wait(self):
        done = self.controller._run(
            self.program, ["wait", "--for=condition=Ready", "cd/alpha", "--timeout=1s"], check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("timed out", done.stderr)

    def test_namespaces_secrets_and_config_maps(self):
        objects = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme"}},
                   {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "b"},
                    "metadata": {"name": "s", "namespace": "acme"}},
                   {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"},
                    "metadata": {"name": "c", "namespace": "acme"}}]
        self.apply(*objects)
        self.assertRegex(self.kubectl("get", "secrets", "-n", "acme"), r"s +Opaque +1")
        self.assertRegex(self.kubectl("get", "configmaps", "-n", "acme"), r"c +1")
        objects[2]["data"] = {"a": "c", "d": "e"}
        self.assertIn("configmap/c configured", self.apply(*objects))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
