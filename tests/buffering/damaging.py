"""Stores as a kill leaves them, what can be done to their files, and what has to come of it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from buffering.notices import EpochBegun, Lost
from buffering.outbox import Lane, Message, Outbox, Stream
from tests.buffering.parts import NOW, QUICK, SECOND, commit, draft, opened
from tests.buffering.second_reader import SecondReader
from tests.buffering.test_retention import Told

PAGE = 1024
RECORDS = 60


def payload(number: int) -> bytes:
    return b"%08d" % number * (20 if number % 3 else 400)


async def left_behind(folder: Path, *, checkpoint: bool = True, mark: bool = True) -> Path:
    """Leave a store as a kill would: readings 1 to 60, six of them delivered, four in flight."""
    async with opened(folder, destinations=("bureau", "county")) as outbox:
        await commit(outbox, draft(Lane.EVENT), draft(Lane.ALARM, payload=b"alarm"))
        for number in range(1, RECORDS + 1):
            outbox.append(
                draft(payload=payload(number), at_ns=NOW + number * SECOND),
                now_ns=NOW,
                state={"last": b"%d" % number},
            )
            if number % 20 == 0:
                await outbox.commit(now_ns=NOW)
        outbox.ack(await outbox.next_message("bureau", Stream.LIVE, records_max=6))
        await outbox.next_message("bureau", Stream.LIVE, records_max=4)
        if checkpoint:
            with closing(sqlite3.connect(folder / "outbox.db")) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        names = ["outbox.db", "outbox.db-wal", *(["outbox.mark"] if mark else [])]
        left = {name: (folder / name).read_bytes() for name in names}
    (folder / "outbox.mark").unlink()
    for name, content in left.items():
        (folder / name).write_bytes(content)
    return folder


def rows(folder: Path, lane: str = "reading") -> dict[int, bytes]:
    with SecondReader(folder / "outbox.db") as reader:
        assert reader.faults() == []
        return {row["seq"]: row["payload"] for row in reader.records(lane) if row["payload"] != b"new"}


async def salvage(folder: Path, *, told: Told | None = None) -> tuple[Outbox, Told]:
    told = told or Told()
    outbox = await Outbox.open(
        folder,
        gateway="gw-1",
        destinations=("bureau", "county"),
        now_ns=NOW,
        limits=QUICK,
        describe=told,
    )
    await outbox.mending.salvaged()
    return outbox, told


def seqs_lost(told: Told, lane: Lane = Lane.READING) -> list[int]:
    lost = [each for each in told.notices if isinstance(each, Lost) and each.lane is lane]
    return [seq for each in lost for seq in range(each.first, each.last + 1)]


def begun(told: Told) -> EpochBegun:
    [found] = [each for each in told.notices if isinstance(each, EpochBegun)]
    return found


def sum_lost(told: Told) -> int:
    return sum(len(seqs_lost(told, lane)) for lane in Lane)


async def everything_arrives(outbox: Outbox, epoch: int | None, lost: list[int]) -> None:
    """Both destinations get what is left, in order, under its old name; the bureau not what it has."""
    for name, first in (("bureau", 7), ("county", 1)):
        got: list[int] = []
        expected = [seq for seq in range(first, RECORDS + 1) if seq not in lost]
        while len(got) < len(expected):
            message = await _next(outbox, name)
            records = await outbox.read(message)
            assert {record.epoch for record in records} == {epoch}
            assert all(record.payload == payload(record.seq) for record in records)
            got += [record.seq for record in records]
            outbox.ack(message)
        assert got == expected, name


async def _next(outbox: Outbox, name: str) -> Message:
    """Return the next of what was to be sent: the message that was in flight is live, the rest back-fill."""
    waiting = {
        asyncio.create_task(outbox.next_message(name, stream)) for stream in (Stream.LIVE, Stream.BACKFILL)
    }
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in pending:
        each.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    first, *others = sorted((each.result() for each in done), key=lambda message: message.number)
    for other in others:
        outbox.release(other)
    return first


# What can be done to a file


def flip(path: Path, place: int, *, count: int = 1) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        before = file.read(count)
        file.seek(place)
        file.write(bytes(byte ^ 0xFF for byte in before))


def flip_payload(folder: Path) -> None:
    content = (folder / "outbox.db").read_bytes()
    flip(folder / "outbox.db", content.index(payload(34)) + 50)


def flip_long_payload(folder: Path) -> None:
    content = (folder / "outbox.db").read_bytes()
    flip(
        folder / "outbox.db", content.rindex(payload(30)[:160]) + 50
    )  # on the last page that it overflows to


def wreck_leaf(folder: Path) -> None:
    content = (folder / "outbox.db").read_bytes()
    page = content.index(payload(40)) // PAGE
    flip(folder / "outbox.db", page * PAGE, count=PAGE)


def wreck_branch(folder: Path) -> None:
    """Overwrite the root of the record table: SQLite can reach none of its records."""
    flip(folder / "outbox.db", (root_of(folder, "record") - 1) * PAGE, count=PAGE)


def root_of(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'outbox.db'}?mode=ro", uri=True)) as db:
        [(root,)] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
    return int(root)


def wreck_header(folder: Path) -> None:
    flip(folder / "outbox.db", 0, count=100)


def wreck_first_page(folder: Path) -> None:
    flip(folder / "outbox.db", 0, count=PAGE)


def lose_the_end(folder: Path) -> None:
    path = folder / "outbox.db"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE)


DAMAGES: dict[Callable[[Path], None], int] = {
    flip_payload: 1,
    flip_long_payload: 1,
    wreck_leaf: 8,
    wreck_branch: 0,
    wreck_header: 0,
    wreck_first_page: 0,
    lose_the_end: 59,
}
"""What is done, and how many records it may cost at most."""
