"""Stores of older formats, kept as files: each opens, keeps its promises, and opens again."""

import shutil
from pathlib import Path

import pytest

from buffering.outbox import Lane, StoreUnusable, Stream
from tests.buffering.parts import commit, draft, opened
from tests.buffering.second_reader import SecondReader

STORES = Path(__file__).parents[1] / "fixtures" / "stores"


@pytest.mark.parametrize("name", sorted(path.name for path in STORES.glob("format-*.db")))
async def test_a_store_of_an_older_format_goes_on_where_it_was(name: str, tmp_path: Path) -> None:
    """Each holds nine readings, of which three were removed, an event and an alarm; marks came later."""
    shutil.copy(STORES / name, tmp_path / "outbox.db")
    async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
        assert outbox.opened.epoch > 1763900000502981
        assert outbox.opened.begun == "unmarked"
        assert outbox.state["last"] == b"7"
        again = await outbox.next_message("bureau", Stream.LIVE)
        assert (again.number, again.epoch, again.first, again.last) == (4, 1763900000502981, 5, 6)
        await commit(outbox, draft())

    async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
        assert outbox.head(Lane.READING) == 1
    with SecondReader(tmp_path / "outbox.db") as reader:
        assert reader.faults() == []
        assert [row["seq"] for row in reader.records("reading")] == [4, 5, 6, 7, 8, 9, 1]
        assert [row["chain"] is not None for row in reader._rows("SELECT * FROM removed")] == [True]


async def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    shutil.copy(STORES / "format-1.db", tmp_path / "outbox.db")
    with SecondReader(tmp_path / "outbox.db") as intruder:
        intruder._rows("CREATE TABLE removed (first)")  # in the way of the migration
    with pytest.raises(StoreUnusable, match="already exists"):
        async with opened(tmp_path):
            pass
    with SecondReader(tmp_path / "outbox.db") as reader:
        assert reader._rows("PRAGMA user_version")[0][0] == 1
        assert len(reader._rows("SELECT * FROM anchor")) == 1
        reader._rows("DROP TABLE removed")
    async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
        assert (await outbox.next_message("bureau", Stream.LIVE)).number == 4
