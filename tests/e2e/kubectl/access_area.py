"""Who one is, what one may do, and what one is told when one may not."""
import json

from bed import Area, config_map, documents

READERS = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "reader"},
           "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]}
NOT_LOGGED_IN = "error: You must be logged in to the server (Unauthorized)"


class IdentityTest(Area):
    def test_whoami(self):
        info = json.loads(self.ok("auth", "whoami", "-o", "json"))["status"]["userInfo"]
        self.assertEqual((info["username"], info["groups"]), ("admin", ["system:masters", "system:authenticated"]))
        self.assertRegex(self.ok("auth", "whoami"), r"(?m)^Username +admin$")

    def test_a_wrong_token(self):
        self.refused(NOT_LOGGED_IN, "get", "cm", "--token=wrong", KUBECONFIG=self.anonymous())

    def test_no_token(self):
        self.assertNotEqual(self.kubectl("get", "cm", "--username=", "--password=", KUBECONFIG=self.anonymous(),
                                         stdin="\n\n").returncode, 0)

    def anonymous(self):
        """The path of a kubeconfig without a user."""
        config = json.loads(self.ok("config", "view", "--raw", "-o", "json"))
        config["users"] = []
        config["contexts"][0]["context"].pop("user", None)
        return str(self.folder(config=config) / "config.yaml")

    def test_service_account_and_its_token(self):
        self.prints("serviceaccount/robot created", "create", "serviceaccount", "robot")
        token = self.ok("create", "token", "robot").strip()
        self.fails(r'Error from server \(Forbidden\): configmaps is forbidden: User "system:serviceaccount:identity:robot" '
                   'cannot list resource "configmaps" in API group "" in the namespace "identity"',
                   "get", "cm", f"--token={token}", KUBECONFIG=self.anonymous())
        self.ok("create", "rolebinding", "robot", "--clusterrole=viewer", "--serviceaccount=identity:robot")
        self.prints("", "get", "cm", "-o", "name", f"--token={token}", KUBECONFIG=self.anonymous())
        info = json.loads(self.ok("auth", "whoami", "-o", "json", f"--token={token}", KUBECONFIG=self.anonymous()))
        self.assertEqual(info["status"]["userInfo"]["username"], "system:serviceaccount:identity:robot")

    def test_token_for_a_time(self):
        self.ok("create", "serviceaccount", "timed")
        text = self.ok("create", "token", "timed", "--duration=10m", "-o", "json")
        self.assertEqual(json.loads(text)["spec"]["expirationSeconds"], 600)

    def test_token_of_nobody(self):
        self.refused('error: failed to create token: serviceaccounts "nobody" not found', "create", "token", "nobody")

    def test_service_account_goes_with_its_tokens(self):
        self.ok("create", "serviceaccount", "brief")
        token = self.ok("create", "token", "brief").strip()
        self.ok("delete", "serviceaccount", "brief")
        self.refused(NOT_LOGGED_IN, "get", "cm", f"--token={token}", KUBECONFIG=self.anonymous())


