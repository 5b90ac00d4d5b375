#!/usr/bin/env python3
"""Every way to come in, with a real kubectl: tokens of ServiceAccounts, Supabase and OIDC
issuers with rotating keys, client certificates; and that nothing secret gets into the log."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from harness import Controller, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).parent / "kubectl"))
from kubectls import newest  # noqa: E402

SECRET = "canary-legacy-secret-of-forty-characters"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*words, data=None):
    return subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True,
                          check=True, timeout=60).stdout


class EcKey:
    """ES256, by the openssl program."""

    def __init__(self, folder, kid):
        self.kid, self.path = kid, folder / f"{kid}.pem"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)
        point = openssl("ec", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
        self.jwk = {"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig",
                    "x": b64(point[:32]), "y": b64(point[32:])}

    def token(self, claims):
        text = ".".join(b64(json.dumps(part).encode())
                        for part in ({"alg": "ES256", "typ": "JWT", "kid": self.kid}, claims))
        der = openssl("dgst", "-sha256", "-sign", self.path, data=text.encode())
        size = der[3]
        r, s = der[4:4 + size], der[6 + size:]
        raw = b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (r, s))
        return f"{text}.{b64(raw)}"


def legacy_token(claims):
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
    return f"{text}.{b64(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())}"


class Issuer:
    """What Supabase Auth shows of itself: a key set."""

    def __init__(self):
        self.keys, self.fetches = [], 0
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.fetches += 1
                body = json.dumps({"keys": [key.jwk for key in issuer.keys]}).encode()
                self.send_response(200)
                self.send_header("Cache-Control", "public, max-age=600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/auth/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def claims(self, **changes):
        now = int(time.time())
        return {"iss": self.url, "aud": "authenticated", "sub": "5f2b", "role": "authenticated",
                "email": "jane@example.org", "is_anonymous": False, "iat": now, "exp": now + 600,
                "app_metadata": {"berth_groups": ["operators"]},
                "user_metadata": {"berth_groups": ["admins"]}, **changes}


def certificate(folder, name, subject, authority=None, extension="extendedKeyUsage=clientAuth"):
    """(certificate, key); self-signed without an authority, which is such a pair."""
    key, crt, csr, ext = (folder / f"{name}.{end}" for end in ("key", "crt", "csr", "ext"))
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    if authority is None:
        openssl("req", "-x509", "-new", "-key", key, "-subj", subject, "-days", "2", "-out", crt)
        return crt, key
    openssl("req", "-new", "-key", key, "-subj", subject, "-out", csr)
    ext.write_text(extension + "\n")
    openssl("x509", "-req", "-in", csr, "-CA", authority[0], "-CAkey", authority[1],
            "-CAcreateserial", "-days", "2", "-extfile", ext, "-out", crt)
    return crt, key


class SignInTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="berth-sign-in-"))
        cls.addClassCleanup(subprocess.run, ["rm", "-rf", cls.folder], check=False)
        cls.issuer = Issuer()
        cls.addClassCleanup(cls.issuer.server.shutdown)
        cls.key = EcKey(cls.folder, "first")
        cls.issuer.keys = [cls.key]
        (cls.folder / "secret").write_text(SECRET + "\n")
        cls.configuration = cls.folder / "authentication.yaml"
        cls.configure({"secretFile": str(cls.folder / "secret")})
        cls.authority = certificate(cls.folder, "other-ca", "/CN=other-ca")
        cls.server_files = [cls.folder / "server.crt", cls.folder / "server.key"]
        cls.renew_server_certificate()
        cls.controller = Controller([
            "--roles", "api", "--log-level", "debug",
            "--authentication-config", cls.configuration,
            "--client-ca-file", cls.authority[0],
            "--tls-cert-file", cls.server_files[0], "--tls-key-file", cls.server_files[1],
            "--tls-ca-file", cls.authority[0]])
        cls.addClassCleanup(cls.controller.__exit__)
        cls.controller.start()
        cls.program = newest()
        cls.canaries = [SECRET]

    @classmethod
    def configure(cls, issuer):
        cls.configuration.write_text(json.dumps({
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
            "jwt": [{"type": "Supabase", "issuer": {"url": cls.issuer.url, **issuer}}]}))

    @classmethod
    def renew_server_certificate(cls):
        made = certificate(cls.folder, "server-new", "/CN=berth", cls.authority,
                           "subjectAltName=IP:127.0.0.1,DNS:localhost")
        for source, target in zip(made, cls.server_files):
            os.replace(source, target)

    @classmethod
    def kubectl(cls, *words, **options):
        return cls.controller._run(cls.program, words, **options)

    def with_token(self, token, *words):
        """As somebody else: the kubeconfig's own user would be used beside --token."""
        self.canaries.append(token.rsplit(".", 1)[1])
        config = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        config["users"] = [{"name": "admin", "user": {"token": token}}]
        return self.with_config(config, *words)

    def with_config(self, config, *words):
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".json") as file:
            json.dump(config, file)
            file.flush()
            return self.kubectl("--kubeconfig", file.name, *words, check=False)

    def who_am_i(self, token):
        done = self.with_token(token, "auth", "whoami", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["status"]["userInfo"]

    def assert_unauthorized(self, token):
        done = self.with_token(token, "get", "namespaces")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "You must be logged in|Unauthorized")

    def test_service_account(self):
        self.kubectl("create", "serviceaccount", "ci")
        token = self.kubectl("create", "token", "ci", "--duration", "20m").stdout.strip()

        who = self.who_am_i(token)
        self.assertEqual(who["username"], "system:serviceaccount:default:ci")
        self.assertIn("system:serviceaccounts:default", who["groups"])
        self.assertRegex(self.with_token(token, "get", "hosts").stderr,
                         'User "system:serviceaccount:default:ci" cannot list resource "hosts"')

        self.assertRegex(self.kubectl("get", "at").stdout, r"ci-\w+ +ci ")
        self.kubectl("delete", "at", "--all")
        self.assert_unauthorized(token)

    def test_service_account_that_is_deleted(self):
        self.kubectl("create", "serviceaccount", "gone")
        token = self.kubectl("create", "token", "gone").stdout.strip()
        self.who_am_i(token)

        self.kubectl("delete", "serviceaccount", "gone")
        self.assert_unauthorized(token)

    def test_a_watch_ends_with_its_token(self):
        self.kubectl("create", "serviceaccount", "watcher")
        self.kubectl("create", "clusterrolebinding", "watcher", "--clusterrole=cluster-admin",
                     "--serviceaccount=default:watcher")
        token = self.kubectl("create", "token", "watcher").stdout.strip()
        ended = []
        follow = threading.Thread(target=lambda: ended.append(
            self.with_token(token, "get", "--raw", "/api/v1/namespaces?watch=true")))
        follow.start()
        wait_until("the token was used", lambda: self.kubectl(
            "get", "at", "-o", "jsonpath={.items[?(@.spec.serviceAccountName=='watcher')]"
            ".status.lastUsedTime}").stdout)

        self.kubectl("delete", "at", "--all")
        follow.join(60)
        self.assertFalse(follow.is_alive())

    def test_supabase(self):
        who = self.who_am_i(self.key.token(self.issuer.claims()))
        self.assertEqual(who["username"], "supabase:5f2b")
        self.assertEqual(sorted(who["groups"]), ["supabase:operators", "system:authenticated"])
        self.assertEqual(who["extra"], {"berth.dev/email": ["jane@example.org"]})

    def test_supabase_with_the_legacy_secret(self):
        self.assertEqual(self.who_am_i(legacy_token(self.issuer.claims()))["username"],
                         "supabase:5f2b")

    def test_tokens_that_are_refused(self):
        for changes in ({"is_anonymous": True}, {"aud": "anon"}, {"iss": "https://elsewhere"},
                        {"exp": int(time.time()) - 60}, {"role": "service_role"}):
            with self.subTest(changes):
                self.assert_unauthorized(self.key.token(self.issuer.claims(**changes)))
        stranger = EcKey(self.folder, "first")
        self.assert_unauthorized(stranger.token(self.issuer.claims()))

    def test_keys_rotate_without_a_refusal(self):
        following = EcKey(self.folder, "second")
        self.issuer.keys = [self.key, following]
        fetches = self.issuer.fetches
        for key in (following, self.key, following):
            self.who_am_i(key.token(self.issuer.claims()))
        self.assertLessEqual(self.issuer.fetches, fetches + 1)

    def test_client_certificates(self):
        own = self.controller.data / "pki"
        for authority in ((own / "ca.crt", own / "ca.key"), self.authority):
            crt, key = certificate(self.folder, "jane", "/O=ops/CN=jane", authority)
            done = self.with_certificate(crt, key)
            self.assertEqual(done.returncode, 0, done.stderr)
            who = json.loads(done.stdout)["status"]["userInfo"]
            self.assertEqual((who["username"], who["groups"]),
                             ("jane", ["ops", "system:authenticated"]))
        crt, key = certificate(self.folder, "server-as-client", "/CN=jane", self.authority,
                               "extendedKeyUsage=serverAuth")
        self.assertNotEqual(self.with_certificate(crt, key).returncode, 0)
        stranger = certificate(self.folder, "stranger-ca", "/CN=other-ca")
        crt, key = certificate(self.folder, "stranger", "/CN=jane", stranger)
        self.assertNotEqual(self.with_certificate(crt, key).returncode, 0)

    def with_certificate(self, crt, key):
        config = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        config["users"] = [{"name": "admin", "user": {"client-certificate": str(crt),
                                                      "client-key": str(key)}}]
        return self.with_config(config, "auth", "whoami", "-o", "json")

    def served(self):
        """The serial number of the certificate that a new connection gets."""
        context = ssl.create_default_context(cafile=self.authority[0])
        with socket.create_connection(("127.0.0.1", self.controller.port), 10) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                return tls.getpeercert()["serialNumber"]

    def test_a_renewed_certificate_is_taken_without_a_signal(self):
        before = self.served()
        self.renew_server_certificate()
        wait_until("the new certificate", lambda: self.served() != before)

    def test_zz_the_configuration_is_read_again_and_a_bad_one_is_not(self):
        token = legacy_token(self.issuer.claims())
        self.who_am_i(token)
        self.configuration.write_text("jwt: nonsense\n")
        os.kill(self.controller.process.pid, signal.SIGHUP)
        wait_until("the complaint", lambda: "what was before stays" in self.controller.log.read_text())
        self.who_am_i(token)

        self.configure({})
        os.kill(self.controller.process.pid, signal.SIGHUP)
        wait_until("the secret is no more", lambda: self.with_token(
            token, "auth", "whoami").returncode != 0)

    def test_zzz_nothing_secret_is_in_the_log(self):
        log = self.controller.log.read_text()
        admin = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        self.canaries.append(admin["users"][0]["user"]["token"])
        self.assertGreater(len(self.canaries), 3)
        for canary in self.canaries:
            self.assertNotIn(canary, log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
