"""patch, label, annotate, edit, replace."""
import json
import pathlib
import re

from bed import Area, config_map, documents, tenant

NAME = "clientdeployment.berth.dev/"


class PatchTest(Area):
    def patch_it(self, kind, name, patch, *flags, **options):
        return self.ok("patch", kind, name, *flags, "-p", json.dumps(patch), **options)

    def test_merge(self):
        self.tenant("merged", displayName="One", domain="merged.example.org")
        self.prints(NAME + "merged patched", "patch", "cd", "merged", "--type=merge", "-p",
                    '{"spec":{"displayName":"Two","domain":null}}')
        spec = self.stored("cd", "merged")["spec"]
        self.assertEqual((spec["displayName"], "domain" in spec), ("Two", False))

    def test_no_change(self):
        self.tenant("still", displayName="One")
        before = self.stored("cd", "still")
        self.prints(NAME + "still patched (no change)", "patch", "cd", "still", "--type=merge", "-p",
                    '{"spec":{"displayName":"One"}}')
        self.assertEqual(self.stored("cd", "still"), before)

    def test_json(self):
        self.config_map("ops", a="1", b="2", c="3")
        self.prints("configmap/ops patched", "patch", "cm", "ops", "--type=json", "-p", json.dumps([
            {"op": "test", "path": "/data/a", "value": "1"}, {"op": "replace", "path": "/data/a", "value": "9"},
            {"op": "remove", "path": "/data/b"}, {"op": "move", "from": "/data/c", "path": "/data/d"},
            {"op": "copy", "from": "/data/d", "path": "/data/e"}, {"op": "add", "path": "/metadata/labels",
                                                                 "value": {"x.io/y": "z"}},
            {"op": "add", "path": "/metadata/labels/x.io~1w", "value": "v"}]))
        stored = self.stored("cm", "ops")
        self.assertEqual(stored["data"], {"a": "9", "d": "3", "e": "3"})
        self.assertEqual(stored["metadata"]["labels"], {"x.io/y": "z", "x.io/w": "v"})

    def test_json_list(self):
        self.tenant("env", env=[{"name": "A", "value": "1"}])
        self.patch_it("cd", "env", [{"op": "add", "path": "/spec/env/-", "value": {"name": "C", "value": "3"}},
                                    {"op": "add", "path": "/spec/env/1", "value": {"name": "B", "value": "2"}}],
                      "--type=json")
        self.assertEqual([e["name"] for e in self.stored("cd", "env")["spec"]["env"]], ["A", "B", "C"])

    def test_json_test_that_fails(self):
        self.config_map("tested", a="1")
        before = self.stored("cm", "tested")
        self.fails("^The request is invalid(: the server rejected our request due to an error in our request)?\n$",
                     "patch", "cm", "tested", "--type=json", "-p", json.dumps([
                         {"op": "add", "path": "/data/b", "value": "2"},
                         {"op": "test", "path": "/data/a", "value": "2"}]))
        self.assertEqual(self.stored("cm", "tested"), before)

    def test_json_path_that_is_missing(self):
        self.config_map("pathless", a="1")
        self.fails("^The request is invalid(: the server rejected our request due to an error in our request)?\n$",
                     "patch", "cm", "pathless", "--type=json", "-p", '[{"op":"remove","path":"/data/x"}]')

    def test_json_that_is_no_list(self):
        self.config_map("nolist", a="1")
        self.fails(r"Error from server \(BadRequest\)|cannot unmarshal object", "patch", "cm", "nolist",
                   "--type=json", "-p", '{"data":{}}')

    def test_strategic_is_the_default(self):
        self.config_map("strategic", a="1", b="2")
        self.prints("configmap/strategic patched", "patch", "cm", "strategic", "-p", '{"data":{"a":null,"c":"3"}}')
        self.assertEqual(self.stored("cm", "strategic")["data"], {"b": "2", "c": "3"})

    def test_strategic_directives(self):
        self.config_map("directed", a="1", b="2")
        self.patch_it("cm", "directed", {"data": {"$patch": "replace", "c": "3"}})
        self.assertEqual(self.stored("cm", "directed")["data"], {"c": "3"})

    def test_strategic_is_refused_for_custom_kinds(self):
        self.tenant("unstrategic")
        self.fails("application/strategic-merge-patch\\+json is not supported by berth.dev/v1alpha1, Kind=ClientDeployment",
                   "patch", "cd", "unstrategic", "-p", '{"spec":{"displayName":"x"}}')

    def test_yaml(self):
        self.config_map("yaml", a="1")
        self.ok("patch", "cm", "yaml", "-p", "data:\n  a: two\n")
        self.assertEqual(self.stored("cm", "yaml")["data"], {"a": "two"})

    def test_from_a_file(self):
        self.config_map("filed", a="1")
        place = self.folder(p="data: {a: '2'}\n")
        self.prints("configmap/filed patched", "patch", "cm", "filed", "--patch-file", place / "p.yaml")

    def test_of_a_manifest_s_object(self):
        self.config_map("named", a="1")
        place = self.folder(m=config_map("named"))
        self.prints("configmap/named patched", "patch", "-f", place / "m.yaml", "-p", '{"data":{"a":"2"}}')

    def test_status(self):
        self.tenant("stated")
        self.prints(NAME + "stated patched", "patch", "cd", "stated", "--subresource=status", "--type=merge", "-p",
                    '{"spec":{"displayName":"no"},"status":{"url":"http://127.0.0.1:1"}}')
        stored = self.stored("cd", "stated")
        self.assertEqual((stored["status"]["url"], "displayName" in stored["spec"]), ("http://127.0.0.1:1", False))
        self.assertEqual(stored["metadata"]["generation"], 1)

    def test_of_a_status_by_the_main_door(self):
        self.tenant("guarded")
        self.ok("patch", "cd", "guarded", "--type=merge", "-p", '{"status":{"url":"http://x"}}')
        self.assertNotIn("url", self.stored("cd", "guarded").get("status", {}))

    def test_generation(self):
        self.tenant("counted")
        self.patch_it("cd", "counted", {"metadata": {"labels": {"a": "b"}}}, "--type=merge")
        self.assertEqual(self.stored("cd", "counted")["metadata"]["generation"], 1)
        self.patch_it("cd", "counted", {"spec": {"paused": True}}, "--type=merge")
        self.assertEqual(self.stored("cd", "counted")["metadata"]["generation"], 2)

    def test_of_an_old_version(self):
        self.config_map("raced", a="1")
        self.refused('Error from server (Conflict): Operation cannot be fulfilled on configmaps "raced": the object '
                     "has been modified; please apply your changes to the latest version and try again",
                     "patch", "cm", "raced", "-p", '{"metadata":{"resourceVersion":"1"},"data":{"a":"2"}}')

    def test_dry_runs(self):
        self.config_map("dry", a="1")
        before = self.stored("cm", "dry")
        for mode in ("server", "client"):
            self.prints("2", "patch", "cm", "dry", f"--dry-run={mode}", "-p", '{"data":{"a":"2"}}',
                        "-o", "jsonpath={.data.a}")
        self.assertEqual(self.stored("cm", "dry"), before)

    def test_output(self):
        self.config_map("shown", a="1")
        self.prints("2", "patch", "cm", "shown", "-p", '{"data":{"a":"2"}}', "-o", "jsonpath={.data.a}")

    def test_of_nothing(self):
        self.refused('Error from server (NotFound): configmaps "nobody" not found', "patch", "cm", "nobody", "-p", "{}")

    def test_that_is_invalid(self):
        self.tenant("checked")
        self.refused('The ClientDeployment "checked" is invalid: spec.hostPort: Invalid value: 0: spec.hostPort in body '
                     "should be greater than or equal to 1", "patch", "cd", "checked", "--type=merge", "-p",
                     '{"spec":{"hostPort":0}}')

    def test_of_the_name(self):
        self.tenant("fixed")
        self.fails(r"\(BadRequest\): .*the name of the object|metadata.name: Invalid value: \"other\": field is immutable",
                   "patch", "cd", "fixed", "--type=merge", "-p", '{"metadata":{"name":"other"}}')


