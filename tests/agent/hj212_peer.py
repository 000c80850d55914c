"""A platform of HJ 212 that follows a script: it hears frames, and answers what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from agent.records import Json
from agent.uplinks.hj212.packet import Station
from agent.uplinks.hj212.register import Beside, Register
from agent.uplinks.hj212.uplink import Hj212Uplink, Peer
from drivers.clock import SystemClock
from simulator.bureau.hj212_frame import Frame, answer, read_frame

MN = "010000A8900016F000169DC0"
PASSWORD = "123456"
STATION = Station(MN, "31", PASSWORD)
ZONE = ZoneInfo("Asia/Shanghai")

Script = Callable[[Frame, int], list[bytes] | None]
"""From a frame and its number (from 1) to what is written back; None ends the connection."""


def acknowledge(heard: Frame, _number: int) -> list[bytes]:
    """Return the 9014 of a frame."""
    return [answer(heard, "9014", "")]


class Platform:
    """Keeps what it heard, in order."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heard: list[Frame] = []
        self.connections = 0
        self.port = 0
        self.news = asyncio.Condition()
        self.writers: list[asyncio.StreamWriter] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while (frame := await read_frame(reader)) is not None:
                async with self.news:
                    self.heard.append(frame)
                    self.news.notify_all()
                replies = self.script(frame, len(self.heard))
                if replies is None:
                    break
                writer.writelines(replies)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def until(self, met: Callable[[], bool]) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(met), 10)


@asynccontextmanager
async def listening(script: Script = acknowledge) -> AsyncIterator[Platform]:
    """Listen on a free port for as long as the context lasts."""
    platform = Platform(script)
    server = await asyncio.start_server(platform.take, "127.0.0.1", 0)
    platform.port = server.sockets[0].getsockname()[1]
    try:
        yield platform
    finally:
        server.close()
        for writer in platform.writers:
            writer.close()


async def forget(_key: str, _value: bytes) -> None:
    """Keep nothing: these tests do not restart."""


@asynccontextmanager
async def uplink_to(
    port: int, events: list[Json], *, timeout_s: float = 0.3, retries: int = 2
) -> AsyncIterator[Hj212Uplink]:
    """Make an uplink to a port; it is closed at the end."""
    peer, clock = Peer("127.0.0.1", port, timeout_s, retries), SystemClock()
    register = Register("environment", Beside({}, forget), clock, ZONE)
    made = Hj212Uplink(
        peer, STATION, register, destination="environment", clock=clock, on_event=events.append
    )
    try:
        yield made
    finally:
        await made.close()
