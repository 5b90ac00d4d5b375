"""get in every form, describe, explain."""
import json

from bed import Area, documents, tenant, yaml


class GetTest(Area):
    @classmethod
    def prepare(cls):
        cls.tenant("alpha", {"tier": "gold", "zone": "a"}, domain="alpha.example.org")
        cls.tenant("beta", {"tier": "silver"})
        cls.tenant("gamma")
        cls.config_map("settings", {"tier": "gold"}, a="1", b="2")

    def names(self, *words):
        return self.ok("get", "cd", "-o", "name", *words).replace("clientdeployment.berth.dev/", "").split()

    def test_table(self):
        rows = self.table("get", "cd")
        self.assertEqual(rows[0], ["NAME", "READY", "REASON", "HOST", "VERSION", "DOMAIN", "AGE"])
        self.assertEqual([row[0] for row in rows[1:]], ["alpha", "beta", "gamma"])
        self.assertEqual(rows[1][1], "alpha.example.org")

    def test_age(self):
        self.assertRegex(self.table("get", "cd", "beta")[1][-1], r"^\d+s$|^\d+m(\d+s)?$")

    def test_wide(self):
        self.assertEqual(self.table("get", "cd", "-o", "wide")[0],
                         ["NAME", "READY", "REASON", "HOST", "VERSION", "DOMAIN", "AGE", "STATE", "IMAGE",
                          "URL", "RESTARTS", "CONTAINER", "MESSAGE"])

    def test_one(self):
        self.assertEqual([row[0] for row in self.table("get", "cd", "beta")], ["NAME", "beta"])

    def test_no_headers(self):
        self.assertEqual([row[0] for row in self.table("get", "cd", "--no-headers")],
                         ["alpha", "beta", "gamma"])

    def test_yaml(self):
        document = yaml.safe_load(self.ok("get", "cd", "alpha", "-o", "yaml"))
        self.assertEqual(*map(self.without_fields, (document, self.stored("cd", "alpha"))))

    def test_json_is_what_is_stored(self):
        document = json.loads(self.ok("get", "cd", "alpha", "-o", "json"))
        self.assertEqual(*map(self.without_fields, (document, self.stored("cd", "alpha"))))

    def test_json_list(self):
        document = json.loads(self.ok("get", "cd", "-o", "json"))
        self.assertEqual((document["kind"], document["apiVersion"], len(document["items"])), ("List", "v1", 3))
        self.assertEqual({item["kind"] for item in document["items"]}, {"ClientDeployment"})

    def test_managed_fields_are_hidden(self):
        self.assertNotIn("managedFields", self.ok("get", "cd", "alpha", "-o", "yaml"))

    def test_managed_fields_are_shown_when_asked_for(self):
        self.assertRegex(self.ok("get", "cd", "alpha", "-o", "yaml", "--show-managed-fields"),
                         r"managedFields:\n  - apiVersion: berth.dev/v1alpha1\n    fieldsType: FieldsV1\n")

    def test_name(self):
        self.prints("clientdeployment.berth.dev/alpha\nclientdeployment.berth.dev/beta\n"
                    "clientdeployment.berth.dev/gamma", "get", "cd", "-o", "name")

    def test_jsonpath(self):
        self.prints("alpha beta gamma", "get", "cd", "-o", "jsonpath={.items[*].metadata.name}")
        self.prints("alpha=gold\n", "get", "cd", "-o", 'jsonpath={range .items[?(@.metadata.labels.zone=="a")]}'
                    '{.metadata.name}={.metadata.labels.tier}{"\\n"}{end}')

    def test_go_template(self):
        self.prints("alpha,beta,gamma,", "get", "cd", "-o",
                    "go-template={{range .items}}{{.metadata.name}},{{end}}")

    def test_custom_columns(self):
        self.assertEqual(self.table("get", "cd", "-o", "custom-columns=N:.metadata.name,T:.metadata.labels.tier"),
                         [["N", "T"], ["alpha", "gold"], ["beta", "silver"], ["gamma", "<none>"]])

    def test_label_columns(self):
        rows = self.table("get", "cd", "-L", "tier")
        self.assertEqual((rows[0][-1], rows[1][-1]), ("TIER", "gold"))

    def test_show_labels(self):
        rows = self.table("get", "cd", "--show-labels")
        self.assertEqual([row[-1] for row in rows], ["LABELS", "tier=gold,zone=a", "tier=silver", "<none>"])

    def test_show_kind(self):
        self.assertEqual(self.table("get", "cd", "alpha", "--show-kind")[1][0],
                         "clientdeployment.berth.dev/alpha")

    def test_label_selectors(self):
        for selector, expected in (("tier=gold", ["alpha"]), ("tier==gold", ["alpha"]),
                                   ("tier!=gold", ["beta", "gamma"]), ("tier in (gold,silver)", ["alpha", "beta"]),
                                   ("tier notin (gold)", ["beta", "gamma"]), ("tier", ["alpha", "beta"]),
                                   ("!tier", ["gamma"]), ("tier,zone", ["alpha"]), ("tier,!zone", ["beta"])):
            with self.subTest(selector):
                self.assertEqual(self.names("-l", selector), expected)

    def test_bad_label_selector(self):
        self.fails("unable to parse requirement|found 'b', expected|couldn't parse the selector string",
                   "get", "cd", "-l", "a b c")

    def test_field_selectors(self):
        for selector, expected in (("metadata.name=beta", ["beta"]), ("metadata.name!=beta", ["alpha", "gamma"]),
                                   ("metadata.namespace=other", []),
                                   ("spec.domain=alpha.example.org", ["alpha"]),
                                   ("metadata.name==beta,metadata.namespace=get", ["beta"])):
            with self.subTest(selector):
                self.assertEqual(self.names("--field-selector", selector), expected)

    def test_field_that_cannot_be_selected_by(self):
        self.fails(r'Error from server \(BadRequest\): Unable to find .* that match label selector "", '
                   r'field selector "spec.image=x": field label not supported: spec.image',
                   "get", "cd", "--field-selector", "spec.image=x")

    def test_both_selectors(self):
        self.assertEqual(self.names("-l", "tier", "--field-selector", "metadata.name=beta"), ["beta"])

    def test_several_kinds(self):
        self.prints("clientdeployment.berth.dev/alpha\nconfigmap/settings",
                    "get", "cd,cm", "-l", "tier=gold", "-o", "name")

    def test_kind_slash_name(self):
        self.prints("clientdeployment.berth.dev/beta\nconfigmap/settings",
                    "get", "cd/beta", "cm/settings", "-o", "name")

    def test_full_names_of_the_kind(self):
        for word in ("clientdeployments", "clientdeployment", "ClientDeployment", "cd",
                     "clientdeployments.berth.dev", "clientdeployments.v1alpha1.berth.dev"):
            with self.subTest(word):
                self.prints("clientdeployment.berth.dev/beta", "get", word, "beta", "-o", "name")

    def test_by_category(self):
        found = self.ok("get", "berth", "-o", "name").split()
        self.assertIn("clientdeployment.berth.dev/alpha", found)
        self.assertNotIn("configmap/settings", found)

    def test_from_a_manifest(self):
        self.prints("clientdeployment.berth.dev/beta", "get", "-f", "-", "-o", "name",
                    stdin=documents(tenant("beta")))

    def test_all_namespaces(self):
        rows = [row for row in self.table("get", "cd", "-A") if row[0] in ("NAMESPACE", self.ns)]
        self.assertEqual([row[:2] for row in rows], [["NAMESPACE", "NAME"], ["get", "alpha"], ["get", "beta"],
                                                     ["get", "gamma"]])

    def test_sorted(self):
        self.assertEqual(self.names("--sort-by=.metadata.name"), ["alpha", "beta", "gamma"])
        rows = self.table("get", "cd", "--sort-by={.spec.domain}", "--no-headers")
        self.assertEqual(sorted(row[0] for row in rows), ["alpha", "beta", "gamma"])

    def test_core_tables(self):
        self.assertEqual([row[:2] for row in self.table("get", "cm")], [["NAME", "DATA"], ["settings", "2"]])
        self.assertEqual([row[:2] for row in self.table("get", "ns", self.ns)], [["NAME", "STATUS"], ["get", "Active"]])

    def test_cluster_scoped(self):
        self.assertEqual(self.names("-A", "-l", "none=such"), [])
        self.prints("", "get", "hosts", "-o", "name")

    def test_not_found(self):
        self.refused('Error from server (NotFound): clientdeployments.berth.dev "nobody" not found',
                     "get", "cd", "nobody")

    def test_ignore_not_found(self):
        self.prints("", "get", "cd", "nobody", "--ignore-not-found")

    def test_in_a_missing_namespace(self):
        self.refused('Error from server (NotFound): namespaces "nowhere" not found', "get", "cd", "a",
                     namespace="nowhere")

    def test_nothing_found(self):
        done = self.kubectl("get", "secrets")
        self.assertEqual((done.stdout, done.stderr, done.returncode),
                         ("", "No resources found in get namespace.\n", 0))

    def test_unknown_kind(self):
        self.refused('error: the server doesn\'t have a resource type "things"', "get", "things")

    def test_some_found(self):
        done = self.kubectl("get", "cd", "alpha", "nobody", "-o", "name")
        self.assertEqual((done.stdout, done.returncode), ("clientdeployment.berth.dev/alpha\n", 1))
        self.assertIn('clientdeployments.berth.dev "nobody" not found', done.stderr)

    def test_status_subresource(self):
        self.prints("alpha", "get", "cd", "alpha", "--subresource=status", "-o", "jsonpath={.metadata.name}")

    def test_raw(self):
        self.assertEqual(json.loads(self.ok("get", "--raw", self.path("cd", "alpha")))["metadata"]["name"], "alpha")
        self.prints("ok", "get", "--raw", "/healthz")
        self.assertRegex(self.ok("get", "--raw", "/readyz?verbose"), r"\[\+\]store ok\n")

    def test_raw_of_nothing(self):
        self.refused("Error from server (NotFound): the server could not find the requested resource",
                     "get", "--raw", "/apis/nothing/v1")

    def test_yaml_goes_back_in(self):
        text = self.ok("get", "cd", "gamma", "-o", "yaml")
        self.prints("clientdeployment.berth.dev/gamma replaced", "replace", "-f", "-", stdin=text)