class LabelTest(Area):
    @classmethod
    def prepare(cls):
        for name in ("m1", "m2"):
            cls.config_map(name, {"group": "m"})

    def labels(self, name):
        return self.stored("cm", name)["metadata"].get("labels", {})

    def test_add_change_remove(self):
        self.config_map("one")
        self.prints("configmap/one labeled", "label", "cm", "one", "a=1", "b=2")
        self.refused("error: 'a' already has a value (1), and --overwrite is false", "label", "cm", "one", "a=2")
        self.prints("configmap/one labeled", "label", "cm", "one", "a=2", "--overwrite")
        self.prints("configmap/one labeled" if self.old else "configmap/one unlabeled", "label", "cm", "one", "b-")
        self.assertEqual(self.labels("one"), {"a": "2"})

    def test_no_change(self):
        self.config_map("same", {"a": "1"})
        self.prints("configmap/same not labeled", "label", "cm", "same", "a=1", "--overwrite")

    def test_what_is_not_there(self):
        self.config_map("none", {"a": "b"})
        self.prints('label "x" not found.\nconfigmap/none not labeled', "label", "cm", "none", "x-")

    def test_several(self):
        self.prints("configmap/m1 labeled\nconfigmap/m2 labeled", "label", "cm", "-l", "group=m", "many=1")
        self.assertEqual((self.labels("m2")["many"], self.labels("m1")["many"]), ("1", "1"))

    def test_all(self):
        text = self.ok("label", "cm", "--all", "every=1")
        self.assertIn("configmap/m1 labeled\n", text)
        self.assertEqual(self.labels("m1")["every"], "1")

    def test_list(self):
        self.config_map("listed", {"x": "1", "y": "2"})
        self.assertEqual(set(self.ok("label", "cm", "listed", "--list").split()), {"x=1", "y=2"})

    def test_bad_value(self):
        self.config_map("bad")
        self.fails('invalid label value: "a=b c"|Invalid value: "b c"', "label", "cm", "bad", "a=b c")
        self.assertEqual(self.labels("bad"), {})

    def test_old_version(self):
        self.config_map("raced")
        self.fails("the object has been modified", "label", "cm", "raced", "a=b", "--resource-version=1")

    def test_dry_run(self):
        self.config_map("dry")
        self.prints("configmap/dry labeled (server dry run)", "label", "cm", "dry", "a=b", "--dry-run=server")
        self.assertEqual(self.labels("dry"), {})

    def test_annotate(self):
        self.config_map("noted")
        self.prints("configmap/noted annotated", "annotate", "cm", "noted", "text=any thing at all")
        self.assertEqual(self.stored("cm", "noted")["metadata"]["annotations"], {"text": "any thing at all"})
        self.refused("error: --overwrite is false but found the following declared annotation(s): 'text' already has a "
                     "value (any thing at all)", "annotate", "cm", "noted", "text=other")
        self.prints("configmap/noted annotated", "annotate", "cm", "noted", "text-")
        self.assertNotIn("annotations", self.stored("cm", "noted")["metadata"])

    def test_annotate_several(self):
        self.prints("configmap/m1 annotated\nconfigmap/m2 annotated", "annotate", "cm", "-l", "group=m", "a=1")


