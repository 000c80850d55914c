"""Damage to a store, and its accounting: what is gone must be told by a gap record, each record of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from simulator.demo.store_reader import StoreDamaged, read_store
from simulator.drill.damage import damage
from tests.simulator.demo_parts import EPOCH, Story, at, whole_story

LOST = [EPOCH, "reading", 3, 3]


def with_record_3_gone(story: Story) -> Path:
    """Return the store less record 3, as a salvage leaves it, whatever its events say."""
    story.account()
    path = story.folder / "outbox.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM record WHERE lane = 'reading' AND seq = 3")
        db.execute("INSERT INTO removed VALUES(?, ?, ?, ?, NULL, NULL, 'damage')", LOST)
        db.commit()
    return path


def test_a_record_that_damage_took_and_a_gap_tells_of_is_known_as_taken(tmp_path: Path) -> None:
    story = whole_story(tmp_path)
    gap = {"kind": "gap", "cause": "damage", "records": LOST, "from_ns": at(2), "to_ns": at(4)}
    story.events.append(gap)
    store = read_store(with_record_3_gone(story))

    assert store.taken == {("reading", EPOCH, 3)}
    assert [reading.seq for reading in store.readings] == [1, 2, 4, 5]


def test_a_copy_from_before_tells_what_it_held(tmp_path: Path) -> None:
    story = whole_story(tmp_path)
    story.events.append({"kind": "gap", "cause": "damage", "records": LOST, "from_ns": at(2), "to_ns": at(4)})
    story.account()
    before = read_store(tmp_path / "outbox.db")
    (tmp_path / "outbox.db").unlink()
    (tmp_path / "bureau.db").unlink()
    completed = read_store(with_record_3_gone(story)).completed(before)

    assert sorted(reading.seq for reading in completed.readings) == [1, 2, 3, 4, 5]


def test_a_lost_record_that_no_event_tells_of_is_a_fault(tmp_path: Path) -> None:
    path = with_record_3_gone(whole_story(tmp_path))

    with pytest.raises(StoreDamaged, match="no event tells of it"):
        read_store(path)


def test_a_record_that_is_neither_there_nor_told_as_removed_is_a_fault(tmp_path: Path) -> None:
    path = with_record_3_gone(whole_story(tmp_path))
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM removed")
        db.commit()

    with pytest.raises(StoreDamaged, match="record 3: missing"):
        read_store(path)


def test_damage_takes_the_header_and_the_payload_of_two_records(tmp_path: Path) -> None:
    whole_story(tmp_path).account()
    path = tmp_path / "outbox.db"
    header = path.read_bytes()[:100]

    assert damage(path) == 2
    content = path.read_bytes()
    assert content[:100] == bytes(100)
    path.write_bytes(header + content[100:])
    with pytest.raises(StoreDamaged, match="payload does not fit"):
        read_store(path)


def test_a_message_that_covers_hours_shields_none_of_its_records_and_a_short_one_all(tmp_path: Path) -> None:
    whole_story(tmp_path).account()
    path = tmp_path / "outbox.db"
    with closing(sqlite3.connect(path)) as db:
        [(epoch, first, last)] = db.execute(
            "SELECT epoch, min(seq), max(seq) FROM record WHERE lane = 'reading' GROUP BY epoch"
        ).fetchall()
        row = "INSERT INTO message VALUES (?, ?, zeroblob(16), 'live', ?, 'reading', ?, ?, 0, NULL)"
        for number, seq in enumerate(range(first, last + 1), 1000):
            db.execute(row, ("other", number, epoch, seq, seq))
        db.commit()
    whole = path.read_bytes()
    assert damage(path) == 0
    assert path.read_bytes() == whole, "nothing is damaged where too little may be"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM message WHERE destination = 'other'")
        db.execute(row, ("other", 1000, epoch, first, first + 100))
        db.commit()
    assert damage(path) == 2
