"""The second reader refuses a store that is not whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from simulator.demo.store_reader import StoreDamaged, read_store
from tests.simulator.demo_parts import whole_story


@pytest.fixture
def store(tmp_path: Path) -> Path:
    whole_story(tmp_path).account()
    return tmp_path / "outbox.db"


def change(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute(statement)
        db.commit()


def test_readings_have_their_identity_and_their_point(store: Path) -> None:
    reading = read_store(store).readings[2]
    assert (reading.epoch, reading.seq, reading.index, reading.value) == (1, 3, 0, 30.0)
    assert (reading.point.id, reading.point.period_s, reading.quality) == ("co-12.concentration", 1.0, "good")


def test_a_payload_that_was_altered_is_damage(store: Path) -> None:
    other = "(SELECT payload FROM record WHERE lane = 'reading' AND seq = 1)"
    change(store, f"UPDATE record SET payload = {other} WHERE lane = 'reading' AND seq = 2")
    with pytest.raises(StoreDamaged, match="lane reading, record 2: payload"):
        read_store(store)


def test_a_record_that_was_removed_is_damage(store: Path) -> None:
    change(store, "DELETE FROM record WHERE lane = 'reading' AND seq = 2")
    with pytest.raises(StoreDamaged, match="lane reading, record 2: missing"):
        read_store(store)


def test_no_store_at_all_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        read_store(tmp_path / "none.db")
