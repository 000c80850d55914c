"""A byte that changes beside the log: the value is not used, it is told, and the store opens all the same."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from buffering.beside import StoreBeside
from buffering.notices import StateDamaged
from buffering.outbox import Outbox, Stream
from tests.buffering.damaging import left_behind
from tests.buffering.parts import NOW, commit, draft, opened
from tests.buffering.test_retention import Told

GATEWAY = {"gateway": "gw-1", "destinations": ("bureau", "county"), "now_ns": NOW}


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "outbox.db", isolation_level=None)) as db:
        db.execute(statement, values)


@pytest.mark.parametrize(
    "statement", ["UPDATE state SET value = x'2d' WHERE key = 'last'", "UPDATE state SET crc = crc + 1"]
)
async def test_a_value_that_is_not_what_was_written_is_put_aside_and_told_once(
    tmp_path: Path, statement: str
) -> None:
    await left_behind(tmp_path)
    change(tmp_path, statement)
    with closing(StoreBeside(tmp_path / "outbox.db")) as store:
        assert store.state("") == {}
        assert store.damaged == {"state"}, "so that audit verify tells it"
    for expected in ([StateDamaged("last", "damaged/last")], []):
        told = Told()
        outbox = await Outbox.open(tmp_path, **GATEWAY, describe=told)  # type: ignore[arg-type]
        try:
            assert "last" not in outbox.state
            assert "damaged/last" in outbox.state
            assert [each for each in told.notices if isinstance(each, StateDamaged)] == expected
            assert (await outbox.next_message("bureau", Stream.LIVE)).first == 7, "all else goes on"
        finally:
            await outbox.close()


async def test_a_value_that_is_written_again_is_sound(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        for value in (b"1", b"2"):
            outbox.append(draft(), now_ns=NOW, state={"key": value, "gone": None})
            await commit(outbox)
    with closing(StoreBeside(tmp_path / "outbox.db")) as store:
        assert store.state("") == {"key": b"2"}
        assert not store.damaged


async def test_a_value_without_a_checksum_is_of_a_format_before_and_is_taken(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(), now_ns=NOW, state={"key": b"1"})
        await commit(outbox)
    change(tmp_path, "UPDATE state SET crc = NULL")
    async with opened(tmp_path) as outbox:
        assert outbox.state["key"] == b"1"
