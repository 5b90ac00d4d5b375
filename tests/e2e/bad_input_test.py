#!/usr/bin/env python3
"""What is wrong is refused with a Status that names the place, and nothing is stored."""
import unittest

from harness import GROUP, Api, Controller, deployment, documents, kubectl_minor, yaml

DEPLOYMENTS = f"{GROUP}/namespaces/default/clientdeployments"
STRICT = "?fieldValidation=Strict"


def with_field(path, value):
    """A deployment "bad" with one field set."""
    document = deployment("bad")
    at = document
    *parents, last = path.split(".")
    for name in parents:
        at = at.setdefault(name, {})
    at[last] = value
    return document


# What is sent, and what the answer must say besides 4xx.
FIELDS = [
    ("an unknown field", with_field("spec.imagee", "x"), ["spec.imagee"]),
    ("an unknown nested field", with_field("spec.storage.polcy", "x"), ["spec.storage.polcy"]),
    ("a missing field", with_field("spec", {}), ["spec.image", "Required value"]),
    ("a wrong type", with_field("spec.paused", "yes"), ["spec.paused", "boolean"]),
    ("not in the enum", with_field("spec.state", "Runing"), ["spec.state", "Running", "Stopped"]),
    ("out of bounds", with_field("spec.hostPort", 70000), ["spec.hostPort", "65535"]),
    ("a bad image", with_field("spec.image", "UPPER CASE"), ["spec.image"]),
    ("a bad quantity", with_field("spec.resources.memory", "a lot"), ["spec.resources.memory"]),
    ("a bad domain", with_field("spec.domain", "no spaces.example"), ["spec.domain"]),
    ("a bad name", with_field("metadata.name", "Not_A_Name"), ["metadata.name"]),
    ("a long name", with_field("metadata.name", "a" * 300), ["metadata.name"]),
    ("a bad label", with_field("metadata.labels", {"a b": "c"}), ["metadata.labels"]),
    ("a bad label value", with_field("metadata.labels", {"a": "c d"}), ["metadata.labels"]),
    ("no name", with_field("metadata", {}), ["name"]),
    ("another kind", with_field("kind", "ClientDeploymnet"), ["kind"]),
    ("another version", with_field("apiVersion", "berth.dev/v9"), ["v9"]),
    ("another namespace", with_field("metadata.namespace", "other"), ["namespace"]),
    ("a duplicate list key",
     with_field("spec.env", [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
     ["spec.env", "Duplicate"]),
]

# Bodies that are not even documents: text, type, what the answer must say.
BODIES = [
    ("cut JSON", '{"kind": "ClientDeployment", ', "application/json", ["line 1"]),
    ("not UTF-8", b'{"kind": "\xff\xfe"}', "application/json", []),
    ("a list", "[]", "application/json", []),
    ("a string", '"x"', "application/json", []),
    ("nothing", "", "application/json", []),
    ("deep JSON", '{"a":' * 5000 + "1" + "}" * 5000, "application/json", []),
    ("broken YAML", "kind: a\n  b: [", "application/yaml", ["line"]),
    ("a tab in YAML", "a:\n\tb: 1\n", "application/yaml", ["line 2"]),
    ("an alias bomb", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [" + ",".join([f"*{chr(97 + i)}"] * 9) + "]\n"
        for i in range(12)), "application/yaml", []),
    ("an unknown media type", "x", "text/plain", ["accepted media types"]),
]


class BadInputTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.controller = Controller()
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)
        cls.api = Api(cls.controller)

    def tearDown(self):
        """Nothing stored, and still alive."""
        _, found = self.api.call("GET", DEPLOYMENTS)
        self.assertEqual(found["items"], [])

    def refused(self, answer, parts):
        status, document = answer
        self.assertTrue(400 <= status < 500, (status, document))
        self.assertEqual(document["kind"], "Status", document)
        self.assertEqual(document["code"], status)
        text = str(document)
        for part in parts:
            self.assertIn(part, text)

    def test_fields(self):
        for what, document, parts in FIELDS:
            with self.subTest(what):
                self.refused(self.api.call("POST", DEPLOYMENTS + STRICT, document), parts)

    def test_bodies(self):
        for what, body, content_type, parts in BODIES:
            with self.subTest(what):
                self.refused(self.api.call("POST", DEPLOYMENTS, body, content_type), parts)

    def test_ten_megabytes(self):
        document = with_field("spec.displayName", "x" * 10_000_000)
        try:
            answer = self.api.call("POST", DEPLOYMENTS, document)
        except OSError:
            return  # it may hang up on us; tearDown sees that it is alive
        self.refused(answer, [])
        self.assertEqual(answer[0], 413)

    def test_a_suggestion_for_a_misspelt_field(self):
        _, document = self.api.call("POST", DEPLOYMENTS + STRICT, with_field("spec.domian", "a.example"))
        self.assertIn("domain", document["message"].replace("domian", ""))

    def test_duplicate_keys(self):
        text = yaml.safe_dump(deployment("bad")) + "kind: ClientDeployment\n"
        self.refused(self.api.call("POST", DEPLOYMENTS + STRICT, text, "application/yaml"), ["kind"])

    def test_a_claim_that_is_taken(self):
        self.api.call("POST", DEPLOYMENTS, {**deployment("first", domain="one.example.org")})
        try:
            answer = self.api.call("POST", DEPLOYMENTS, deployment("second", domain="one.example.org"))
            self.refused(answer, ["one.example.org"])
        finally:
            self.api.call("DELETE", f"{DEPLOYMENTS}/first")
            self.api.call("PATCH", f"{DEPLOYMENTS}/first", {"metadata": {"finalizers": None}},
                          "application/merge-patch+json")

    def test_paths_and_methods(self):
        for method, path, code in (("GET", f"{GROUP}/nothings", 404),
                                   ("GET", "/apis/nowhere.dev/v1/things", 404),
                                   ("POST", f"{DEPLOYMENTS}/x", 405),
                                   ("GET", f"{DEPLOYMENTS}?labelSelector=a%20b%20c", 400),
                                   ("GET", f"{DEPLOYMENTS}?fieldSelector=spec.image%3Dx", 400),
                                   ("GET", f"{DEPLOYMENTS}?continue=nonsense", 400)):
            with self.subTest(path=path):
                self.assertEqual(self.api.call(method, path)[0], code)

    def test_without_a_token(self):
        self.api.token, token = "wrong", self.api.token
        try:
            status, document = self.api.call("GET", DEPLOYMENTS)
        finally:
            self.api.token = token
        self.assertEqual((status, document["reason"]), (401, "Unauthorized"))


