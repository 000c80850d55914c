"""What a receiver said of a message survives a restart, and goes with the message in the same transaction."""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from buffering.outbox import Outbox
from buffering.record import Lane, Message, Stream
from tests.buffering.parts import NOW, draft, opened

End = Callable[[Outbox, Message], Awaitable[object]]


async def acknowledged(outbox: Outbox, message: Message) -> None:
    outbox.ack(message)
    await outbox.commit(now_ns=NOW)


async def split(outbox: Outbox, message: Message) -> None:
    await outbox.split(message)


async def parked(outbox: Outbox, message: Message) -> None:
    await outbox.park(message, "no")


def notes_in(folder: Path) -> list[tuple[str, bytes]]:
    with sqlite3.connect(folder / "outbox.db") as db:
        return db.execute("SELECT key, value FROM state WHERE key LIKE 'note/%'").fetchall()


async def cut(outbox: Outbox) -> Message:
    for _ in range(2):
        outbox.append(draft(Lane.READING), now_ns=NOW)
    await outbox.commit(now_ns=NOW)
    return await outbox.next_message("bureau", Stream.BACKFILL, Stream.LIVE)


async def test_a_note_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        message = await cut(outbox)
        assert outbox.notes.of(message) is None
        outbox.notes.put(message, b"taken")
        outbox.notes.put(message, b"taken again")
        assert outbox.notes.of(message) == b"taken again"
    async with opened(tmp_path) as outbox:
        again = await outbox.next_message("bureau", Stream.BACKFILL, Stream.LIVE)
        assert again.id == message.id
        assert outbox.notes.of(again) == b"taken again"
        outbox.notes.put(again, None)
        assert outbox.notes.of(again) is None
    assert notes_in(tmp_path) == []


@pytest.mark.parametrize("end", [acknowledged, split, parked])
async def test_a_note_goes_with_its_message(tmp_path: Path, end: End) -> None:
    async with opened(tmp_path) as outbox:
        message = await cut(outbox)
        outbox.notes.put(message, b"taken")
        await outbox.commit(now_ns=NOW)
        await end(outbox, message)
        assert outbox.notes.of(message) is None
    assert notes_in(tmp_path) == []


async def test_the_note_of_a_destination_that_is_gone_is_let_go(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.notes.put(await cut(outbox), b"taken")
    async with opened(tmp_path, destinations=("county",)):
        pass
    assert notes_in(tmp_path) == []


async def test_a_key_that_is_kept_is_durable_once_that_returns(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await outbox.notes.keep("qn/bureau", b"1")
        assert outbox.state["qn/bureau"] == b"1"
        with sqlite3.connect(tmp_path / "outbox.db") as db:
            assert db.execute("SELECT value FROM state WHERE key = 'qn/bureau'").fetchone() == (b"1",)
    async with opened(tmp_path) as outbox:
        assert outbox.state["qn/bureau"] == b"1"
