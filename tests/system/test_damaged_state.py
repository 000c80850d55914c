"""What lies beside the log is damaged, every key of it: the agent polls, alarms and forwards, and says so."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from buffering.sealed import seal
from tests.system.platform import Platform
from tests.system.site import Site, site


def spoil(plant: Site, *, sealed: bool) -> list[str]:
    """Overwrite every value, with a checksum that fits it or without; return the keys."""
    with closing(sqlite3.connect(plant.state / "outbox.db", isolation_level=None)) as db:
        keys = [key for (key,) in db.execute("SELECT key FROM state")]
        kept = ("quarantine/bureau", "flood", "run/through_ns", "rules/in-force", "gate/cast", "area/shop")
        for key in {*keys, *kept}:
            crc = seal(key, b"{") if sealed else 0
            db.execute("INSERT OR REPLACE INTO state VALUES (?, x'7b', ?)", (key, crc))
        return sorted({*keys, *kept})


@pytest.mark.parametrize("sealed", [False, True], ids=["damaged", "of-another-version"])
async def test_an_agent_whose_every_value_beside_the_log_is_spoilt_goes_on(
    tmp_path: Path, *, sealed: bool
) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 5)
        await platform.down()
        await plant.until_served(20)
        await plant.kill()
        committed = [r.value for r in plant.store().readings if r.value is not None]
        keys = spoil(plant, sealed=sealed)
        await platform.up()
        await plant.start()
        plant.counter.raw = 2000
        await platform.until(lambda: bool(platform.of("alarm")))
        await platform.until(lambda: set(committed) <= set(platform.values()))
        if not sealed:
            told = [each for body in platform.of("event") for each in body["events"]]
            assert {e["key"] for e in told if e["kind"] == "state-damaged"} == set(keys)
            assert [e["key"] for e in told if e["kind"] == "state-restored"] != []
        assert await plant.stop() == 0