class BadManifestTest(unittest.TestCase):
    """The same, seen from the command line: file and line, exit code, a hint."""

    @classmethod
    def setUpClass(cls):
        cls.controller = Controller()
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)

    def apply(self, text):
        return self.controller.berth("apply", "-f", "-", input=text, check=False)

    def test_the_place_is_named(self):
        good = documents(deployment("good"))
        for what, text, parts in (
                ("broken YAML", "a: 1\nb: [1\nc: 2\n", ["stdin", "line"]),
                ("a key twice", "kind: X\nkind: Y\n", ["stdin:2", "kind"]),
                ("the second document", good + "---\napiVersion: berth.dev/v1alpha1\nkind: Nothing\n"
                 "metadata: {name: x}\n", ["stdin:", 'no matches for kind "Nothing"']),
                ("a kind nearly right", documents({**deployment("x"), "kind": "ClientDeploymet"}),
                 ["did you mean kind: ClientDeployment?"]),
                ("a field nearly right", documents(deployment("x", domian="a.example.org")),
                 ["spec.domian", "domain"]),
                ("no name", "apiVersion: v1\nkind: ConfigMap\n", ["metadata.name", "required"])):
            with self.subTest(what):
                done = self.apply(text)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertTrue(done.stderr.startswith("error: "), done.stderr)
                for part in parts:
                    self.assertIn(part, done.stderr)

    @unittest.skipIf(kubectl_minor() < 29, "older ones ask for an OpenAPI that we do not serve")
    def test_kubectl_says_the_same(self):
        done = self.controller.kubectl("apply", "-f", "-", check=False,
                                       input=documents(deployment("x", domian="a.example.org")))
        self.assertEqual(done.returncode, 1)
        self.assertIn("spec.domian", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
