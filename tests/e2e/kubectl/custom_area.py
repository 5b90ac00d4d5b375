"""A kind that the user brings along: its definition, its objects, its scale."""
import json

from bed import Area, documents, wait_until, yaml

DEFINITION = yaml.safe_load("""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wd], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}
    selectableFields: [{jsonPath: .spec.color}]
    additionalPrinterColumns:
    - {name: Color, type: string, jsonPath: .spec.color}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Size, type: string, jsonPath: .spec.size, priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        description: A thing that is made in a workshop.
        required: [spec]
        properties:
          spec:
            type: object
            required: [color]
            properties:
              color: {type: string, enum: [red, green, blue], description: What it looks like.}
              size: {type: string, default: medium}
              replicas: {type: integer, minimum: 0, maximum: 10, default: 1}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer}}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status:
            type: object
            properties: {replicas: {type: integer}, selector: {type: string}, phase: {type: string}}
""")
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
KIND = "customresourcedefinition.apiextensions.k8s.io/"


def definition(plural, kind):
    text = json.dumps(DEFINITION)
    return json.loads(text.replace("widget", plural.removesuffix("s")).replace("Widget", kind).replace('"wd"', ""))


def widget(name, labels=None, **spec):
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": {"color": "red", **spec}}


class DefinitionTest(Area):
    def served(self, plural):
        wait_until(f"{plural} are served", lambda: self.bed.api.call("GET", f"/apis/example.com/v1/{plural}")[0] == 200)

    def test_ours_are_there(self):
        names = self.ok("get", "crd", "-o", "name").split()
        self.assertIn(KIND + "clientdeployments.berth.dev", names)
        self.assertEqual(self.table("get", "crd", "hosts.berth.dev")[0], ["NAME", "CREATED AT"])

    def test_ours_are_established(self):
        self.prints(KIND + "hosts.berth.dev condition met", "wait", "--for=condition=Established", "crd/hosts.berth.dev")

    def test_ours_cannot_be_deleted(self):
        self.fails(r"\(Forbidden\)", "delete", "crd", "hosts.berth.dev")

    def test_ours_cannot_be_changed(self):
        self.fails("(?i)forbidden", "patch", "crd", "hosts.berth.dev", "--type=merge", "-p",
                   '{"spec":{"names":{"shortNames":["hh"]}}}')

    def test_from_definition_to_object_to_nothing(self):
        self.prints(KIND + "gadgets.example.com created", "apply", "-f", "-", stdin=documents(definition("gadgets", "Gadget")))
        self.prints(KIND + "gadgets.example.com condition met", "wait", "--for=condition=Established",
                    "crd/gadgets.example.com", "--timeout=30s")
        self.served("gadgets")
        gadget = {**widget("one"), "kind": "Gadget"}
        self.prints("gadget.example.com/one created", "apply", "-f", "-", stdin=documents(gadget))
        self.prints("gadget.example.com/one", "get", "gadgets", "-o", "name")
        self.ok("delete", "crd", "gadgets.example.com", "--wait=false")

    def test_a_changed_schema_counts_at_once(self):
        self.ok("create", "-f", "-", stdin=documents(definition("gizmos", "Gizmo")))
        self.served("gizmos")
        self.ok("patch", "crd", "gizmos.example.com", "--type=json", "-p", json.dumps([
            {"op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/taste",
             "value": {"type": "string"}}]))
        gizmo = {**widget("sweet", taste="sweet"), "kind": "Gizmo"}

        def stored():
            status, answer = self.bed.api.call("POST", f"/apis/example.com/v1/namespaces/{self.ns}/gizmos?dryRun=All", gizmo)
            return status == 201 and answer["spec"].get("taste") == "sweet"
        wait_until("the new field is kept", stored)
        self.ok("delete", "crd", "gizmos.example.com", "--wait=false")

    def test_its_name_must_say_plural_and_group(self):
        wrong = definition("gears", "Gear")
        wrong["metadata"]["name"] = "other.example.com"
        self.fails(r'metadata.name: Invalid value: "other.example.com": must be spec.names.plural\+"."\+spec.group',
                   "create", "-f", "-", stdin=documents(wrong))

    def test_its_schema_must_be_structural(self):
        wrong = definition("gears", "Gear")
        wrong["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["color"] = {}
        self.fails(r"properties\[color\].type: Required value", "create", "-f", "-", stdin=documents(wrong))


class CustomTest(Area):
    """Objects of the user's kind."""

    @classmethod
    def prepare(cls):
        if cls.bed.api.call("POST", DEFINITIONS, DEFINITION)[0] == 201:
            wait_until("widgets are served", lambda: cls.bed.api.call("GET", cls.path("widgets"))[0] == 200)

    @classmethod
    def tearDownClass(cls):
        cls.bed.api.call("DELETE", f"{DEFINITIONS}/widgets.example.com")
        super().tearDownClass()

    def widget(self, name, labels=None, **spec):
        return self.post(self.path("widgets"), widget(name, labels, **spec))

    def test_create_with_defaults(self):
        self.prints("widget.example.com/made created", "create", "-f", "-", stdin=documents(widget("made")))
        self.assertEqual(self.stored("widgets", "made")["spec"], {"color": "red", "size": "medium", "replicas": 1})

    def test_table(self):
        self.widget("shown", {"t": "1"}, color="blue")
        self.assertEqual(self.table("get", "wd", "-l", "t=1"), [["NAME", "COLOR", "REPLICAS"], ["shown", "blue", "1"]])
        self.assertEqual(self.table("get", "wd", "-l", "t=1", "-o", "wide")[0], ["NAME", "COLOR", "REPLICAS", "SIZE"])

    def test_validation(self):
        self.fails(r'The Widget "bad" is invalid: spec.color: Unsupported value: "pink": supported values: '
                   '"red", "green", "blue"', "create", "-f", "-", stdin=documents(widget("bad", color="pink")))

    def test_unknown_fields(self):
        self.fails(r'unknown field "(spec\.)?bogus"', "create", "-f", "-", stdin=documents(widget("bad", bogus=1)))
        self.widget("free", free={"any": {"thing": [1]}})
        self.assertEqual(self.stored("widgets", "free")["spec"]["free"], {"any": {"thing": [1]}})

    def test_explain(self):
        text = self.ok("explain", "widgets.spec.color")
        self.assertIn("What it looks like.", text)

    def test_api_resources(self):
        rows = self.table("api-resources", "--api-group=example.com")
        self.assertIn(["widgets", "wd", "example.com/v1", "true", "Widget"], rows)

    def test_in_all(self):
        self.widget("counted")
        self.assertIn("widget.example.com/counted", self.ok("get", "all", "-o", "name").split())

    def test_selectable_field(self):
        self.widget("green", color="green")
        self.prints("widget.example.com/green", "get", "wd", "--field-selector=spec.color=green", "-o", "name")

    def test_apply(self):
        self.ok("apply", "-f", "-", stdin=documents(widget("applied", size="big")))
        self.prints("widget.example.com/applied configured", "apply", "-f", "-", stdin=documents(widget("applied")))
        self.assertEqual(self.stored("widgets", "applied")["spec"]["size"], "medium")

    def test_server_side_apply(self):
        for manager, part in (("first", "a"), ("second", "b")):
            self.prints("widget.example.com/merged serverside-applied", "apply", "--server-side",
                        f"--field-manager={manager}", "-f", "-",
                        stdin=documents(widget("merged", parts=[{"name": part, "count": 1}])))
        self.assertEqual([part["name"] for part in self.stored("widgets", "merged")["spec"]["parts"]], ["a", "b"])

    def test_status(self):
        self.widget("stated")
        self.ok("patch", "wd", "stated", "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Done"}}')
        stored = self.stored("widgets", "stated")
        self.assertEqual((stored["status"], stored["metadata"]["generation"]), ({"phase": "Done"}, 1))

    def test_watch(self):
        self.widget("watched", {"w": "1"})
        stream = self.stream("get", "wd", "-w", "-l", "w=1", "--no-headers")
        self.assertRegex(stream.next(), "^watched +red +1")
        self.patch("widgets", "watched", {"spec": {"color": "blue"}})
        self.assertRegex(stream.next(), "^watched +blue +1")

    def test_edit(self):
        self.widget("edited")
        self.prints("widget.example.com/edited edited", "edit", "wd", "edited", KUBE_EDITOR="sed -i s/medium/large/")

    def test_delete(self):
        self.widget("gone")
        self.prints('widget.example.com "gone" deleted', "delete", "wd", "gone")

    # ---- scale

    def test_scale(self):
        self.widget("scaled")
        self.prints("widget.example.com/scaled scaled", "scale", "wd", "scaled", "--replicas=3")
        stored = self.stored("widgets", "scaled")
        self.assertEqual((stored["spec"]["replicas"], stored["metadata"]["generation"]), (3, 2))

    def test_scale_from_a_known_number(self):
        self.widget("known", replicas=2)
        self.prints("widget.example.com/known scaled", "scale", "wd/known", "--replicas=4", "--current-replicas=2")
        self.assertEqual(self.stored("widgets", "known")["spec"]["replicas"], 4)

    def test_scale_from_another_number(self):
        self.widget("other", replicas=2)
        self.fails("error: Expected replicas to be 5, was 2", "scale", "wd/other", "--replicas=4", "--current-replicas=5")
        self.assertEqual(self.stored("widgets", "other")["spec"]["replicas"], 2)

    def test_scale_beyond_the_schema(self):
        self.widget("limited")
        self.fails("spec.replicas", "scale", "wd/limited", "--replicas=11")

    def test_scale_as_a_document(self):
        self.widget("viewed", replicas=2)
        document = json.loads(self.ok("get", "wd", "viewed", "--subresource=scale", "-o", "json"))
        self.assertEqual((document["kind"], document["apiVersion"], document["spec"], document["status"]["replicas"]),
                         ("Scale", "autoscaling/v1", {"replicas": 2}, 0))

    def test_scale_of_several(self):
        for name in ("s1", "s2"):
            self.widget(name, {"s": "1"})
        self.prints("widget.example.com/s1 scaled\nwidget.example.com/s2 scaled", "scale", "wd", "-l", "s=1", "--replicas=2")

    def test_scale_what_has_none(self):
        self.tenant("single")
        self.fails("the server could not find the requested resource", "scale", "cd/single", "--replicas=2")
