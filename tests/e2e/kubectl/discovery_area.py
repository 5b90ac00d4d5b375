"""What there is: resources, versions, health; and what is refused before it reaches an object."""
import json

from bed import Area, config_map, documents, tenant


class DiscoveryTest(Area):
    def test_api_resources(self):
        rows = self.table("api-resources")
        self.assertIn(["clientdeployments", "cd", "berth.dev/v1alpha1", "true", "ClientDeployment"], rows[1:])
        self.assertIn(["hosts", "ho", "berth.dev/v1alpha1", "false", "Host"], rows[1:])
        self.assertIn(["configmaps", "cm", "v1", "true", "ConfigMap"], rows[1:])

    def test_api_resources_of_a_group(self):
        names = self.ok("api-resources", "--api-group=berth.dev", "-o", "name").split()
        self.assertIn("clientdeployments.berth.dev", names)
        self.assertNotIn("configmaps", names)

    def test_api_resources_by_scope(self):
        names = self.ok("api-resources", "--namespaced=false", "-o", "name").split()
        self.assertIn("hosts.berth.dev", names)
        self.assertNotIn("clientdeployments.berth.dev", names)

    def test_api_resources_by_verb(self):
        self.assertIn("configmaps", self.ok("api-resources", "--verbs=list,deletecollection", "-o", "name").split())

    def test_api_resources_wide(self):
        row, = [row for row in self.table("api-resources", "-o", "wide") if row[0] == "clientdeployments"]
        for verb in ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"):
            self.assertIn(verb, row[5])

    def test_api_resources_by_category(self):
        self.assertIn("clientdeployments.berth.dev", self.ok("api-resources", "--categories=berth", "-o", "name").split())

    def test_api_resources_sorted(self):
        kinds = [row[-1] for row in self.table("api-resources", "--sort-by=kind", "--no-headers")]
        self.assertEqual(kinds, sorted(kinds))

    def test_api_versions(self):
        versions = self.ok("api-versions").split()
        self.assertEqual(versions, sorted(versions))
        for version in ("v1", "berth.dev/v1alpha1", "coordination.k8s.io/v1"):
            self.assertIn(version, versions)

    def test_version(self):
        server = json.loads(self.ok("version", "-o", "json"))["serverVersion"]
        self.assertRegex(server["gitVersion"], r"^v1\.\d+\.\d+\+berth")

    def test_cluster_info(self):
        self.assertRegex(self.ok("cluster-info"), r"Kubernetes (control plane|master).* is running at .*https://127.0.0.1:\d+")

    def test_health(self):
        for path in ("/healthz", "/livez", "/readyz"):
            self.prints("ok", "get", "--raw", path)

    def test_completion_of_names(self):
        self.tenant("complete-me")
        self.assertEqual(self.ok("__complete", "-n", self.ns, "get", "cd", "compl", namespace="").split()[0], "complete-me")

    def test_completion_of_kinds(self):
        self.assertIn("clientdeployments.berth.dev", self.ok("__complete", "get", "clientd", namespace=""))


class BadInputTest(Area):
    def test_kind_that_is_not_there(self):
        self.fails(r'no matches for kind "Nothing" in version "berth.dev/v1alpha1"', "create", "-f", "-",
                   stdin=documents({**tenant("x"), "kind": "Nothing"}))

    def test_version_that_is_not_there(self):
        self.fails(r'no matches for kind "ClientDeployment" in version "berth.dev/v9"', "apply", "-f", "-",
                   stdin=documents({**tenant("x"), "apiVersion": "berth.dev/v9"}))

    def test_no_kind(self):
        self.fails("Object 'Kind' is missing|kind not set|no kind", "create", "-f", "-", stdin='{"apiVersion":"v1"}')

    def test_no_name(self):
        document = tenant("x")
        del document["metadata"]["name"]
        self.fails("resource name may not be empty|name or generateName is required", "create", "-f", "-", "--validate=false",
                   stdin=documents(document))

    def test_no_document(self):
        self.refused("error: no objects passed to create", "create", "-f", "-", stdin="")

    def test_broken_yaml(self):
        self.fails("error: error parsing STDIN: error converting YAML to JSON: yaml: line 2", "create", "-f", "-",
                   stdin="a: b\n  c: [\n")

    def test_broken_json(self):
        self.fails("error: (unable to decode|error parsing)", "create", "-f", "-", stdin='{"kind": "ConfigMap", ')

    def test_no_such_file(self):
        self.fails('the path "/nowhere.yaml" does not exist', "create", "-f", "/nowhere.yaml")

    def test_wrong_type_of_a_core_field(self):
        self.fails(r"data|cannot unmarshal", "create", "-f", "-", "--validate=false",
                   stdin=documents({**config_map("bad"), "data": "text"}))
        self.assertFalse(self.exists("cm", "bad"))

    def test_key_of_a_config_map(self):
        self.fails(r"a valid config key must consist of alphanumeric characters", "create", "-f", "-",
                   stdin=documents(config_map("bad", **{"a b": "1"})))

    def test_annotations_without_measure(self):
        document = config_map("heavy")
        document["metadata"]["annotations"] = {"a": "x" * 300_000}
        self.fails("metadata.annotations: Too long: (must have at most|may not be more than) 262144 bytes", "create", "-f", "-",
                   stdin=documents(document))

    def test_a_namesake_of_another_kind_is_no_trouble(self):
        self.config_map("both")
        self.tenant("both")
        self.prints("configmap/both\nclientdeployment.berth.dev/both", "get", "cm/both", "cd/both", "-o", "name")

    def test_verbs_without_a_meaning_here(self):
        self.tenant("plain")
        self.fails('no kind "ClientDeployment" is registered', "rollout", "status", "cd/plain")
        self.fails('no kind "ClientDeployment" is registered', "set", "image", "cd/plain", "a=b")

    def test_method_that_is_not_allowed(self):
        self.config_map("stays")
        self.fails("(MethodNotAllowed)|the server does not allow this method", "create", "--raw", self.path("cm", "stays"),
                   "-f", "-", stdin=json.dumps(config_map("stays")))

    def test_another_server_is_not_trusted(self):
        self.fails("certificate signed by unknown authority|x509", "get", "cm",
                   "--certificate-authority=/etc/ssl/certs/ca-certificates.crt")
