"""The third-party verifier: green on what the real outbox wrote, red on what was done to it since."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from buffering.heads import fingerprint
from buffering.outbox import Keeping
from config.model import LimitKind
from simulator.bureau.verifier import faults
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.recorded import KEY, recording

CO = point()
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]))
DEVICE = fingerprint(KEY.public_key)
ROOT = Path(__file__).parents[2]
READING = "WHERE lane = 'reading' AND seq"
UNSAID = f"UPDATE removed SET last = 4, (total, chain) = (SELECT total, chain FROM record {READING} = 4)"


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """Readings and an alarm, the oldest readings removed by age, heads signed."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=60)) as desk:
        for value in (1, 2, 30, 4, 5, 6):
            await desk.read(CO.id, value)
            clock.move(3600)
        await desk.outbox.upkeep.tidy(now_ns=clock.now_ns() - 3 * 3600 * 10**9, trust_time=True)
        await desk.read(CO.id, 7)
    return tmp_path / "outbox.db"


def found(store: Path, *statements: str) -> list[str]:
    """Return what the verifier says, without the epoch, after something was done to the store."""
    with closing(sqlite3.connect(store, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return [fault.partition(" ")[2] for fault in faults(store, DEVICE)]


def test_a_store_of_the_real_outbox_is_whole(store: Path) -> None:
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("SELECT count(*) FROM removed").fetchone() == (1,), "there is a removal to verify"
        assert db.execute("SELECT count(*) FROM signature").fetchone()[0] >= 3, "and heads"
    assert found(store) == []


def test_a_flipped_byte_in_the_file_is_found(store: Path) -> None:
    with closing(sqlite3.connect(store)) as db:
        [(payload,)] = db.execute(f"SELECT payload FROM record {READING} = 6").fetchall()
    content = bytearray(store.read_bytes())
    assert content.count(payload) == 1
    content[content.index(payload) + len(payload) // 2] ^= 0x10
    store.write_bytes(content)
    assert found(store) == ["reading 6: payload altered"]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([f"DELETE FROM record {READING} = 6"], ["reading 6: missing"]),
        ([f"DELETE FROM record {READING} = 7"], ["reading 7: signed, and not there"]),
        ([f"UPDATE record SET first_ns = 0 {READING} = 5"], ["reading 5: chain broken"]),
        ([f"UPDATE record SET total = 9 {READING} = 7"], ["reading 7: total 9 does not follow"]),
        (
            ["UPDATE signature SET signature = zeroblob(64) WHERE lane = 'alarm' AND seq = 2"],
            ["alarm 2: signature wrong"],
        ),
        (["UPDATE removed SET last = last + 1"], ["reading 4: told as removed, and there"]),
        ([UNSAID, f"DELETE FROM record {READING} = 4"], ["reading 4: removed, and no event tells of it"]),
    ],
    ids=["row removed", "newest removed", "header", "total", "signature", "false removal", "unsaid removal"],
)
def test_what_was_done_to_it_is_found_and_named(store: Path, statements: list[str], said: list[str]) -> None:
    assert found(store, *statements)[: len(said)] == said


def test_a_payload_that_was_changed_together_with_its_hash_is_found(store: Path) -> None:
    digest = hashlib.sha256(b"forged").hexdigest()
    forged = b"forged".hex()
    change = f"UPDATE record SET payload = x'{forged}', sha256 = x'{digest}' {READING} = 6"
    assert found(store, change) == ["reading 6: chain broken"]


def test_a_history_that_was_written_anew_is_found_by_the_device_fingerprint(store: Path) -> None:
    told = {fault.partition(": ")[2].partition(",")[0] for fault in faults(store, "0" * 64)}
    assert told == {"signed by another key", "nothing up to here is signed by the device"}


def test_a_lane_whose_heads_were_all_taken_away_is_found(store: Path) -> None:
    assert found(store, "DELETE FROM signature WHERE lane = 'reading'") == [
        "reading 7: nothing up to here is signed by the device"
    ]


def test_it_is_a_program_and_damage_is_told_not_thrown(store: Path) -> None:
    command = [sys.executable, "-m", "simulator.bureau.verifier", str(store), DEVICE]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    content = store.read_bytes()
    store.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout


def test_it_shares_nothing_with_what_wrote_the_store() -> None:
    source = (ROOT / "simulator" / "bureau" / "verifier.py").read_text("utf-8")
    assert not [word for word in ("buffering", "agent.", "drivers") if f"import {word}" in source]
    assert not [word for word in ("buffering", "agent", "drivers") if f"from {word}" in source]