class AccessTest(Area):
    @classmethod
    def prepare(cls):
        cls.config_map("settings")

    def can_i(self, expected, *words):
        done = self.kubectl("auth", "can-i", *words)
        self.assertEqual((done.stdout, done.returncode), (expected + "\n", 0 if expected == "yes" else 1), done.stderr)

    def test_the_admin_can(self):
        self.can_i("yes", "create", "clientdeployments.berth.dev")
        self.can_i("yes", "*", "*", "--all-namespaces")
        self.can_i("yes", "get", "/metrics")

    def test_a_stranger_cannot(self):
        self.can_i("no", "create", "cd", "--as=stranger")
        self.can_i("no", "get", "/metrics", "--as=stranger")

    def test_quietly(self):
        done = self.kubectl("auth", "can-i", "create", "cm", "--quiet", "--as=stranger")
        self.assertEqual((done.stdout, done.returncode), ("", 1))

    def test_a_kind_that_is_not_there(self):
        done = self.kubectl("auth", "can-i", "get", "things")
        self.assertEqual(done.stdout, "yes\n")
        self.assertRegex(done.stderr, "the server doesn't have a resource type 'things'")

    def test_subresources_and_names(self):
        self.ok("create", "role", "narrow", "--verb=get", "--resource=configmaps", "--resource-name=settings")
        self.ok("create", "rolebinding", "narrow", "--role=narrow", "--user=nora")
        self.can_i("yes", "get", "cm/settings", "--as=nora")
        self.can_i("no", "get", "cm/other", "--as=nora")
        self.can_i("no", "get", "cd", "--subresource=status", "--as=nora")

    def test_list_of_what_one_may(self):
        rows = self.table("auth", "can-i", "--list")
        self.assertEqual(rows[0], ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"])
        self.assertIn("*.*", [row[0] for row in rows])

    def test_list_of_a_stranger(self):
        text = self.ok("auth", "can-i", "--list", "--as=stranger")
        self.assertIn("selfsubjectaccessreviews.authorization.k8s.io", text)
        self.assertNotIn("configmaps", text)

    def test_the_words_of_a_refusal(self):
        self.refused('Error from server (Forbidden): clientdeployments.berth.dev is forbidden: User "stranger" cannot list '
                     'resource "clientdeployments" in API group "berth.dev" in the namespace "access"',
                     "get", "cd", "--as=stranger")

    def test_the_words_of_a_refusal_for_one(self):
        self.refused('Error from server (Forbidden): configmaps "settings" is forbidden: User "stranger" cannot get resource '
                     '"configmaps" in API group "" in the namespace "access"', "get", "cm", "settings", "--as=stranger")

    def test_the_words_of_a_refusal_for_the_whole(self):
        self.refused('Error from server (Forbidden): hosts.berth.dev is forbidden: User "stranger" cannot list resource '
                     '"hosts" in API group "berth.dev" at the cluster scope', "get", "hosts", "--as=stranger")

    def test_role_and_binding(self):
        self.prints("role.rbac.authorization.k8s.io/reader created", "create", "-f", "-", stdin=documents(READERS))
        self.prints("rolebinding.rbac.authorization.k8s.io/reader created", "create", "rolebinding", "reader",
                    "--role=reader", "--user=rita")
        self.prints("configmap/settings", "get", "cm", "settings", "-o", "name", "--as=rita")
        self.fails(r"\(Forbidden\)", "delete", "cm", "settings", "--as=rita")
        self.fails(r"\(Forbidden\)", "get", "cm", "-A", "--as=rita")
        self.prints('rolebinding.rbac.authorization.k8s.io "reader" deleted', "delete", "rolebinding", "reader")
        self.fails(r"\(Forbidden\)", "get", "cm", "settings", "--as=rita")

    def test_groups(self):
        self.ok("create", "rolebinding", "crew", "--clusterrole=viewer", "--group=crew")
        self.prints("configmap/settings", "get", "cm", "settings", "-o", "name", "--as=carl", "--as-group=crew")
        self.fails(r"\(Forbidden\)", "get", "cm", "settings", "--as=carl")

    def test_ready_made_roles(self):
        for role, may_write, may_read_secrets in (("viewer", "no", "no"), ("operator", "yes", None), ("admin", "yes", "yes")):
            self.ok("create", "rolebinding", role, f"--clusterrole={role}", f"--user={role}-user")
            who = f"--as={role}-user"
            self.can_i("yes", "list", "cd", who)
            self.can_i(may_write, "create", "cd", who)
            if may_read_secrets:
                self.can_i(may_read_secrets, "get", "secrets", who)

    def test_whole_cluster(self):
        self.prints("clusterrole.rbac.authorization.k8s.io/host-watcher created", "create", "clusterrole", "host-watcher",
                    "--verb=get,list,watch", "--resource=hosts.berth.dev")
        self.prints("clusterrolebinding.rbac.authorization.k8s.io/host-watcher created", "create", "clusterrolebinding",
                    "host-watcher", "--clusterrole=host-watcher", "--user=hugo")
        self.prints("", "get", "hosts", "-o", "name", "--as=hugo")

    def test_nobody_gives_what_he_lacks(self):
        self.ok("create", "role", "role-maker", "--verb=create,get", "--resource=roles.rbac.authorization.k8s.io")
        self.ok("create", "rolebinding", "role-maker", "--role=role-maker", "--user=max")
        self.fails('user "max" .*is attempting to grant RBAC permissions not currently held', "create", "role", "more",
                   "--verb=get", "--resource=secrets", "--as=max")

    def test_impersonation_is_a_right_too(self):
        self.ok("create", "clusterrole", "actor", "--verb=impersonate", "--resource=users", "--resource-name=rita")
        self.ok("create", "clusterrolebinding", "actor", "--clusterrole=actor", "--user=ines")
        self.can_i("yes", "impersonate", "users/rita", "--as=ines")
        self.can_i("no", "impersonate", "users/admin", "--as=ines")

    def test_tables(self):
        self.ok("create", "role", "tabled", "--verb=get", "--resource=configmaps")
        self.ok("create", "rolebinding", "tabled", "--role=tabled", "--user=x")
        self.assertEqual(self.table("get", "role", "tabled")[0], ["NAME", "CREATED AT"])
        self.assertEqual([row[:2] for row in self.table("get", "rolebinding", "tabled")],
                         [["NAME", "ROLE"], ["tabled", "Role/tabled"]])

    def test_describe(self):
        self.ok("create", "role", "described", "--verb=get,list", "--resource=configmaps")
        self.assertRegex(self.ok("describe", "role", "described"), r"configmaps +\[\] +\[\] +\[get list\]")

    def test_reconcile(self):
        role = {**READERS, "metadata": {"name": "reconciled", "namespace": self.ns}}
        text = self.ok("auth", "reconcile", "-f", "-", stdin=documents(role))
        self.assertIn("role.rbac.authorization.k8s.io/reconciled reconciled", text)
        role["rules"] = [{**role["rules"][0], "verbs": ["delete"]}]
        self.ok("auth", "reconcile", "-f", "-", stdin=documents(role))
        self.prints('["get","list","watch"] ["delete"]', "get", "role", "reconciled", "-o", "jsonpath={.rules[*].verbs}")

    def test_a_binding_s_role_stays(self):
        self.ok("create", "rolebinding", "fixed", "--clusterrole=viewer", "--user=x")
        self.fails("cannot change roleRef", "patch", "rolebinding", "fixed", "--type=merge", "-p",
                   '{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"}}')

    def test_writes_are_checked_too(self):
        self.fails(r'configmaps is forbidden: User "stranger" cannot create resource "configmaps" in API group "" in the '
                   'namespace "access"', "create", "-f", "-", "--validate=false", "--as=stranger",
                   stdin=documents(config_map("sneaked")))
        self.assertFalse(self.exists("cm", "sneaked"))
