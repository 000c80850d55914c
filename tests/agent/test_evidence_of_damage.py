"""Whatever a flipped byte hits, each evidence command tells it or is right: no traceback, no false green.

Method: seeded bytes of a real store are changed; what `audit verify` calls sound must
still hold, row by row, every record and signature that was written.
"""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from agent.cli.main import main
from buffering.outbox import Keeping
from buffering.record import Stream
from config.model import LimitKind
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.recorded import recording

CO = point()
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]))
SEEDS: Final = 60
HEADER_BYTES: Final = 100
EVIDENCE: Final = (
    "SELECT * FROM record ORDER BY epoch, lane, seq",
    "SELECT * FROM signature ORDER BY epoch, lane, seq",
)


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """Alarms, removed readings, signed heads, a message confirmed."""
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock, keeping=Keeping(readings_s=60)) as desk:
        for value in range(8):
            await desk.read(CO.id, value * 5)
            clock.move(600)
        await desk.deliver(Stream.LIVE)
        await desk.sign()
        await desk.outbox.upkeep.tidy(now_ns=clock.now_ns() - 1200 * SECOND, trust_time=True)
    return tmp_path / "outbox.db"


def evidence(file: Path) -> list[Any]:
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as db:
        return [db.execute(statement).fetchall() for statement in EVIDENCE]


async def test_no_flipped_byte_is_thrown_or_passed_over(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, written, damaged = store.read_bytes(), evidence(store), tmp_path / "damaged.db"
    commands = (
        [
            "export",
            "--from",
            "2026-09-21",
            "--to",
            "2026-09-23",
            "--out",
            str(tmp_path / "all.csv"),
            "--force",
        ],
        ["audit", "report", "--day", "2026-09-21", "--out", str(tmp_path / "day.html"), "--force"],
    )
    found = 0
    for seed in range(SEEDS):
        chance, content = random.Random(seed), bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            content[chance.randrange(HEADER_BYTES, len(content))] = chance.randrange(256)
        damaged.write_bytes(content)
        code = main(["audit", "verify", "--store", str(damaged)])
        assert code == 1 or evidence(damaged) == written, f"seed {seed}: called sound"
        assert all(main([*command, "--store", str(damaged)]) in (0, 1) for command in commands), seed
        found += code
    capsys.readouterr()
    assert found > SEEDS / 4