class EditTest(Area):
    def test_a_change(self):
        self.tenant("edited", displayName="One")
        self.prints(NAME + "edited edited", "edit", "cd", "edited", KUBE_EDITOR="sed -i s/One/Two/")
        self.assertEqual(self.stored("cd", "edited")["spec"]["displayName"], "Two")

    def test_no_change(self):
        self.config_map("left")
        done = self.kubectl("edit", "cm", "left", KUBE_EDITOR="true")
        self.assertEqual((done.stdout + done.stderr, done.returncode), ("Edit cancelled, no changes made.\n", 0))

    def test_an_invalid_change_is_kept_for_the_user(self):
        self.tenant("broken", hostPort=100)
        done = self.kubectl("edit", "cd", "broken", KUBE_EDITOR="sed -i s/100/0/")
        self.assertEqual(done.returncode, 1)
        self.assertIn('error: clientdeployments.berth.dev "broken" is invalid\n', done.stderr)
        kept = re.search('A copy of your changes has been stored to "(.*)"', done.stderr)[1]
        self.addCleanup(pathlib.Path(kept).unlink)
        self.assertIn("# * spec.hostPort: Invalid value: 0: spec.hostPort in body should be",
                      pathlib.Path(kept).read_text(encoding="utf-8"))
        self.assertEqual(self.stored("cd", "broken")["spec"]["hostPort"], 100)

    def test_several(self):
        for name in ("e1", "e2"):
            self.config_map(name, a="before")
        self.prints("configmap/e1 edited\nconfigmap/e2 edited", "edit", "cm", "e1", "e2", KUBE_EDITOR="sed -i s/before/after/")
        self.assertEqual(self.stored("cm", "e2")["data"], {"a": "after"})

    def test_status(self):
        self.tenant("state-edit")
        self.call("PATCH", self.path("cd", "state-edit/status"), {"status": {"url": "http://before"}},
                  "application/merge-patch+json")
        self.prints(NAME + "state-edit edited", "edit", "cd", "state-edit", "--subresource=status",
                    KUBE_EDITOR="sed -i s/before/after/")
        self.assertEqual(self.stored("cd", "state-edit")["status"]["url"], "http://after")


