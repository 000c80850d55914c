"""What was recorded before a message: as far back as is asked for, without what was removed or damaged."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from buffering.history import SLICE_RECORDS
from buffering.outbox import Lane, Message, Outbox, Stream
from tests.buffering.parts import NOW, SECOND, commit, draft, opened


async def at(outbox: Outbox, *seconds: int) -> Message:
    """Commit a record for each time; return a message that was cut from the newest one."""
    await commit(outbox, *(draft(at_ns=NOW + each * SECOND) for each in seconds))
    message = await outbox.next_message("bureau", Stream.LIVE)
    return replace(message, first=len(seconds), last=len(seconds))


async def before(outbox: Outbox, message: Message, reach_s: int) -> list[int]:
    far = await outbox.history.far_from(message, reach_s * SECOND)
    return [record.seq async for record in outbox.history.between(far, message)]


async def test_it_goes_back_to_the_last_record_that_is_far_enough_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        message = await at(outbox, 0, 10, 20, 30, 40, 99)
        assert await before(outbox, message, 20) == [4, 5]
        assert await before(outbox, message, 41) == [1, 2, 3, 4, 5]
        assert await before(outbox, replace(message, first=1), 20) == []


async def test_a_clock_that_was_set_ahead_and_back_ends_it_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        message = await at(outbox, 0, 10, 4000, 11, 12, 13)
        assert await before(outbox, message, 60) == [4, 5]


async def test_it_comes_in_slices(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        message = await at(outbox, *range(3 * SLICE_RECORDS))
        assert await before(outbox, message, 3600) == list(range(1, 3 * SLICE_RECORDS))


async def test_what_is_not_there_or_not_whole_is_left_out(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        message = await at(outbox, *range(0, 60, 10))
        with closing(sqlite3.connect(tmp_path / "outbox.db")) as db, db:
            db.execute("UPDATE record SET payload = x'00' WHERE lane = ? AND seq = 3", (Lane.READING.value,))
            db.execute("DELETE FROM record WHERE lane = ? AND seq = 4", (Lane.READING.value,))
        assert await before(outbox, message, 3600) == [1, 2, 5]
