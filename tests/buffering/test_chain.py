"""The header chain: what it finds out, and that its bytes never change."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from buffering.chain import Header, first_break, genesis, link
from buffering.outbox import Lane
from tests.buffering.parts import commit, draft, opened
from tests.buffering.second_reader import SecondReader

EPOCH = 1_763_900_000_000_000
HEADER = Header(EPOCH, Lane.READING, 1, 10, 20, 3, UUID(int=7), hashlib.sha256(b"payload").digest())


def chained(headers: list[Header]) -> list[tuple[Header, bytes]]:
    previous, links = genesis("gw-1", EPOCH, Lane.READING), []
    for header in headers:
        previous = link(header, previous)
        links.append((header, previous))
    return links


HEADERS = [replace(HEADER, seq=seq) for seq in range(1, 6)]
ANCHOR = genesis("gw-1", EPOCH, Lane.READING)


def test_an_untouched_chain_holds() -> None:
    assert first_break(chained(HEADERS), ANCHOR) is None


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": EPOCH + 1},
        {"lane": Lane.EVENT},
        {"first_ns": 11},
        {"last_ns": 21},
        {"count": 4},
        {"uid": UUID(int=8)},
        {"payload_sha256": hashlib.sha256(b"other").digest()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_to_any_field_of_a_header_breaks_the_chain_at_its_record(change: dict[str, Any]) -> None:
    links = chained(HEADERS)
    links[2] = (replace(links[2][0], **change), links[2][1])
    assert first_break(links, ANCHOR) == 3


def test_a_record_taken_out_or_swapped_breaks_the_chain() -> None:
    links = chained(HEADERS)
    assert first_break(links[:1] + links[2:], ANCHOR) == 3
    assert first_break([links[1], links[0], *links[2:]], ANCHOR) == 2


def test_another_gateways_records_do_not_pass() -> None:
    assert first_break(chained(HEADERS), genesis("gw-2", EPOCH, Lane.READING)) == 1


def test_a_chain_can_be_checked_from_any_value_that_someone_holds() -> None:
    links = chained(HEADERS)
    assert first_break(links[3:], links[2][1]) is None


def test_the_bytes_are_those_of_the_storage_format() -> None:
    """Fixed for ever: what was stored by an older version must verify with this one."""
    assert len(HEADER.pack()) == 96
    assert HEADER.pack()[:24].hex() == "00064441f8eb580072656164696e67000000000000000001"
    assert link(HEADER, ANCHOR).hex() == "cea627129df38810246f344de5cd46839de9eae7c8539403f402b083b8ac04a6"


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        (
            "UPDATE record SET payload = x'00' WHERE lane = 'reading' AND seq = 2",
            "reading 2: payload altered",
        ),
        ("UPDATE record SET count = 9 WHERE lane = 'reading' AND seq = 2", "reading 2: chain broken"),
        ("UPDATE record SET uid = randomblob(16) WHERE lane = 'alarm'", "alarm 1: chain broken"),
        ("UPDATE record SET last_ns = last_ns + 1 WHERE lane = 'event'", "event 1: chain broken"),
        ("DELETE FROM record WHERE lane = 'reading' AND seq = 2", "reading 3: chain broken"),
        ("UPDATE meta SET value = 'gw-2' WHERE key = 'gateway'", "event 1: chain broken"),
    ],
)
async def test_a_third_party_finds_out_what_was_done_to_a_stores_file(
    tampering: str, complaint: str, tmp_path: Path
) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft(), draft(), draft(Lane.EVENT), draft(Lane.ALARM))
    assert list(_faults(tmp_path)) == []
    with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
        assert db.execute(tampering).rowcount == 1
    assert complaint in list(_faults(tmp_path))


def _faults(folder: Path) -> Iterator[str]:
    with SecondReader(folder / "outbox.db") as reader:
        yield from reader.faults()
