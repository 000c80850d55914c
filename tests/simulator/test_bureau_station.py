"""The simulated platform of HJ 212: what it stores, what it answers, and how it misbehaves."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator.bureau.hj212_frame import Frame, Malformed, checksum, read_frame, take_apart, write_frame
from simulator.bureau.hj212_station import Enrolled, Reception
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Odds, Temper
from simulator.clock import SystemClock
from tests.simulator.bureau_parts import WELL_BEHAVED, rows

VECTOR = (
    "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
)
AREA = "DataTime=20261124120000;a21005-Rtd=3.5,a21005-Flag=N;a01011-Flag=B"


class Caller:
    """A gateway's end of the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(
        self, area: str = AREA, *, qn: str = "1", pw: str = "123456", mn: str = "M1"
    ) -> Frame | None:
        return await self.say_bytes(
            write_frame(f"QN={qn};ST=31;CN=2011;PW={pw};MN={mn};Flag=5;CP=&&{area}&&")
        )

    async def say_bytes(self, sent: bytes) -> Frame | None:
        self._writer.write(sent)
        async with asyncio.timeout(3):
            return await read_frame(self._reader)


@contextlib.asynccontextmanager
async def calling(folder: Path, odds: Odds = WELL_BEHAVED) -> AsyncIterator[Caller]:
    with contextlib.closing(Ledger(folder / "bureau.db")) as ledger:
        temper = Temper(odds, random.Random(1))
        reception = Reception("environment", Enrolled("M1", "123456"), ledger, temper, SystemClock())
        async with reception.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                yield Caller(reader, writer)
            finally:
                writer.close()


def test_its_frame_matches_the_published_vector() -> None:
    assert write_frame(VECTOR) == f"##0101{VECTOR}1C80\r\n".encode()
    assert checksum(VECTOR.encode()) == "1C80"
    assert take_apart(VECTOR.encode()).groups() == [{"RtdInterval": "30"}]


@pytest.mark.parametrize("text", ["", "CP=&&&&", VECTOR[:-1], VECTOR.replace("Flag=5", "Flag=")])
def test_a_segment_that_lacks_something_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        take_apart(text.encode())


async def test_a_frame_is_stored_and_acknowledged_under_its_number(tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        reply = await caller.say()
    assert reply is not None
    assert (reply.qn, reply.cn, reply.st) == ("1", "9014", "91")
    assert rows(tmp_path, "SELECT code, data_time, flag, numbers, copies FROM hj212") == [
        ("a01011", "20261124120000", "B", "{}", 1),
        ("a21005", "20261124120000", "N", '{"Rtd": 3.5}', 1),
    ]


async def test_a_repeat_is_a_copy_and_one_that_says_something_else_is_marked(tmp_path: Path) -> None:
    async with calling(tmp_path) as caller:
        await caller.say()
        await caller.say()
        await caller.say(AREA.replace("3.5", "3.6"))
    assert rows(tmp_path, "SELECT code, copies, altered FROM hj212") == [("a01011", 3, 0), ("a21005", 3, 1)]


@pytest.mark.parametrize(("pw", "mn", "returned"), [("000000", "M1", "3"), ("123456", "M2", "4")])
async def test_a_stranger_is_told_why_and_nothing_is_stored(
    tmp_path: Path, pw: str, mn: str, returned: str
) -> None:
    async with calling(tmp_path) as caller:
        reply = await caller.say(pw=pw, mn=mn)
        assert reply is not None
        assert reply.area == f"QnRtn={returned}"
        assert await caller.say() is None, "the connection has ended"
    assert rows(tmp_path, "SELECT * FROM hj212") == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda frame: frame.replace(b"3.5", b"3.6"),
        lambda frame: b"##00" + frame[4:],
        lambda frame: frame.replace(b"DataTime", b"Datatime"),
        lambda frame: frame[:-1] + b" ",
    ],
)
async def test_a_frame_that_is_not_right_ends_the_connection(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    frame = write_frame(f"QN=1;ST=31;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&{AREA}&&")
    async with calling(tmp_path) as caller:
        assert await caller.say_bytes(damage(frame) + frame) is None
    assert rows(tmp_path, "SELECT * FROM hj212") == []


async def test_lost_means_stored_and_not_answered(tmp_path: Path) -> None:
    async with calling(tmp_path, Odds(refuse=0, delay=0, lose=1)) as caller:
        with pytest.raises(TimeoutError):
            await caller.say()
    assert rows(tmp_path, "SELECT count(*) FROM hj212") == [(2,)]
    assert rows(tmp_path, "SELECT outcome FROM attempt") == [("lost",)]


async def test_refused_means_not_stored(tmp_path: Path) -> None:
    async with calling(tmp_path, Odds(refuse=1, delay=0, lose=0)) as caller:
        replies = [await caller.say() for _ in range(3)]
    assert any(reply is None or reply.area == "QnRtn=100" for reply in replies)
    assert rows(tmp_path, "SELECT * FROM hj212") == []
