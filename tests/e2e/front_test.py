#!/usr/bin/env python3
"""What browsers, old scripts and plain HTTP get, of a controller as it is installed."""
import base64
import gzip
import hashlib
import http.client
import json
import os
import socket
import ssl
import unittest

from harness import GROUP, Api, Controller, host
from stack import free_port

TOKEN_PROTOCOL = "base64url.bearer.authorization.k8s.io."


class WebSocket:
    """A client of the RFC's minimum: reads whole messages, answers pings."""

    def __init__(self, controller, api, target, token, origin=None):
        raw = socket.create_connection(("127.0.0.1", controller.port), timeout=20)
        self.socket = api.context.wrap_socket(raw, server_hostname="127.0.0.1")
        key = base64.b64encode(os.urandom(16)).decode()
        encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
        lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: Upgrade",
                 "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
                 f"Sec-WebSocket-Protocol: v1, {TOKEN_PROTOCOL}{encoded}"]
        if origin:
            lines.append(f"Origin: {origin}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = http.client.parse_headers(self.file)
        magic = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.accept = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()

    def read(self):
        """(code, payload) of the next frame that is no ping."""
        while True:
            first, second = self.file.read(2)
            length = second & 0x7F
            if length > 125:
                length = int.from_bytes(self.file.read(2 if length == 126 else 8), "big")
            payload = self.file.read(length)
            if first != 0x89:
                return first & 0x0F, payload
            self.socket.sendall(bytes([0x8A, 0x80 | length, 0, 0, 0, 0]) + payload)

    def close(self):
        self.file.close()
        self.socket.close()


class FrontTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plain_port = free_port()
        cls.controller = cls.enterClassContext(Controller([
            "--insecure-listen", f"127.0.0.1:{cls.plain_port}",
            "--allowed-origins", "https://console.example"]))
        cls.api = Api(cls.controller)

    def plain(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20)
        try:
            connection.request(method, target, body and json.dumps(body), {
                "Authorization": f"Bearer {self.api.token}", "Content-Type": "application/json",
                **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def web_socket(self, **options):
        made = WebSocket(self.controller, self.api, f"{GROUP}/hosts?watch=true", **options)
        self.addCleanup(made.close)
        return made

    def test_plain_http_is_the_same_api(self):
        self.assertEqual(self.plain("GET", "/api/v1/namespaces")[0], 200)
        self.assertEqual(self.plain("GET", "/api/v1/namespaces", headers={"Authorization": ""})[0], 401)

    def test_plain_http_is_not_for_a_rebound_name(self):
        self.assertEqual(self.plain("GET", "/version", headers={"Host": "evil.example"})[0], 403)

    def test_plain_http_is_for_this_machine_only(self):
        other = Controller(["--insecure-listen", "0.0.0.0:0"])
        other.start(wait=False)
        self.addCleanup(other.__exit__)
        self.assertEqual(other.process.child.wait(30), 64)
        self.assertIn("no loopback address", other.log.read_text())

    def test_old_scripts_go_on(self):
        status, _, text = self.plain("POST", "/api/hosts", {
            "hostname": "old-script", "connection": {"type": "Local"}})
        self.assertEqual(status, 201, text)
        self.assertEqual(self.api.call("GET", f"{GROUP}/hosts/old-script")[0], 200)
        self.assertEqual(self.plain("DELETE", "/api/hosts/old-script")[0] // 100, 2)

    def test_large_answers_are_compressed_for_who_asks(self):
        for number in range(3):
            data = {"metadata": {"name": f"large-{number}"}, "data": {"x": "y" * 50_000}}
            self.plain("POST", "/api/v1/namespaces/default/configmaps", data)
        target = "/api/v1/namespaces/default/configmaps"
        _, headers, text = self.plain("GET", target, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(headers["Content-Encoding"], "gzip")
        self.assertLess(len(text), 20_000)
        self.assertEqual(json.loads(gzip.decompress(text))["kind"], "ConfigMapList")

    def test_a_watch_is_a_web_socket_for_a_browser(self):
        watch = self.web_socket(token=self.api.token, origin="https://console.example")
        self.assertEqual(watch.status, 101)
        self.assertEqual(watch.headers["Sec-WebSocket-Accept"], watch.accept)
        self.assertEqual(watch.headers["Sec-WebSocket-Protocol"], "v1")
        self.plain("POST", f"{GROUP}/hosts", host("seen"))
        names = set()
        while "seen" not in names:
            code, payload = watch.read()
            self.assertEqual(code, 1)
            event = json.loads(payload)
            names.add(event["object"]["metadata"]["name"])
        self.assertEqual(event["type"], "ADDED")

    def test_a_foreign_page_gets_no_web_socket(self):
        self.assertEqual(self.web_socket(token=self.api.token, origin="https://evil.example").status, 403)
        self.assertEqual(self.web_socket(token="wrong").status, 401)

    def test_every_answer_restrains_browsers(self):
        for target in ("/version", "/api/v1/namespaces", "/nothing"):
            _, headers, _ = self.plain("GET", target)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", target)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"], target)
            self.assertNotIn("Access-Control-Allow-Origin", headers, target)

    def test_a_wrong_token_is_backed_off_and_others_are_not(self):
        statuses = [self.plain("GET", "/api/v1/namespaces", headers={
            "Authorization": f"Bearer wrong-{number}"})[0] for number in range(200)]
        self.assertEqual(set(statuses), {401, 429})
        self.assertEqual(self.plain("GET", "/api/v1/namespaces")[0], 200)


if __name__ == "__main__":
    unittest.main()
