"""create, and what is refused before anything is stored."""
import json

from bed import Area, config_map, documents, tenant

ALREADY = 'Error from server (AlreadyExists): '


class CreateTest(Area):
    def test_from_a_file(self):
        place = self.folder(a=tenant("from-file"))
        self.prints("clientdeployment.berth.dev/from-file created", "create", "-f", place / "a.yaml")

    def test_from_stdin_in_every_output(self):
        for form, expected in (("name", "clientdeployment.berth.dev/form-name"),
                               ("jsonpath={.metadata.name}", "form-jsonpath"),
                               ("go-template={{.metadata.name}}", "form-go-template")):
            name = "form-" + form.split("=")[0]
            self.prints(expected, "create", "-f", "-", "-o", form, stdin=documents(tenant(name)))

    def test_output_is_the_stored_object(self):
        text = self.ok("create", "-f", "-", "-o", "json", stdin=documents(tenant("shown")))
        self.assertEqual(*map(self.without_fields, (json.loads(text), self.stored("cd", "shown"))))

    def test_the_server_s_fields_are_the_server_s(self):
        wrong = tenant("owned")
        wrong["metadata"] |= {"uid": "mine", "generation": 7,
                              "creationTimestamp": "2001-01-01T00:00:00Z"}
        self.ok("create", "-f", "-", "--validate=false", stdin=documents(wrong))
        metadata = self.stored("cd", "owned")["metadata"]
        self.assertRegex(metadata["uid"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(metadata["generation"], 1)
        self.assertNotIn("2001", metadata["creationTimestamp"])

    def test_a_status_in_the_manifest_is_dropped(self):
        self.ok("create", "-f", "-", stdin=documents({**tenant("fresh"), "status": {"url": "http://x"}}))
        self.assertNotIn("url", self.stored("cd", "fresh").get("status", {}))

    def test_defaults_are_filled_in(self):
        self.prints("Running", "create", "-f", "-", "-o", "jsonpath={.spec.state}",
                    stdin=documents(tenant("defaulted")))

    def test_twice(self):
        self.tenant("twice")
        self.refused(ALREADY + 'error when creating "STDIN": clientdeployments.berth.dev "twice" already exists',
                     "create", "-f", "-", stdin=documents(tenant("twice")))

    def test_generate_name(self):
        document = tenant("")
        document["metadata"] = {"generateName": "made-"}
        for _ in range(2):
            self.matches(r"clientdeployment.berth.dev/made-[a-z0-9]{5} created", "create", "-f", "-",
                         stdin=documents(document))

    def test_in_a_missing_namespace(self):
        self.refused('Error from server (NotFound): error when creating "STDIN": '
                     'namespaces "nowhere" not found',
                     "create", "-f", "-", namespace="nowhere", stdin=documents(tenant("lost")))

    def test_another_namespace_than_asked_for(self):
        document = tenant("astray")
        document["metadata"]["namespace"] = "other"
        self.fails('the namespace from the provided object "other" does not match the namespace '
                   '"create"', "create", "-f", "-", stdin=documents(document))

    def test_with_a_resource_version(self):
        document = tenant("versioned")
        document["metadata"]["resourceVersion"] = "5"
        self.prints("clientdeployment.berth.dev/versioned created", "create", "-f", "-",
                    stdin=documents(document))  # kubectl takes it out; nobody else may send it
        document["metadata"]["name"] = "raw-version"
        self.refused("Error from server (BadRequest): resourceVersion should not be set on objects to "
                     "be created", "create", "--raw", self.path("cd"), "-f", "-", stdin=json.dumps(document))

    def test_several_documents_go_on_after_a_bad_one(self):
        done = self.kubectl("create", "-f", "-", stdin=documents(
            config_map("one"), {**config_map("Two")}, config_map("three")))
        self.assertEqual(done.stdout, "configmap/one created\nconfigmap/three created\n")
        self.assertIn('The ConfigMap "Two" is invalid: metadata.name: Invalid value: "Two"', done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_a_list(self):
        self.prints("configmap/l1 created\nclientdeployment.berth.dev/l2 created",
                    "create", "-f", "-", stdin=documents(
                        {"apiVersion": "v1", "kind": "List", "items": [config_map("l1"), tenant("l2")]}))

    def test_a_folder_and_its_folders(self):
        place = self.folder(a=config_map("top"), sub__b=config_map("deep"))
        self.prints("configmap/top created", "create", "-f", place)
        done = self.kubectl("create", "-R", "-f", place)
        self.assertEqual((done.stdout, done.returncode), ("configmap/deep created\n", 1))
        self.assertIn('configmaps "top" already exists', done.stderr)

    def test_kustomize(self):
        place = self.folder(kustomization="namePrefix: kus-\nresources: [a.yaml]\n",
                            a=config_map("tom"))
        self.prints("configmap/kus-tom created", "create", "-k", place)

    def test_dry_runs(self):
        for mode, told in (("client", "(dry run)"), ("server", "(server dry run)")):
            self.prints(f"clientdeployment.berth.dev/ghost created {told}", "create", "-f", "-",
                        f"--dry-run={mode}", stdin=documents(tenant("ghost")))
            self.assertFalse(self.exists("cd", "ghost"))

    def test_server_dry_run_answers_the_whole_object(self):
        text = self.ok("create", "-f", "-", "--dry-run=server", "-o", "json",
                       stdin=documents(tenant("preview")))
        metadata = json.loads(text)["metadata"]
        self.assertIn("uid", metadata)
        self.assertNotIn("resourceVersion", metadata)

    def test_server_dry_run_validates(self):
        self.fails("spec.containerPort", "create", "-f", "-", "--dry-run=server",
                   stdin=documents(tenant("ghost", containerPort=70000)))

    def test_save_config(self):
        self.ok("create", "-f", "-", "--save-config", stdin=documents(config_map("saved", a="b")))
        kept = self.stored("cm", "saved")["metadata"]["annotations"]
        self.assertEqual(json.loads(kept["kubectl.kubernetes.io/last-applied-configuration"])["data"],
                         {"a": "b"})

    def test_after_an_edit(self):
        place = self.folder(a=config_map("draft", a="first"))
        self.prints("configmap/draft created", "create", "--edit", "-f", place / "a.yaml",
                    KUBE_EDITOR="sed -i s/first/second/")
        self.assertEqual(self.stored("cm", "draft")["data"], {"a": "second"})

    def test_raw(self):
        place = self.folder(a=json.dumps(config_map("raw", a="b")))
        self.assertEqual(json.loads(self.ok(
            "create", "--raw", self.path("cm"), "-f", place / "a.yaml"))["data"], {"a": "b"})

    # ---- the typed ones, whose bodies are protobuf from 1.32 on

    def test_namespace(self):
        self.prints("namespace/create-extra created", "create", "namespace", "create-extra")
        self.assertEqual(self.call("GET", "/api/v1/namespaces/create-extra")["status"], {"phase": "Active"})

    def test_namespace_twice(self):
        self.refused(ALREADY + 'namespaces "default" already exists', "create", "namespace", "default")

    def test_config_map(self):
        place = self.folder(note="text\n")
        self.prints("configmap/typed created", "create", "configmap", "typed", "--from-literal=a=b",
                    f"--from-file=note={place / 'note.yaml'}")
        self.assertEqual(self.stored("cm", "typed")["data"], {"a": "b", "note": "text\n"})

    def test_config_map_with_bytes(self):
        place = self.folder(x="")
        (place / "x.yaml").write_bytes(b"\xff\x00")
        self.ok("create", "configmap", "bytes", f"--from-file=x={place / 'x.yaml'}")
        self.assertEqual(self.stored("cm", "bytes")["binaryData"], {"x": "/wA="})

    def test_config_map_with_a_bad_name(self):
        self.fails(r'"Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 '
                   r"subdomain must consist of", "create", "configmap", "Bad_Name")

    def test_secrets(self):
        self.prints("secret/plain created", "create", "secret", "generic", "plain", "--from-literal=a=b")
        secret = self.stored("secret", "plain")
        self.assertEqual((secret["type"], secret["data"]), ("Opaque", {"a": "Yg=="}))

    def test_secret_of_a_type(self):
        self.ok("create", "secret", "generic", "typed", "--type=example.com/own", "--from-literal=a=")
        secret = self.stored("secret", "typed")
        self.assertEqual((secret["type"], secret["data"]), ("example.com/own", {"a": ""}))

    def test_secret_for_a_registry(self):
        self.prints("secret/pull created", "create", "secret", "docker-registry", "pull",
                    "--docker-server=r.example", "--docker-username=u", "--docker-password=p")
        self.assertEqual(self.stored("secret", "pull")["type"], "kubernetes.io/dockerconfigjson")

    def test_typed_dry_run(self):
        self.prints("configmap/nothing created (server dry run)", "create", "configmap", "nothing",
                    "--dry-run=server")
        self.assertFalse(self.exists("cm", "nothing"))


class ValidationTest(Area):
    """Strict, Warn and Ignore, and the schema's own messages."""

    def create(self, document, *flags):
        return ["create", *flags, "-f", "-"], documents(document)

    def refuses(self, message, document):
        self.fails(message, "create", "-f", "-", stdin=documents(document))
        self.assertFalse(self.exists("cd", document["metadata"]["name"]))

    def test_strict_is_the_default(self):
        self.refuses(r'unknown field "(spec\.)?bogus"', tenant("bad", bogus=1))

    def test_strict_names_all_fields(self):
        self.refuses('error when creating "STDIN": .*strict decoding error: unknown field '
                     '"spec.bogus", unknown field "spec.storage.polcy"',
                     tenant("bad", bogus=1, storage={"polcy": 1}))

    def test_warn(self):
        done = self.kubectl("create", "--validate=warn", "-f", "-", stdin=documents(tenant("warned", bogus=1)))
        self.assertEqual((done.stderr, done.returncode), ('Warning: unknown field "spec.bogus"\n', 0))
        self.assertNotIn("bogus", self.stored("cd", "warned")["spec"])

    def test_ignore(self):
        done = self.kubectl("create", "--validate=ignore", "-f", "-", stdin=documents(tenant("ignored", bogus=1)))
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertNotIn("bogus", self.stored("cd", "ignored")["spec"])

    def test_validate_false(self):
        self.ok("create", "--validate=false", "-f", "-", stdin=documents(tenant("unchecked", bogus=1)))
        self.assertNotIn("bogus", self.stored("cd", "unchecked")["spec"])

    def test_missing(self):
        document = tenant("bad")
        document["spec"] = {"domain": "a.example.org"}
        self.refuses(r"spec.image: Required value" if not self.old else 'missing required field "image"',
                     document)

    def test_type(self):
        self.refuses(r'The ClientDeployment "bad" is invalid: spec.paused: Invalid value: "string": '
                     "spec.paused in body must be of type boolean" if not self.old else
                     r'ValidationError\(ClientDeployment.spec.paused\): invalid type',
                     tenant("bad", paused="yes"))

    def test_enum(self):
        self.refuses(r'The ClientDeployment "bad" is invalid: spec.state: Unsupported value: "Runing": '
                     'supported values: "Running", "Stopped"', tenant("bad", state="Runing"))

    def test_bounds(self):
        self.refuses(r'The ClientDeployment "bad" is invalid: spec.hostPort: Invalid value: 70000: '
                     "spec.hostPort in body should be less than or equal to 65535",
                     tenant("bad", hostPort=70000))

    def test_all_errors_at_once(self):
        self.refuses(r'The ClientDeployment "bad" is invalid: \n'
                     r'\* spec.hostPort: Invalid value: 0: .*greater than or equal to 1\n'
                     r'\* spec.state: Unsupported value: "Runing"',
                     tenant("bad", state="Runing", hostPort=0))

    def test_duplicate_key_of_a_list(self):
        self.refuses(r'spec.env\[1\]: Duplicate value: (map\[string\]interface \{\}\{"name":"A"\}|\{"name":"A"\})',
                     tenant("bad", env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]))

    def test_name(self):
        self.fails(r'metadata.name: Invalid value: "bad.name.-": a lowercase RFC 1123 subdomain must '
                   "consist of lower case alphanumeric characters, '-' or '.', and must start and end",
                   "create", "-f", "-", stdin=documents(tenant("bad.name.-")))

    def test_label_value(self):
        self.refuses(r'metadata.labels: Invalid value: "not good": a valid label must be an empty string '
                     "or consist of alphanumeric characters", tenant("bad", labels={"a": "not good"}))

    def test_label_key(self):
        self.refuses(r'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric '
                     "characters", tenant("bad", labels={"a b": "c"}))

    def test_immutable_field(self):
        self.tenant("constant", clientName="one")
        self.fails("clientName cannot change once it is set", "patch", "cd", "constant", "--type=merge",
                   "-p", '{"spec":{"clientName":"two"}}')

    def test_immutable_config_map(self):
        self.post(self.path("cm"), {**config_map("frozen", a="b"), "immutable": True})
        self.refused('The ConfigMap "frozen" is invalid: data: Forbidden: field is immutable when '
                     "`immutable` is set", "patch", "cm", "frozen", "-p", '{"data":{"a":"c"}}')

    def test_secret_that_is_not_base64(self):
        self.fails("illegal base64|not base64|Invalid value", "create", "-f", "-", stdin=documents(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bad"}, "data": {"a": "%"}}))

    def test_two_deployments_of_one_domain(self):
        self.tenant("first", domain="taken.example.org")
        self.refuses("taken.example.org", tenant("second", domain="taken.example.org"))
