#!/usr/bin/env python3
"""berth over real TLS connections: trust, credentials, streams, and servers that misbehave."""
import base64
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

BERTH = pathlib.Path(os.environ["BERTH_BIN"]) / "berth"
HOSTS = "/apis/berth.dev/v1alpha1/hosts"
NAMES = ["one", "two", "three"]


def discovery(group, version, resources):
    return {"kind": "APIGroupDiscoveryList", "items": [
        {"metadata": {"name": group}, "versions": [{"version": version, "resources": resources}]}]}


HOST_RESOURCE = {
    "resource": "hosts", "singularResource": "host", "scope": "Cluster",
    "responseKind": {"kind": "Host"}, "verbs": ["get", "list", "watch"]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, document, status=200, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def watch(self):
        """One line at a time; the next only after the test has seen the one before."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for name in NAMES:
            event = {"type": "ADDED", "object": {
                "apiVersion": "berth.dev/v1alpha1", "kind": "Host", "metadata": {"name": name}}}
            line = json.dumps(event).encode() + b"\n"
            half = len(line) // 2
            for piece in (line[:half], line[half:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            if not self.server.seen.acquire(timeout=10):
                self.close_connection = True
                return
        self.wfile.write(b"0\r\n\r\n")

    def do_GET(self):
        self.server.credentials.append(self.headers.get("Authorization"))
        if self.path == "/api":
            self.answer(discovery("", "v1", []))
        elif self.path == "/apis":
            self.answer(discovery("berth.dev", "v1alpha1", [HOST_RESOURCE]))
        elif "watch=true" in self.path:
            self.watch()
        elif self.path.startswith(HOSTS):
            self.answer({"kind": "HostList", "metadata": {"resourceVersion": "5"}, "items": []})
        elif self.path == "/warned":
            self.answer({}, headers=[("Warning", '299 - "be \\"careful\\""')])
        elif self.path == "/forbidden":
            self.answer({"kind": "Status", "reason": "Forbidden", "message": "no"}, 403)
        elif self.path == "/never":
            self.server.asked.set()
            self.server.ended.wait(20)
            self.close_connection = True
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
            self.close_connection = True
        elif self.path == "/garbage":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            self.close_connection = True
        else:
            self.answer({"kind": "Status", "reason": "NotFound", "message": "nothing here"}, 404)


class TransportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-keyout", cls.folder / "key.pem", "-out", cls.folder / "cert.pem",
             "-subj", "/CN=berth", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True, capture_output=True)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        cls.server.credentials = []
        cls.server.seen = threading.Semaphore(0)
        cls.server.asked = threading.Event()
        cls.server.ended = threading.Event()
        cls.server.handle_error = lambda *_: None  # clients that hang up are part of the test
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.folder / "cert.pem", cls.folder / "key.pem")
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(cls.server.shutdown)
        cls.addClassCleanup(cls.server.ended.set)
        cls.address = f"https://127.0.0.1:{cls.server.server_port}"

    def config(self, **cluster):
        path = self.folder / f"{self.id()}.kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": self.address, **cluster}}],
            "users": [{"name": "u", "user": {"token": "hunter2"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
        return path

    def trusting(self):
        pem = (self.folder / "cert.pem").read_bytes()
        return self.config(**{"certificate-authority-data": base64.b64encode(pem).decode()})

    def run_berth(self, *words, config=None):
        return subprocess.run(
            [BERTH, "--kubeconfig", config or self.trusting(), *words],
            capture_output=True, text=True, timeout=30, check=False)

    def test_trusts_the_authority_of_the_kubeconfig(self):
        done = self.run_berth("get", "hosts")
        self.assertEqual((done.returncode, done.stderr), (0, "No resources found\n"))
        self.assertEqual(set(self.server.credentials), {"Bearer hunter2"})

    def test_does_not_trust_a_certificate_of_somebody_else(self):
        self.server.credentials.clear()
        done = self.run_berth("get", "hosts", config=self.config())
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("no trust", done.stderr)
        self.assertEqual(self.server.credentials, [])

    def test_does_not_trust_a_certificate_for_another_address(self):
        config = self.trusting()
        config.write_text(config.read_text().replace("127.0.0.1", "localhost"))
        self.assertEqual(self.run_berth("get", "hosts", config=config).returncode, 69)

    def test_may_be_told_not_to_check(self):
        done = self.run_berth("--insecure-skip-tls-verify", "get", "hosts", config=self.config())
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_shows_each_event_when_it_comes(self):
        with subprocess.Popen(
                [BERTH, "--kubeconfig", self.trusting(), "get", "hosts", "-w", "-o", "name"],
                stdout=subprocess.PIPE, text=True) as watch:
            for name in NAMES:
                self.assertEqual(watch.stdout.readline(), f"host.berth.dev/{name}\n")
                self.server.seen.release()
            self.assertEqual(watch.wait(10), 0)

    def test_an_interrupt_is_exit_130(self):
        self.server.asked.clear()
        with subprocess.Popen([BERTH, "--kubeconfig", self.trusting(), "get", "--raw", "/never"]) as call:
            self.assertTrue(self.server.asked.wait(10))
            call.send_signal(signal.SIGINT)
            self.assertEqual(call.wait(10), 130)

    def test_prints_warnings(self):
        self.assertEqual(self.run_berth("get", "--raw", "/warned").stderr, 'Warning: be "careful"\n')

    def test_answers_that_are_no_success(self):
        for path, code in (("/forbidden", 77), ("/absent", 3), ("/cut", 69), ("/garbage", 69)):
            with self.subTest(path=path):
                done = self.run_berth("get", "--raw", path)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertTrue(done.stderr.startswith("error: "), done.stderr)

    def test_a_server_that_never_answers_is_exit_75(self):
        began = time.monotonic()
        done = self.run_berth("--request-timeout=1s", "get", "--raw", "/never")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertLess(time.monotonic() - began, 10)

    def test_nobody_listens(self):
        done = self.run_berth("-s", "https://127.0.0.1:1", "get", "hosts")
        self.assertEqual(done.returncode, 69)
        self.assertIn("hint: is berth-controller running", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