class DescribeTest(Area):
    @classmethod
    def prepare(cls):
        cls.tenant("delta", {"tier": "gold"}, domain="described.example.org")
        cls.post(cls.path("secret"), {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "quiet"},
                                      "stringData": {"password": "hunter2"}})
        cls.config_map("settings", note="text")

    def test_own_kind(self):
        text = self.ok("describe", "cd", "delta")
        for line in (r"^Name: +delta$", r"^Namespace: +describe$", r"^Labels: +tier=gold$", r"^Annotations: +<none>$",
                     r"^API Version: +berth.dev/v1alpha1$", r"^Kind: +ClientDeployment$",
                     r"^  Domain: +described.example.org$", r"^Events: +<none>$"):
            self.assertRegex(text, "(?m)" + line)

    def test_secret_keeps_its_secret(self):
        text = self.ok("describe", "secret", "quiet")
        self.assertRegex(text, r"(?m)^password: +7 bytes$")
        self.assertNotIn("hunter2", text)

    def test_config_map(self):
        self.assertRegex(self.ok("describe", "cm", "settings"), r"(?s)Data\n====\nnote:\n----\ntext\n")

    def test_namespace(self):
        self.assertRegex(self.ok("describe", "ns", self.ns), r"(?m)^Status: +Active$")

    def test_by_label(self):
        self.assertRegex(self.ok("describe", "cd", "-l", "tier=gold"), r"(?m)^Name: +delta$")

    def test_by_prefix(self):
        self.assertRegex(self.ok("describe", "cd", "del"), r"(?m)^Name: +delta$")

    def test_missing(self):
        self.refused('Error from server (NotFound): clientdeployments.berth.dev "nobody" not found',
                     "describe", "cd", "nobody")