class ReplaceTest(Area):
    def test_whole(self):
        self.config_map("whole", {"a": "b"}, a="1", b="2")
        self.prints("configmap/whole replaced", "replace", "-f", "-", stdin=documents(config_map("whole", c="3")))
        stored = self.stored("cm", "whole")
        self.assertEqual((stored["data"], stored["metadata"].get("labels")), ({"c": "3"}, None))

    def test_custom_kind_keeps_its_status(self):
        self.tenant("status")
        self.call("PATCH", self.path("cd", "status/status"), {"status": {"url": "http://x"}}, "application/merge-patch+json")
        self.prints(NAME + "status replaced", "replace", "-f", "-", stdin=documents(tenant("status", displayName="New")))
        stored = self.stored("cd", "status")
        self.assertEqual((stored["spec"]["displayName"], stored["status"]["url"]), ("New", "http://x"))

    def test_old_version(self):
        document = self.config_map("raced", a="1")
        self.patch("cm", "raced", {"data": {"a": "2"}})
        self.refused('Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on '
                     'configmaps "raced": the object has been modified; please apply your changes to the latest '
                     "version and try again", "replace", "-f", "-", stdin=documents(document))

    def test_another_life(self):
        document = self.config_map("reborn", a="1")
        self.call("DELETE", self.path("cm", "reborn"))
        self.config_map("reborn", a="2")
        document["metadata"].pop("resourceVersion")
        self.fails(r"\(Conflict\): .*(Precondition failed: UID in precondition|uid)", "replace", "-f", "-",
                   stdin=documents(document))

    def test_nothing(self):
        self.refused('Error from server (NotFound): error when replacing "STDIN": configmaps "nobody" not found',
                     "replace", "-f", "-", stdin=documents(config_map("nobody")))

    def test_force(self):
        uid = self.config_map("forced", a="1")["metadata"]["uid"]
        self.prints('configmap "forced" deleted\nconfigmap/forced replaced', "replace", "--force", "-f", "-",
                    stdin=documents(config_map("forced", a="2")))
        self.assertNotEqual(self.stored("cm", "forced")["metadata"]["uid"], uid)

    def test_dry_run(self):
        self.config_map("dry", a="1")
        self.prints("configmap/dry replaced (server dry run)", "replace", "--dry-run=server", "-f", "-",
                    stdin=documents(config_map("dry", a="2")))
        self.assertEqual(self.stored("cm", "dry")["data"], {"a": "1"})

    def test_no_change_makes_no_version(self):
        before = self.config_map("same", a="1")
        self.ok("replace", "-f", "-", stdin=documents(config_map("same", a="1")))
        self.assertEqual(self.stored("cm", "same")["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"])

    def test_raw(self):
        self.config_map("raw", a="1")
        document = config_map("raw", a="2")
        document["metadata"]["resourceVersion"] = self.stored("cm", "raw")["metadata"]["resourceVersion"]
        self.ok("replace", "--raw", self.path("cm", "raw"), "-f", "-", stdin=json.dumps(document))
        self.assertEqual(self.stored("cm", "raw")["data"], {"a": "2"})

    def test_status(self):
        document = self.tenant("state-put")
        document["status"] = {"url": "http://y"}
        self.prints(NAME + "state-put replaced", "replace", "--subresource=status", "-f", "-", stdin=documents(document))
        self.assertEqual(self.stored("cd", "state-put")["status"]["url"], "http://y")
