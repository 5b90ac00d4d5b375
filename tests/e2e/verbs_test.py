#!/usr/bin/env python3
"""Every verb, by the real kubectl and by berth, with their outputs compared."""
import json
import os
import subprocess
import unittest

from harness import (BIN, Controller, deployment, documents, host, kubectl_minor, wait_until,
                     without_ages, yaml)


@unittest.skipIf(kubectl_minor() < 29, "compares with kubectl 1.29 or later; any_kubectl_test runs")
class VerbsTest(unittest.TestCase):
    """No engine: the objects are enough."""

    @classmethod
    def setUpClass(cls):
        cls.controller = Controller()
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)
        cls.controller.kubectl("apply", "-f", "-", input=documents(
            host(), deployment("alpha", labels={"tier": "gold"}), deployment("beta")))

    def both(self, *words, same=lambda text: text, **options):
        """Runs the words by both tools; their outputs must be the same."""
        kubectl = self.controller.kubectl(*words, **options)
        berth = self.controller.berth(*words, **options)
        self.assertEqual(same(kubectl.stdout), same(berth.stdout), " ".join(words))
        self.assertEqual(kubectl.returncode == 0, berth.returncode == 0, berth.stderr)
        return berth

    def object(self, name, kind="cd"):
        return json.loads(self.controller.berth("get", kind, name, "-o", "json").stdout)

    # ---- reading

    def test_tables(self):
        for words in (["get", "cd"], ["get", "clientdeployments", "-o", "wide"],
                      ["get", "cd", "-A"], ["get", "cd", "alpha", "--no-headers"],
                      ["get", "cd", "-l", "tier=gold"], ["get", "cd", "--show-labels"],
                      ["get", "cd", "-L", "tier"], ["get", "cd,hosts"], ["get", "berth"],
                      ["get", "cd/alpha", "ho/local"], ["get", "ns"], ["get", "secrets"],
                      ["get", "cd", "--sort-by=.metadata.name"],
                      ["get", "cd", "--field-selector=metadata.name=beta"]):
            with self.subTest(words=words):
                self.both(*words, same=without_ages)

    def test_documents(self):
        for words in (["get", "cd", "alpha", "-o", "yaml"], ["get", "cd", "alpha", "-o", "json"],
                      ["get", "cd", "-o", "name"], ["get", "cd", "-o", "yaml"],
                      ["get", "cd", "-o", "jsonpath={.items[*].metadata.name}"],
                      ["get", "cd", "-o", 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}'],
                      ["get", "cd", "-o", "custom-columns=NAME:.metadata.name,IMAGE:.spec.image"],
                      ["get", "host", "local", "-o", "yaml"]):
            with self.subTest(words=words):
                self.both(*words)

    def test_describe(self):
        for words in (["describe", "cd", "alpha"], ["describe", "host", "local"]):
            with self.subTest(words=words):
                self.both(*words, same=without_ages)

    def test_explain(self):
        for words in (["explain", "cd"], ["explain", "cd.spec"], ["explain", "cd.spec.storage.type"],
                      ["explain", "host.status.conditions"], ["explain", "cd.metadata"], ["explain", "secret"], ["explain", "cd.spec", "--recursive"]):
            with self.subTest(words=words):
                self.both(*words)

    def test_api_resources(self):
        def lines(text):
            return sorted(text.split("\n")[1:])
        self.both("api-resources", same=lines)
        self.both("api-resources", "--api-group=berth.dev", "-o", "name", same=sorted)

    def test_version(self):
        self.assertIn("Server Version", self.controller.kubectl("version").stdout)
        self.assertIn("Server Version", self.controller.berth("version").stdout)

    def test_events(self):
        self.both("events", "--for", "cd/alpha", same=without_ages, check=False)

    def test_get_raw(self):
        self.both("get", "--raw", "/healthz")

    def test_what_is_not_there(self):
        done = self.both("get", "cd", "nobody", check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn('clientdeployments.berth.dev "nobody" not found', done.stderr)
        self.assertEqual(self.both("get", "cd", "-l", "tier=lead").stderr,
                         "No resources found in default namespace.\n")

    def test_watch_sees_a_change(self):
        self.controller.kubectl("apply", "-f", "-", input=documents(deployment("watched")))
        for program in ("kubectl", BIN / "berth"):
            with self.subTest(program=str(program)), subprocess.Popen(
                    [str(program), "--kubeconfig", str(self.controller.kubeconfig), "get", "cd",
                     "watched", "-w", "-o", "jsonpath={.metadata.labels.seen}{'\\n'}"],
                    stdout=subprocess.PIPE, text=True) as watch:
                try:
                    self.assertEqual(watch.stdout.readline(), "\n")
                    mark = "by-" + ("berth" if program != "kubectl" else "kubectl")
                    self.controller.kubectl("label", "cd", "watched", "seen=" + mark)
                    lines = iter(watch.stdout.readline, "")
                    self.assertIn(mark + "\n", lines)
                finally:
                    watch.kill()
                self.controller.kubectl("label", "cd", "watched", "seen-")

    # ---- writing

    def test_apply_by_both_in_turn(self):
        """One object, two tools: each understands what the other applied."""
        first = deployment("shared", domain="shared.example.org", env=[{"name": "A", "value": "1"}])
        made = self.controller.kubectl("apply", "-f", "-", input=documents(first))
        self.assertIn("created", made.stdout)
        same = self.controller.berth("apply", "-f", "-", input=documents(first))
        self.assertEqual(same.stdout, "clientdeployment.berth.dev/shared unchanged\n")
        del first["spec"]["domain"]
        changed = self.controller.berth("apply", "-f", "-", input=documents(first))
        self.assertEqual(changed.stdout, "clientdeployment.berth.dev/shared configured\n")
        self.assertNotIn("domain", self.object("shared")["spec"])
        same = self.controller.kubectl("apply", "-f", "-", input=documents(first))
        self.assertEqual(same.stdout, "clientdeployment.berth.dev/shared unchanged\n")
        first["spec"]["env"][0]["value"] = "2"
        self.controller.kubectl("apply", "-f", "-", input=documents(first))
        same = self.controller.berth("apply", "-f", "-", input=documents(first))
        self.assertEqual(same.stdout, "clientdeployment.berth.dev/shared unchanged\n")

    def test_dry_runs_store_nothing(self):
        manifest = documents(deployment("phantom"))
        for mode in ("client", "server"):
            self.both("apply", f"--dry-run={mode}", "-f", "-", input=manifest)
            self.both("create", f"--dry-run={mode}", "-f", "-", input=manifest)
        self.assertEqual(self.controller.berth("get", "cd", "phantom", check=False).returncode, 3)

    def test_diff(self):
        changed = deployment("alpha", labels={"tier": "gold"}, domain="other.example.org")
        for tool in (self.controller.kubectl, self.controller.berth):
            done = tool("diff", "-f", "-", input=documents(changed), check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("+  domain: other.example.org", done.stdout)
            same = tool("diff", "-f", "-", check=False,
                        input=documents(deployment("alpha", labels={"tier": "gold"})))
            self.assertEqual((same.returncode, same.stdout), (0, ""), same.stderr)

    def test_create_twice_is_a_conflict(self):
        manifest = documents(deployment("once"))
        self.controller.berth("create", "-f", "-", input=manifest)
        done = self.both("create", "-f", "-", input=manifest, check=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("already exists", done.stderr)

    def test_label_annotate_patch(self):
        self.controller.kubectl("apply", "-f", "-", input=documents(deployment("marked")))
        for tool, mark in ((self.controller.kubectl, "k"), (self.controller.berth, "b")):
            self.assertEqual(tool("label", "cd", "marked", f"by={mark}", "--overwrite").stdout,
                             "clientdeployment.berth.dev/marked labeled\n")
            self.assertEqual(tool("annotate", "cd", "marked", f"note={mark}", "--overwrite").stdout,
                             "clientdeployment.berth.dev/marked annotated\n")
            done = tool("patch", "cd", "marked", "--type=merge",
                        "-p", json.dumps({"spec": {"displayName": mark}}))
            self.assertEqual(done.stdout, "clientdeployment.berth.dev/marked patched\n")
            done = tool("patch", "cd", "marked", "--type=json", "-p", json.dumps(
                [{"op": "replace", "path": "/spec/displayName", "value": mark + mark}]))
            self.assertEqual(done.stdout, "clientdeployment.berth.dev/marked patched\n")
            found = self.object("marked")
            self.assertEqual(found["spec"]["displayName"], mark + mark)
            self.assertEqual(found["metadata"]["labels"]["by"], mark)
            self.assertEqual(tool("label", "cd", "marked", "by-").stdout,
                             "clientdeployment.berth.dev/marked unlabeled\n")

    def test_edit(self):
        self.controller.kubectl("apply", "-f", "-", input=documents(deployment("edited", displayName="none")))
        for tool, before, after in ((self.controller.kubectl, "none", "one"), (self.controller.berth, "one", "two")):
            os.environ["KUBE_EDITOR"] = f"sed -i s/{before}/{after}/"
            try:
                self.assertEqual(tool("edit", "cd", "edited").stdout, "clientdeployment.berth.dev/edited edited\n")
            finally:
                del os.environ["KUBE_EDITOR"]
            self.assertEqual(self.object("edited")["spec"]["displayName"], after)

    def test_delete(self):
        """Without an engine nothing was made, so that nothing is left to clean up."""
        names = ["gone-a", "gone-b", "gone-c"]
        space = {"apiVersion": "v1", "kind": "ConfigMap"}
        maps = [{**space, "metadata": {"name": n, "labels": {"gone": "1"}}} for n in names]
        self.controller.kubectl("apply", "-f", "-", input=documents(*maps))
        self.assertEqual(self.controller.berth("delete", "cm", "gone-a").stdout,
                         'configmap "gone-a" deleted\n')
        self.controller.berth("wait", "cm/gone-a", "--for=delete")
        self.controller.kubectl("delete", "cm", "gone-b")
        self.controller.berth("delete", "-f", "-", "--ignore-not-found", input=documents(*maps))
        self.both("get", "cm", "-l", "gone=1")
        self.assertEqual(self.controller.berth("delete", "cm", "gone-a", check=False).returncode, 3)

    def test_namespaces(self):
        self.controller.berth("create", "namespace", "customers")
        self.controller.kubectl("apply", "-n", "customers", "-f", "-",
                                input=documents(deployment("gamma", namespace="customers")))
        self.both("get", "cd", "-n", "customers", same=without_ages)
        done = self.controller.berth("apply", "-f", "-", check=False,
                                     input=documents(deployment("gamma", namespace="nowhere")))
        self.assertIn('namespaces "nowhere" not found', done.stderr)

    def test_kubectl_finds_us_as_a_plugin(self):
        path = os.environ["PATH"]
        os.environ["PATH"] = f"{BIN}:{path}"
        try:
            self.assertEqual(self.controller.kubectl("berth", "get", "cd", "-o", "name").stdout,
                             self.controller.kubectl("get", "cd", "-o", "name").stdout)
            offered = self.controller.kubectl("__complete", "berth", "get", "cd", "al").stdout
            self.assertEqual(offered.split(), ["alpha", ":0"])
        finally:
            os.environ["PATH"] = path

    def test_completion_offers_names(self):
        offered = self.controller.berth("__complete", "get", "cd", "al").stdout.split()
        self.assertEqual(offered, ["alpha"])
        self.assertIn("clientdeployments", self.controller.berth("__complete", "get", "").stdout.split())

    def test_a_secret_is_not_shown(self):
        self.controller.berth("apply", "-f", "-", input=documents(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "quiet"},
             "stringData": {"password": "hunter2"}}))
        wait_until("the Secret is there", lambda: self.object("quiet", "secret"))
        self.assertEqual(yaml.safe_load(self.controller.berth(
            "get", "secret", "quiet", "-o", "yaml").stdout)["data"]["password"], "aHVudGVyMg==")
        described = self.controller.berth("describe", "secret", "quiet").stdout
        self.assertIn("password:  7 bytes", described)


if __name__ == "__main__":
    unittest.main(verbosity=2)
