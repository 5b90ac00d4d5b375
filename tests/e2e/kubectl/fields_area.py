"""Server-side apply: who owns which field, and what happens when two want the same one."""
from bed import Area, config_map, documents, tenant

NAME = "clientdeployment.berth.dev/"


class FieldsTest(Area):
    def apply(self, document, *flags, manager="kubectl"):
        return self.kubectl("apply", "--server-side", f"--field-manager={manager}", *flags, "-f", "-",
                            stdin=documents(document))

    def applied(self, document, *flags, **options):
        done = self.apply(document, *flags, **options)
        self.assertEqual((done.stderr, done.returncode), ("", 0), done.stdout)
        return done.stdout

    def owners(self, kind, name):
        """(manager, operation, subresource) and what they own."""
        entries = self.stored(kind, name)["metadata"]["managedFields"]
        return {(e["manager"], e["operation"], e.get("subresource", "")): e["fieldsV1"] for e in entries}

    def test_creates(self):
        self.assertEqual(self.applied(tenant("made")), NAME + "made serverside-applied\n")
        entry, = self.stored("cd", "made")["metadata"]["managedFields"]
        self.assertEqual({k: entry[k] for k in ("manager", "operation", "apiVersion", "fieldsType", "fieldsV1")},
                         {"manager": "kubectl", "operation": "Apply", "apiVersion": "berth.dev/v1alpha1",
                          "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:image": {}}}})

    def test_the_same_again_changes_nothing(self):
        self.applied(tenant("same"))
        before = self.stored("cd", "same")
        self.assertEqual(self.applied(tenant("same")), NAME + "same serverside-applied\n")
        self.assertEqual(self.stored("cd", "same"), before)

    def test_nothing_is_annotated(self):
        self.applied(tenant("bare"))
        self.assertNotIn("annotations", self.stored("cd", "bare")["metadata"])

    def test_a_conflict_names_the_other_and_the_field(self):
        self.applied(tenant("fought", displayName="One"), manager="first")
        done = self.apply(tenant("fought", displayName="Two"), manager="second")
        self.assertEqual(done.returncode, 1)
        self.assertIn('error: Apply failed with 1 conflict: conflict with "first": .spec.displayName\n', done.stderr)
        self.assertIn("--force-conflicts", done.stderr)
        self.assertEqual(self.stored("cd", "fought")["spec"]["displayName"], "One")

    def test_all_conflicts_at_once(self):
        self.applied(tenant("many", displayName="One", domain="many1.example.org"), manager="first")
        done = self.apply(tenant("many", displayName="Two", domain="many2.example.org"), manager="second")
        self.assertIn('Apply failed with 2 conflicts: conflicts with "first":\n- .spec.displayName\n- .spec.domain\n',
                      done.stderr)

    def test_conflict_with_an_ordinary_write(self):
        self.applied(tenant("patched", displayName="One"))
        self.ok("patch", "cd", "patched", "--type=merge", "-p", '{"spec":{"displayName":"Mine"}}',
                *([] if self.old else ["--field-manager=hand"]))
        done = self.apply(tenant("patched", displayName="One"))
        manager = "kubectl-patch" if self.old else "hand"
        self.assertRegex(done.stderr, f'conflict with "{manager}"( using berth.dev/v1alpha1)?: .spec.displayName')

    def test_force(self):
        self.applied(tenant("forced", displayName="One"), manager="first")
        self.applied(tenant("forced", displayName="Two"), "--force-conflicts", manager="second")
        self.assertEqual(self.stored("cd", "forced")["spec"]["displayName"], "Two")
        owners = self.owners("cd", "forced")
        self.assertNotIn("f:displayName", owners["first", "Apply", ""]["f:spec"])
        self.assertIn("f:displayName", owners["second", "Apply", ""]["f:spec"])

    def test_the_same_value_is_shared(self):
        self.applied(tenant("shared", displayName="One"), manager="first")
        self.applied(tenant("shared", displayName="One"), manager="second")
        owners = self.owners("cd", "shared")
        self.assertEqual(owners["first", "Apply", ""], owners["second", "Apply", ""])
        self.applied(tenant("shared"), manager="second")  # the first one still wants it
        self.assertEqual(self.stored("cd", "shared")["spec"]["displayName"], "One")

    def test_what_leaves_the_manifest_leaves_the_object(self):
        self.applied(tenant("leaver", displayName="One"))
        self.applied(tenant("leaver"))
        self.assertNotIn("displayName", self.stored("cd", "leaver")["spec"])

    def test_a_default_comes_back(self):
        self.applied(tenant("default", containerPort=9090))
        self.applied(tenant("default"))
        self.assertEqual(self.stored("cd", "default")["spec"]["containerPort"], 8080)

    def test_two_managers_of_one_keyed_list(self):
        self.applied(tenant("listed", env=[{"name": "A", "value": "1"}]), manager="first")
        self.applied(tenant("listed", env=[{"name": "B", "value": "2"}]), manager="second")
        self.assertEqual({e["name"]: e["value"] for e in self.stored("cd", "listed")["spec"]["env"]},
                         {"A": "1", "B": "2"})
        self.assertEqual(self.owners("cd", "listed")["second", "Apply", ""]["f:spec"]["f:env"],
                         {'k:{"name":"B"}': {".": {}, "f:name": {}, "f:value": {}}})
        self.applied(tenant("listed"), manager="second")
        self.assertEqual(self.stored("cd", "listed")["spec"]["env"], [{"name": "A", "value": "1"}])

    def test_two_managers_of_one_map(self):
        self.applied(config_map("mapped", a="1"), manager="first")
        self.applied(config_map("mapped", b="2"), manager="second")
        self.applied(config_map("mapped"), manager="first")
        self.assertEqual(self.stored("cm", "mapped")["data"], {"b": "2"})

    def test_from_the_client_s_apply(self):
        self.ok("apply", "-f", "-", stdin=documents(tenant("moved", displayName="One")))
        self.applied(tenant("moved", displayName="Two"))
        owners = self.owners("cd", "moved")
        self.assertIn("f:displayName", owners["kubectl", "Apply", ""]["f:spec"])
        self.assertNotIn(("kubectl-client-side-apply", "Update", ""), owners)
        self.applied(tenant("moved"))  # so that it can also be taken away
        self.assertNotIn("displayName", self.stored("cd", "moved")["spec"])

    def test_back_to_the_client_s_apply(self):
        self.ok("apply", "-f", "-", stdin=documents(config_map("back", a="1")))
        self.applied(config_map("back", a="2"))
        done = self.kubectl("apply", "-f", "-", stdin=documents(config_map("back", b="1")))
        self.assertEqual((done.stdout, done.returncode), ("configmap/back configured\n", 0))
        self.assertEqual(self.stored("cm", "back")["data"], {"b": "1"})

    def test_ordinary_writes_are_recorded(self):
        self.tenant("written")
        self.ok("label", "cd", "written", "a=b")
        owners = self.owners("cd", "written")
        self.assertEqual(owners["kubectl-label", "Update", ""],
                         {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}})

    def test_status_has_an_owner_of_its_own(self):
        self.tenant("stated")
        self.ok("patch", "cd", "stated", "--subresource=status", "--type=merge", "--field-manager=boss",
                "-p", '{"status":{"observedGeneration":1}}')
        self.assertEqual(self.owners("cd", "stated")["boss", "Update", "status"],
                         {"f:status": {".": {}, "f:observedGeneration": {}}})

    def test_dry_run(self):
        self.assertEqual(self.applied(tenant("ghost"), "--dry-run=server"),
                         NAME + "ghost serverside-applied (server dry run)\n")
        self.assertFalse(self.exists("cd", "ghost"))

    def test_unknown_field(self):
        done = self.apply(tenant("wrong", bogus=1))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"spec\.bogus|unknown field \"bogus\"")
        self.assertFalse(self.exists("cd", "wrong"))

    def test_unknown_field_without_a_check(self):
        done = self.apply(tenant("wrong", bogus=1), "--validate=false")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\.spec\.bogus: field not declared in schema")

    def test_managed_fields_in_the_manifest(self):
        document = tenant("copied")
        document["metadata"]["managedFields"] = [{"manager": "x", "operation": "Apply"}]
        done = self.apply(document, "--validate=false")
        self.assertEqual(done.returncode, 1)
        self.assertIn("metadata.managedFields must be nil", done.stderr)

    def test_output(self):
        self.assertEqual(self.applied(config_map("shown", a="1"), "-o", "jsonpath={.data.a}"), "1")

    def test_invalid(self):
        done = self.apply(tenant("wrong", hostPort=0))
        self.assertIn("spec.hostPort: Invalid value: 0", done.stderr)

    def test_clearing_the_record(self):
        self.applied(config_map("cleared", a="1"))
        self.ok("patch", "cm", "cleared", "--type=json", "-p", '[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]')
        self.assertNotIn("managedFields", self.stored("cm", "cleared")["metadata"])
