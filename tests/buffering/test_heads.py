"""Signed heads: what is signed, when, how many are kept, and that a third party can verify them."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from buffering.heads import fingerprint
from buffering.outbox import Keeping, Lane
from tests.buffering.parts import NOW, SECOND, CountingStore, commit, draft, opened
from tests.buffering.second_reader import SecondReader

PAGE = (Path(__file__).parents[2] / "docs" / "storage-format.md").read_text("utf-8")
HOUR = 3600 * SECOND


class Key:
    """A key in memory."""

    def __init__(self, number: int = 1) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))

    @property
    def public_key(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


def signed(folder: Path) -> list[tuple[str, int]]:
    with SecondReader(folder / "outbox.db") as reader:
        rows = reader._rows("SELECT lane, seq FROM signature ORDER BY lane, seq")
    return [(row["lane"], row["seq"]) for row in rows]


async def test_a_signature_rides_on_the_next_commit_and_covers_it(tmp_path: Path) -> None:
    stores: list[CountingStore] = []

    def open_store(folder: Path) -> CountingStore:
        stores.append(CountingStore.open(folder))
        return stores[0]

    async with opened(tmp_path, signer=Key(), open_store=open_store) as outbox:
        before = stores[0].commits
        outbox.append(draft(), now_ns=NOW)
        outbox.append(draft(Lane.EVENT), now_ns=NOW)
        outbox.upkeep.sign(now_ns=NOW)
        assert outbox.upkeep.signed == {}
        await outbox.commit(now_ns=NOW)
        assert stores[0].commits == before + 1
        assert {lane: head.seq for lane, head in outbox.upkeep.signed.items()} == {
            Lane.READING: 1,
            Lane.EVENT: 1,
        }
    async with opened(tmp_path, signer=Key()) as again:
        assert again.upkeep.signed[Lane.READING].seq == 1, "known again after a restart"


async def test_one_head_an_hour_and_lane_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path, signer=Key()) as outbox:
        for minutes in (0, 10, 20, 70, 80, 200):
            outbox.append(draft(), now_ns=NOW)
            outbox.upkeep.sign(now_ns=NOW // HOUR * HOUR + minutes * 60 * SECOND)
            await outbox.commit(now_ns=NOW)
            outbox.upkeep.sign(now_ns=NOW)
        assert signed(tmp_path) == [("reading", 3), ("reading", 5), ("reading", 6)]


async def test_a_clean_stop_signs_what_is_new(tmp_path: Path) -> None:
    async with opened(tmp_path, signer=Key()) as outbox:
        await commit(outbox, draft(), draft(Lane.ALARM))
    assert signed(tmp_path) == [("alarm", 1), ("reading", 1)]


async def test_a_new_key_signs_the_head_again(tmp_path: Path) -> None:
    async with opened(tmp_path, signer=Key(1)) as outbox:
        await commit(outbox, draft())
    async with opened(tmp_path, signer=Key(2)):
        pass
    with SecondReader(tmp_path / "outbox.db") as reader:
        assert len(reader._rows("SELECT * FROM device_key")) == 2
        [row] = reader._rows("SELECT * FROM signature")
        assert row["fingerprint"] == fingerprint(Key(2).public_key)


async def test_signatures_go_with_their_records(tmp_path: Path) -> None:
    async with opened(tmp_path, signer=Key(), keeping=Keeping(readings_s=60)) as outbox:
        for hours in range(5):
            outbox.append(draft(at_ns=NOW + hours * HOUR), now_ns=NOW)
            outbox.upkeep.sign(now_ns=NOW + hours * HOUR)
            await outbox.commit(now_ns=NOW)
        await outbox.upkeep.tidy(now_ns=NOW + 3 * HOUR + 10 * SECOND, trust_time=True)
        assert signed(tmp_path) == [("reading", 4), ("reading", 5)]


@pytest.mark.parametrize(
    ("forgery", "complaint"),
    [
        ("UPDATE signature SET signed_ns = signed_ns + 1", "signature wrong"),
        ("UPDATE signature SET chain = zeroblob(32)", "signature wrong"),
        ("UPDATE record SET chain = zeroblob(32)", "another chain value"),
        ("UPDATE meta SET value = 'gw-2' WHERE key = 'gateway'", "signature wrong"),
        ("UPDATE signature SET fingerprint = 'x'", "signed by another key"),
    ],
)
async def test_the_pages_script_verifies_heads_and_finds_out_forgeries(
    forgery: str, complaint: str, tmp_path: Path
) -> None:
    async with opened(tmp_path, signer=Key()) as outbox:
        await commit(outbox, draft(), draft())
    assert _verify(tmp_path) == ""
    with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
        db.execute(forgery)
    assert complaint in _verify(tmp_path)


def _verify(folder: Path) -> str:
    _, script = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    command = [sys.executable, "-c", script, str(folder / "outbox.db"), fingerprint(Key().public_key)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
