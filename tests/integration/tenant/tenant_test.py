#!/usr/bin/env python3
"""The stand-in tenant, as a process: what it serves, keeps and detects."""
import base64
import hashlib
import json
import os
import pathlib
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

BINARY = sys.argv.pop(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Tenant:
    def __init__(self, data, **env):
        self.port = free_port()
        self.child = subprocess.Popen([BINARY], stdout=subprocess.DEVNULL, env={
            "DATA_DIR": str(data), "PORT": str(self.port), **{k: str(v) for k, v in env.items()}})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()

    def call(self, path, method="GET", body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def wait(self, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return self.call("/health")
            except (urllib.error.URLError, OSError):
                pause()
        raise TimeoutError("the tenant does not listen")

    def stop(self):
        self.child.terminate()
        return self.child.wait(20)


def pause():
    time.sleep(0.02)


def frame(opcode, payload):
    mask = os.urandom(4)
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 65536:
        head = bytes([0x80 | opcode, 0x80 | 126]) + struct.pack(">H", size)
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + struct.pack(">Q", size)
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


class TenantTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name) / "data"

    def test_answers_as_open_webui_does(self):
        with Tenant(self.data, WEBUI_NAME="Acme") as tenant:
            self.assertEqual(tenant.wait(), (200, {"status": True}))
            self.assertEqual(tenant.call("/health/db"), (200, {"status": True}))
            self.assertEqual(tenant.call("/api/version"), (200, {"version": "0.6.31"}))
            self.assertEqual(tenant.call("/api/config")[1]["name"], "Acme (Open WebUI)")
            self.assertEqual(tenant.call("/nowhere")[0], 404)

    def test_keeps_rows_over_a_restart_in_the_real_tables(self):
        with Tenant(self.data) as tenant:
            tenant.wait()
            ids = tenant.call("/_test/rows?n=3&size=100", "POST", b"")[1]["ids"]
            tenant.call("/api/v1/chats/new", "POST", b'{"title":"x"}')
            self.assertEqual(tenant.call(f"/_test/rows?id={ids[0]}&title=new", "PUT")[0], 200)
            self.assertEqual(tenant.call(f"/_test/rows?id={ids[1]}", "DELETE")[0], 200)
            self.assertEqual(tenant.stop(), 0)
        with Tenant(self.data) as tenant:
            tenant.wait()
            self.assertEqual(tenant.call("/_test/rows")[1], {"count": 3})
            tenant.stop()

        database = sqlite3.connect(self.data / "webui.db")
        self.addCleanup(database.close)
        one = lambda sql: database.execute(sql).fetchone()[0]
        self.assertEqual(one("SELECT count(*) FROM sqlite_master WHERE type = 'table'"), 25)
        self.assertEqual(one("SELECT version_num FROM alembic_version"), "38d63c18f30f")
        self.assertEqual(one("SELECT count(*) FROM migratehistory"), 18)
        self.assertEqual(one("SELECT count(*) FROM pragma_table_info('chat') WHERE pk > 0"), 0)
        self.assertEqual(one("SELECT count(*) FROM pragma_table_info('tag') WHERE pk > 0"), 2)
        self.assertEqual(one("SELECT typeof(created_at) FROM chat"), "integer")
        self.assertEqual(one(f"SELECT title FROM chat WHERE id = '{ids[0]}'"), "new")
        self.assertEqual(one("PRAGMA journal_mode"), "delete")

    def test_keeps_what_it_acknowledged_when_it_is_killed(self):
        with Tenant(self.data, DATABASE_ENABLE_SQLITE_WAL="true") as tenant:
            tenant.wait()
            tenant.call("/_test/rows?n=5", "POST", b"")
        with Tenant(self.data, DATABASE_ENABLE_SQLITE_WAL="true") as tenant:
            tenant.wait()
            self.assertEqual(tenant.call("/_test/rows")[1], {"count": 5})

    def test_tells_of_a_second_writer(self):
        with Tenant(self.data) as first:
            first.wait()
            self.assertEqual(first.call("/_test/writers")[1], {"starts": 1, "overlaps": 0})
            with Tenant(self.data) as second:
                second.wait()
                self.assertEqual(second.call("/_test/writers")[1], {"starts": 2, "overlaps": 1})

    def test_proves_that_the_secret_is_the_same(self):
        with Tenant(self.data, WEBUI_SECRET_KEY="s" * 200) as tenant:
            tenant.wait()
            self.assertEqual(tenant.call("/_test/secret-hash")[1]["sha256"],
                             hashlib.sha256(b"s" * 200).hexdigest())

    def test_migrates_again_for_another_schema_and_the_file_grows(self):
        with Tenant(self.data) as tenant:
            tenant.wait()
            tenant.call("/_test/rows?n=2", "POST", b"")
            tenant.stop()
        before = (self.data / "webui.db").stat().st_size
        with Tenant(self.data, BERTH_TENANT_SCHEMA="next", BERTH_TENANT_MIGRATE_SECONDS=1) as tenant:
            tenant.wait()
            self.assertEqual(tenant.call("/_test/rows")[1], {"count": 2})
        self.assertGreater((self.data / "webui.db").stat().st_size, before)

    def test_misbehaves_as_it_is_told(self):
        with Tenant(self.data, BERTH_TENANT_FAIL_HEALTH=1) as tenant:
            self.assertEqual(tenant.wait()[0], 503)
            tenant.call("/_test/health?status=200", "POST", b"")
            self.assertEqual(tenant.call("/health")[0], 200)
            tenant.call("/_test/exit?code=7", "POST", b"")
            self.assertEqual(tenant.child.wait(20), 7)
        with Tenant(self.data, BERTH_TENANT_CRASH_AFTER=1) as tenant:
            self.assertEqual(tenant.child.wait(20), 3)

    def test_ends_at_once_while_it_is_still_starting(self):
        with Tenant(self.data, BERTH_TENANT_START_DELAY=600) as tenant:
            lock = self.data / ".berth-tenant" / "starts"
            deadline = time.monotonic() + 20
            while not lock.exists() and time.monotonic() < deadline:
                pause()
            self.assertEqual(tenant.stop(), 0)

    def test_echoes_over_a_web_socket(self):
        with Tenant(self.data) as tenant:
            tenant.wait()
            key = base64.b64encode(os.urandom(16))
            accept = base64.b64encode(
                hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
            with socket.create_connection(("127.0.0.1", tenant.port), timeout=10) as peer:
                peer.sendall(b"GET /ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
                             b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + b"\r\n\r\n")
                stream = peer.makefile("rb")
                head = b"".join(iter(stream.readline, b"\r\n"))
                self.assertIn(accept, head)
                for size, extra in ((5, 2), (300, 4), (70000, 10)):
                    peer.sendall(frame(1, b"x" * size))
                    self.assertTrue(stream.read(size + extra).endswith(b"x" * size))
                peer.sendall(frame(9, b"hi"))
                self.assertEqual(stream.read(4), b"\x8a\x02hi")
                peer.sendall(frame(8, b""))
                self.assertEqual(stream.read(), b"\x88\x00")


if __name__ == "__main__":
    unittest.main()
