#!/usr/bin/env python3
"""Roles, bindings, reviews and impersonation, by the real kubectl (KUBECTL names another).

Users come with client certificates from the controller's own authority.
"""
import base64
import os
import subprocess
import unittest

from harness import Api, Controller, documents, deployment, host, kubectl_minor, wait_until, yaml


class AccessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.controller = Controller(["--roles", "api,reconcilers"])
        cls.controller.start()
        cls.addClassCleanup(cls.controller.__exit__)
        cls.program = os.environ.get("KUBECTL", "kubectl")
        cls.minor = kubectl_minor(cls.program)
        cls.unchecked = ["--validate=false"] if cls.minor < 29 else []
        cls.admin("apply", *cls.unchecked, "-f", "-",
                  input=documents(host(), deployment("alpha")))
        cls.admin("create", "secret", "generic", "hidden", "--from-literal=a=canary")
        cls.admin("create", "clusterrolebinding", "vera", "--clusterrole=viewer", "--user=vera")
        cls.admin("create", "rolebinding", "otto", "--clusterrole=operator", "--group=operators")
        cls.admin("create", "rolebinding", "ada", "--clusterrole=admin", "--user=ada")
        cls.vera = cls.kubeconfig("vera")
        cls.otto = cls.kubeconfig("otto", "operators")
        cls.ada = cls.kubeconfig("ada")
        cls.nobody = cls.kubeconfig("nobody")

    @classmethod
    def admin(cls, *words, **options):
        return cls.controller._run(cls.program, words, **options)

    @classmethod
    def kubeconfig(cls, user, *groups):
        """A kubeconfig with a certificate of its own."""
        base = cls.controller.data / "users"
        base.mkdir(exist_ok=True)
        pki = cls.controller.data / "pki"
        key, request, pem = (base / f"{user}.{end}" for end in ("key", "csr", "crt"))
        subject = "".join(f"/O={group}" for group in groups) + f"/CN={user}"
        run = {"check": True, "capture_output": True, "timeout": 30}
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
                        "-subj", subject], **run)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", pki / "ca.crt",
                        "-CAkey", pki / "ca.key", "-set_serial", "7", "-days", "1",
                        "-out", pem], **run)
        config = yaml.safe_load(cls.controller.kubeconfig.read_text())
        config["users"][0]["user"] = {
            "client-certificate-data": base64.b64encode(pem.read_bytes()).decode(),
            "client-key-data": base64.b64encode(key.read_bytes()).decode()}
        path = base / f"{user}.yaml"
        path.write_text(yaml.safe_dump(config))
        return path

    def by(self, config, *words, **options):
        return self.admin(*words, "--kubeconfig", config, **options)

    def forbidden(self, config, *words, **options):
        done = self.by(config, *words, check=False, **options)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("forbidden", done.stderr.lower())
        return done.stderr

    # ---- the ready-made roles

    def test_a_viewer_sees_everything_but_secrets(self):
        self.assertIn("alpha", self.by(self.vera, "get", "cd", "-A").stdout)
        self.assertIn("local", self.by(self.vera, "get", "hosts").stdout)
        self.assertIn("default", self.by(self.vera, "get", "namespaces").stdout)
        self.assertEqual(
            self.forbidden(self.vera, "get", "secrets"),
            'Error from server (Forbidden): secrets is forbidden: User "vera" cannot list '
            'resource "secrets" in API group "" in the namespace "default"\n')
        self.assertIn('cannot delete resource "clientdeployments" in API group "berth.dev"',
                      self.forbidden(self.vera, "delete", "cd", "alpha"))
        self.forbidden(self.vera, "get", "roles")

    def test_an_operator_works_in_the_namespace_of_the_binding(self):
        self.by(self.otto, "label", "cd", "alpha", "tier=gold", "--overwrite")
        self.by(self.otto, "create", "secret", "generic", "fresh", "--from-literal=a=b")
        self.forbidden(self.otto, "get", "secret", "fresh")
        self.forbidden(self.otto, "patch", "secret", "hidden", "-p", "{}")
        self.forbidden(self.otto, "get", "cd", "-A")
        self.forbidden(self.otto, "get", "hosts")
        self.assertIn("default", self.by(self.otto, "get", "namespace", "default").stdout)
        self.forbidden(self.otto, "create", "rolebinding", "more", "--clusterrole=operator",
                       "--user=otto")

    def test_an_admin_gives_in_the_namespace_what_he_has(self):
        self.by(self.ada, "create", "rolebinding", "more", "--clusterrole=viewer", "--user=ben")
        self.by(self.ada, "create", "role", "readers", "--verb=get", "--resource=secrets")
        refused = self.forbidden(self.ada, "create", "rolebinding", "root",
                                 "--clusterrole=cluster-admin", "--user=ada")
        self.assertIn("is attempting to grant RBAC permissions not currently held:", refused)
        self.assertIn('{APIGroups:["*"], Resources:["*"], Verbs:["*"]}', refused)
        self.forbidden(self.ada, "create", "role", "forgers", "--verb=create",
                       "--resource=subjectaccessreviews.authorization.k8s.io")
        self.forbidden(self.ada, "create", "clusterrole", "all", "--verb=get", "--resource=hosts")

    def test_nobody_gets_nothing_but_what_there_is(self):
        self.assertIn("clientdeployments", self.by(self.nobody, "api-resources").stdout)
        self.assertIn("Server Version", self.by(self.nobody, "version").stdout)
        self.forbidden(self.nobody, "get", "cd")
        self.assertIn('User "nobody" cannot get path "/metrics"',
                      self.forbidden(self.nobody, "get", "--raw", "/metrics"))

    def test_without_credentials_there_is_the_version_only(self):
        api = Api(self.controller)
        api.token = "wrong"
        self.assertEqual(api.call("GET", "/version")[0], 401)
        self.assertEqual(api.call("GET", "/version", headers={"Authorization": ""})[0], 200)
        self.assertEqual(api.call("GET", "/apis", headers={"Authorization": ""})[0], 401)

    # ---- questions

    def may(self, config, *words):
        done = self.by(config, "auth", "can-i", *words, check=False)
        self.assertIn(done.stdout.strip(), ("yes", "no"), done.stderr)
        self.assertEqual(done.returncode, 0 if done.stdout == "yes\n" else 1)
        return done.stdout == "yes\n"

    def test_can_i(self):
        self.assertTrue(self.may(self.vera, "list", "clientdeployments"))
        self.assertTrue(self.may(self.vera, "get", "cd/alpha"))
        self.assertTrue(self.may(self.vera, "get", "cd", "--subresource=log"))
        self.assertTrue(self.may(self.vera, "get", "/version"))
        self.assertFalse(self.may(self.vera, "get", "/metrics"))
        self.assertFalse(self.may(self.vera, "get", "secrets"))
        self.assertFalse(self.may(self.vera, "*", "*"))
        self.assertFalse(self.may(self.otto, "list", "cd", "-A"))
        self.assertTrue(self.may(self.otto, "delete", "cd"))
        self.assertTrue(self.may(self.controller.kubeconfig, "*", "*", "--all-namespaces"))

    def test_can_i_list(self):
        rules = self.by(self.vera, "auth", "can-i", "--list").stdout
        self.assertRegex(rules, r"clientdeployments\.berth\.dev +\[\] +\[\] +\[get list watch\]")
        self.assertRegex(rules, r"selfsubjectaccessreviews\.authorization\.k8s\.io .*\[create\]")
        self.assertNotIn("secrets", rules)

    def test_can_i_as_somebody_else(self):
        self.assertTrue(self.may(self.controller.kubeconfig, "get", "cd", "--as=vera"))
        self.assertFalse(self.may(self.controller.kubeconfig, "get", "secrets", "--as=vera"))

    def test_who_am_i(self):
        if self.minor < 28:
            self.skipTest("kubectl has no auth whoami before 1.28")
        told = self.by(self.otto, "auth", "whoami").stdout
        self.assertRegex(told, r"Username +otto")
        self.assertRegex(told, r"Groups +\[operators system:authenticated\]")
        told = self.admin("auth", "whoami", "--as=ann", "--as-group=team", "-o", "yaml").stdout
        self.assertEqual(yaml.safe_load(told)["status"]["userInfo"],
                         {"username": "ann", "groups": ["team", "system:authenticated"]})

    def test_impersonation(self):
        self.admin("get", "cd", "--as=otto", "--as-group=operators")
        refused = self.admin("get", "cd", "--as=otto", check=False).stderr
        self.assertIn('User "otto" cannot list resource "clientdeployments"', refused)
        self.assertIn('User "vera" cannot impersonate resource "users" in API group "" at the '
                      'cluster scope', self.forbidden(self.vera, "get", "cd", "--as=ada"))
        self.admin("get", "cd", "--as=system:serviceaccount:default:none", check=False)

    # ---- roles and bindings as objects

    def test_reconcile(self):
        manifest = documents(
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
             "metadata": {"name": "rec", "namespace": "default"},
             "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]},
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
             "metadata": {"name": "rec", "namespace": "default"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "rec"},
             "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User",
                           "name": "rex"}]})
        path = self.controller.data / "rbac.yaml"
        path.write_text(manifest)
        self.admin("auth", "reconcile", "-f", path)
        wait_until("rex may", lambda: self.may(
            self.controller.kubeconfig, "get", "configmaps", "--as=rex"))
        path.write_text(manifest.replace("- get", "- get\n  - list"))
        self.admin("auth", "reconcile", "-f", path)
        wait_until("rex may list", lambda: self.may(
            self.controller.kubeconfig, "list", "configmaps", "--as=rex"))

    def test_tables(self):
        self.assertRegex(self.admin("get", "rolebinding", "otto", "-o", "wide").stdout,
                         r"NAME +ROLE +AGE +USERS +GROUPS +SERVICEACCOUNTS\n"
                         r"otto +ClusterRole/operator +\d+s +operators")
        self.assertRegex(self.admin("get", "clusterrole", "viewer").stdout,
                         r"NAME +CREATED AT\nviewer +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

    def test_describe(self):
        self.assertRegex(self.admin("describe", "clusterrole", "system:basic-user").stdout,
                         r"selfsubjectreviews\.authentication\.k8s\.io .*\[create\]")
        self.assertRegex(self.admin("describe", "rolebinding", "otto").stdout,
                         r"Group +operators")

    def test_apply_a_role(self):
        role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                "metadata": {"name": "applied"},
                "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}
        for verbs, told in ((["get"], "created"), (["get"], "unchanged"),
                            (["get", "list"], "configured")):
            role["rules"][0]["verbs"] = verbs
            self.assertIn(told, self.admin("apply", *self.unchecked, "-f", "-",
                                           input=documents(role)).stdout)

    def test_a_watch_ends_with_the_right(self):
        self.admin("create", "rolebinding", "wendy", "--clusterrole=viewer", "--user=wendy")
        wendy = self.kubeconfig("wendy")
        wait_until("wendy may", lambda: self.may(wendy, "watch", "configmaps"))
        with subprocess.Popen(
                [self.program, "--kubeconfig", str(wendy), "get", "--raw",
                 "/api/v1/namespaces/default/configmaps?watch=true"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as watch:
            try:
                self.admin("create", "configmap", "before")
                self.assertIn("before", watch.stdout.readline())
                self.admin("delete", "rolebinding", "wendy")
                self.assertEqual(watch.wait(5), 0)
                self.admin("create", "configmap", "after")
                self.assertNotIn("after", watch.stdout.read())
            finally:
                watch.kill()


if __name__ == "__main__":
    unittest.main(verbosity=2)
