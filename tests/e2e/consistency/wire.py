"""HTTP/1.1 over TLS without a client's help, for many requests and long watches at once."""
import asyncio
import dataclasses
import json
import ssl

PATIENCE = 60  # seconds; a server gives up after 30


@dataclasses.dataclass
class Server:
    host: str
    port: int
    token: str
    authority: str

    def context(self):
        return ssl.create_default_context(cadata=self.authority)


class Connection:
    """One request at a time; OSError, EOFError or TimeoutError when the server goes away."""

    def __init__(self, server, context):
        self.server = server
        self.context = context
        self.reader = self.writer = None

    async def open(self):
        self.reader, self.writer = await asyncio.wait_for(asyncio.open_connection(
            self.server.host, self.server.port, ssl=self.context, limit=1 << 24), PATIENCE)

    def close(self):
        if self.writer:
            self.writer.transport.abort()
        self.reader = self.writer = None

    async def _send(self, method, path, body):
        if not self.writer:
            await self.open()
        data = json.dumps(body).encode() if body is not None else b""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self.server.host}\r\nAuthorization: Bearer {self.server.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split(" ", 2)[1])
        length = head.partition("content-length: ")[2].partition("\r\n")[0]
        return status, int(length) if length else None

    async def _chunk(self):
        size = int((await self.reader.readuntil(b"\r\n"))[:-2].split(b";")[0], 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def call(self, method, path, body=None):
        """(status, document)"""
        async def whole():
            status, length = await self._send(method, path, body)
            if length is not None:
                return status, json.loads(await self.reader.readexactly(length))
            text = b""
            while chunk := await self._chunk():
                text += chunk
            return status, json.loads(text)
        return await asyncio.wait_for(whole(), PATIENCE)

    async def lines(self, path):
        """The lines of a stream, until it ends."""
        status, length = await asyncio.wait_for(self._send("GET", path, None), PATIENCE)
        if length is not None or status != 200:
            raise OSError(f"no stream but {status}")
        rest = b""
        while chunk := await self._chunk():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line


GONE = (OSError, EOFError, TimeoutError, asyncio.TimeoutError, ValueError)
