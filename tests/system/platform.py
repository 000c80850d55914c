"""A municipal platform that does what a script says, over real HTTP.

It decrypts with its own few lines, keeps what arrived in the order of arrival,
and counts repeats by id.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY: Final = "0123456789abcdeffedcba9876543210"
Json = dict[str, Any]
Script = Callable[[Json, int], str]
"""From a message and the number of the attempt (from 1) to a behaviour, a key of `Platform._ANSWERS`."""

STORED: Final = {"store", "lose", "half"}
GOOD: Final = b'{"code":0,"msg":"ok"}'


def store(_body: Json, _attempt: int) -> str:
    return "store"


def _response(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Platform:
    """Listens on one port for its whole life; `up` and `down` open and close it."""

    ANSWERS: Final = {
        "store": _response("200 OK", GOOD),
        "500": _response("500 Internal Server Error", b"oops"),
        "429": _response("429 Too Many Requests", b"", "retry-after: 1"),
        "html": _response("200 OK", b"<html><title>Login</title></html>", "content-type: text/html"),
        "busy": _response("200 OK", b'{"code":500,"msg":"busy"}'),
        "no": _response("200 OK", b'{"code":40001,"msg":"no such point"}'),
        "half": _response("200 OK", GOOD)[:-9],
        "lose": b"",
    }

    def __init__(self, script: Script = store) -> None:
        self.script = script
        self.port = 0
        self.attempts: list[Json] = []
        self.stored: list[Json] = []
        self.ids: dict[str, int] = {}
        self.times_ns: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self.news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.down()

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse from now on; what is open is cut."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._connections):
                writer.transport.abort()
            for handler in tuple(self._handlers):
                handler.cancel()
            await asyncio.gather(*self._handlers, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def until(self, met: Callable[[], bool], timeout_s: float = 30) -> None:
        """Wait for `met`, looked at after each attempt."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(met), timeout_s)

    def datas(self, kind: str | None = None) -> list[Json]:
        """Return the readings in order of first arrival."""
        return [d for body in self.of(kind) for d in body["datas"]]

    def of(self, kind: str | None = None) -> list[Json]:
        """Return the messages of a kind in order of first arrival."""
        return [body for body in self.stored if kind is None or body["reportType"] == kind]

    def values(self, kind: str | None = None) -> list[float]:
        """Return the values of valid readings in order of first arrival."""
        return [data["value"] for data in self.datas(kind) if data["isValid"]]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        self._connections.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._handlers.discard(task)
            self._connections.discard(writer)
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"
        )
        body = decrypt(json.loads(await reader.readexactly(length))["data"])
        behaviour = await self._take(body)
        if behaviour in ("hang", "swallow"):
            await asyncio.Event().wait()
        writer.write(self.ANSWERS[behaviour])
        await writer.drain()
        return behaviour not in ("half", "lose")

    async def _take(self, body: Json) -> str:
        identity = body["dataId"]
        async with self.news:
            attempt = self.ids[identity] = self.ids.get(identity, 0) + 1
            behaviour = self.script(body, attempt)
            self.attempts.append(body)
            if behaviour in STORED and all(known["dataId"] != identity for known in self.stored):
                self.stored.append(body)
            self.news.notify_all()
        return behaviour


def decrypt(data: str) -> Json:
    """Undo the ministry's envelope."""
    key = bytes.fromhex(KEY)
    decryptor = Cipher(algorithms.SM4(key), modes.CBC(key)).decryptor()
    padded = decryptor.update(bytes.fromhex(data)) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    body: Json = json.loads(unpadder.update(padded) + unpadder.finalize())
    return body
