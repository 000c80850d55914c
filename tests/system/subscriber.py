"""A county that listens: mosquitto as our child, and a subscriber whose session outlives both.

The session is written to the broker's disk before the agent comes, so that a
broker killed and started again holds messages for the subscriber from its
first moment: otherwise it would acknowledge them and let them fall.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from simulator.bureau.broker import Broker
from simulator.bureau.consumer import Consumer
from simulator.clock import SystemClock
from tests.support.require import require
from tests.support.waiting import until
from tests.system.platform import Json

RIGHTS: Final = "topic read #\n"
"""What anybody may do here, beside what a test allows."""
ALL_TOPICS: Final = "topic write edge/#\n"


class County:
    """The broker and what its subscriber got, in order of arrival."""

    def __init__(self, broker: Broker, rights: Path) -> None:
        self.port = broker.port
        self.attempts: list[Json] = []
        self.stored: list[Json] = []
        self._broker = broker
        self._rights = rights
        self._consumer = Consumer("county", self._take)
        self._ids: set[str] = set()
        self._news = asyncio.Event()

    async def up(self) -> None:
        """Start the broker, then the subscriber."""
        await self._broker.start()
        await self._consumer.start(self.port)

    async def down(self) -> None:
        """Kill the broker (SIGKILL)."""
        await self._broker.kill()
        self._consumer.stop()

    def allow(self, rights: str) -> None:
        """Change what publishers may do; a running broker reads it anew."""
        self._rights.write_text(RIGHTS + rights)
        if self._broker.running:
            self.signal(signal.SIGHUP)

    def signal(self, number: signal.Signals) -> None:
        """Send the broker a signal."""
        process = self._broker._process
        assert process is not None
        os.kill(process.pid, number)

    async def until(self, met: Callable[[], bool], timeout_s: float = 30) -> None:
        """Wait for `met`, looked at after each arrival."""
        async with asyncio.timeout(timeout_s):
            while not met():
                self._news.clear()
                await self._news.wait()

    def values(self, kind: str | None = None) -> list[float]:
        """Return the values in order of first arrival, bad ones left out."""
        bodies = [body for body in self.stored if kind is None or body["kind"] == kind]
        return [r["value"] for body in bodies for r in body["readings"] if r["value"] is not None]

    def _take(self, payload: bytes) -> None:
        body: Json = json.loads(payload)
        self.attempts.append(body)
        if body["id"] not in self._ids:
            self._ids.add(body["id"])
            self.stored.append(body)
        self._news.set()


@asynccontextmanager
async def county_site(folder: Path) -> AsyncIterator[County]:
    """Make a county; its broker is down, its subscriber's session is on the broker's disk."""
    configuration, rights, kept = (folder / name for name in ("mosquitto.conf", "rights", "mosquitto.db"))
    broker = Broker(require("mosquitto"), configuration, SystemClock())
    county = County(broker, rights)
    county.allow(ALL_TOPICS)
    text = configuration.read_text().replace("persistence false", "persistence true")
    configuration.write_text(f"{text}persistence_location {folder}/\nacl_file {rights}\n")
    try:
        await county.up()
        county.signal(signal.SIGUSR1)  # write the session down
        await until(kept.exists)
        await county.down()
        yield county
    finally:
        county._consumer.stop()
        await broker.close()
