"""A platform of HJ 212-2017 for one destination: acknowledges, refuses, dawdles and forgets.

What it acknowledges is in the books by then. A frame that is not as the standard
says ends the connection, and so does a wrong password or MN, after an answer
that tells why.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from simulator.bureau.gate import Door, Gate
from simulator.bureau.hj212_books import Value
from simulator.bureau.hj212_frame import Frame, Malformed, answer, read_frame
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Conduct, Temper, Treatment
from simulator.clock import Clock
from simulator.port import LOOPBACK

WRONG_PASSWORD: Final = 3
WRONG_MN: Final = 4
UNKNOWN_ERROR: Final = 100
HEARTBEAT: Final = "9015"
REQUEST_ANSWER: Final = "9011"
DATA_ANSWER: Final = "9014"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The station that may report here."""

    mn: str
    password: str


class StationSite:
    """Receives for one destination, behind a gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    @property
    def port(self) -> int:
        """The gate's port."""
        return self._gate.port

    @property
    def door(self) -> Door:
        """The gate's door."""
        return self._gate.door

    async def set(self, door: Door) -> None:
        """Set the gate."""
        await self._gate.set(door)

    async def close(self) -> None:
        """Shut the gate."""
        await self._gate.close()


class Reception:
    """Takes connections and treats what comes on them."""

    def __init__(
        self, destination: str, enrolled: Enrolled, ledger: Ledger, temper: Temper, clock: Clock
    ) -> None:
        self._destination = destination
        self._enrolled = enrolled
        self._ledger = ledger
        self._temper = temper
        self._clock = clock
        self._visits: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Listen on a free loopback port for as long as the context lasts; yields the port."""
        server = await asyncio.start_server(self._visit, LOOPBACK, 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for visit in self._visits:
                visit.cancel()
            await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        task.add_done_callback(self._visits.discard)
        with contextlib.suppress(asyncio.CancelledError):  # the end of the platform, and of nobody else
            await self._receive(reader, writer)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (heard := await read_frame(reader)) is not None and await self._take(heard, writer):
                pass
        except Malformed:
            self._note("undecodable")
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _take(self, heard: Frame, writer: asyncio.StreamWriter) -> bool:
        """Treat one frame; return whether the connection goes on."""
        if (wrong := self._wrong(heard)) is not None:
            self._note("unauthorised")
            writer.write(answer(heard, REQUEST_ANSWER, f"QnRtn={wrong}"))
            return False
        if heard.cn in (HEARTBEAT, REQUEST_ANSWER):
            return True
        return await self._treat(heard, self._temper.draw(), writer)

    def _wrong(self, heard: Frame) -> int | None:
        if heard.pw != self._enrolled.password:
            return WRONG_PASSWORD
        return WRONG_MN if heard.mn != self._enrolled.mn else None

    async def _treat(self, heard: Frame, conduct: Conduct, writer: asyncio.StreamWriter) -> bool:
        if conduct.treatment is Treatment.REFUSED:
            self._note(conduct.treatment)
            if conduct.status is None:
                return False
            writer.write(answer(heard, REQUEST_ANSWER, f"QnRtn={UNKNOWN_ERROR}"))
            return True
        received_ns = self._clock.now_ns()
        self._ledger.record_frame(
            self._destination, values(heard), received_ns=received_ns, outcome=conduct.treatment
        )
        if conduct.treatment is Treatment.DELAYED:
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(conduct.wait_s * 1e9))
        if conduct.treatment is not Treatment.LOST and heard.wants_answer:
            writer.write(answer(heard, DATA_ANSWER, ""))
        return True

    def _note(self, outcome: str) -> None:
        self._ledger.note(self._destination, received_ns=self._clock.now_ns(), outcome=outcome)


def values(heard: Frame) -> list[Value]:
    """Return what a frame of data brings, one row per code. Raises Malformed."""
    time, *groups = heard.groups()
    if list(time) != ["DataTime"]:
        raise Malformed(f"area without its time: {heard.area!r}")
    return [_value(heard, time["DataTime"], group) for group in groups]


def _value(heard: Frame, data_time: str, group: dict[str, str]) -> Value:
    names = [name.rpartition("-") for name in group]
    [code] = {code for code, _, _ in names}
    fields = {field: group[f"{code}-{field}"] for _, _, field in names}
    numbers = {name: float(text) for name, text in fields.items() if name != "Flag"}
    return Value(heard.qn, heard.pno, code, heard.cn, data_time, fields["Flag"], numbers)