class ExplainTest(Area):
    def test_kind(self):
        text = self.ok("explain", "cd")
        self.assertRegex(text, r"(?m)^KIND: +ClientDeployment$")
        self.assertRegex(text, r"One tenant of Open WebUI")
        self.assertRegex(text, r"(?m)^ +spec\s+<Object>( -required-)?")

    def test_field(self):
        text = self.ok("explain", "cd.spec.state")
        self.assertIn("Stopped keeps the data", text.replace("\n    ", " "))
        self.assertRegex(text, r"FIELD: +state <(string)>")

    def test_enum_is_shown(self):
        self.assertRegex(self.ok("explain", "cd.spec.state"), r"ENUM:\s+Running\s+Stopped|enum: Running, Stopped")

    def test_recursive(self):
        self.assertRegex(self.ok("explain", "cd.spec", "--recursive"), r"(?m)^ +env\s+<\[\]Object>(.|\n)*^ +secretKeyRef")

    def test_metadata(self):
        self.assertRegex(self.ok("explain", "cd.metadata"), r"(?m)^ +finalizers\s+<\[\]string>")

    def test_core_kind(self):
        self.assertRegex(self.ok("explain", "configmap"), r"(?m)^ +binaryData\s+<map\[string\]string>")

    def test_by_version(self):
        self.assertRegex(self.ok("explain", "cd", "--api-version=berth.dev/v1alpha1"), r"KIND: +ClientDeployment")

    def test_no_such_field(self):
        self.refused('error: field "nope" does not exist', "explain", "cd.spec.nope")

    def test_no_such_kind(self):
        self.fails(r'the server doesn\'t have a resource type "things"|couldn\'t find resource', "explain", "things")
