"""The agent and a platform of HJ 212 that refuses, dawdles and loses; every record is accounted for.

Method: the platform keeps books of what it acknowledged and of what it only
heard; the stopped agent's store, read by a second reader, is held against them
by a second implementation of what such a platform is entitled to.
"""

import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from simulator.bureau.gate import Door, Gate
from simulator.bureau.hj212_station import Enrolled, Reception
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Odds, Temper
from simulator.clock import SystemClock
from simulator.demo.entitlement import Delivery
from simulator.demo.hj212_balance import Station, balance_station, read_station
from tests.support.waiting import until
from tests.system.site import Site, site
from tests.system.test_evidence import command

CODES = {"co-1.concentration": "a21005"}
UPLINK = """
  environment:
    hj212: {{host: 127.0.0.1, port: {port}, mn: M1, st: "31", password: "${{env:PW}}", timeout: {timeout}}}
    codes: codes.csv
    heartbeat: 1 s
    reconnect_spread: 0 s
"""
WELL_BEHAVED = Odds(0, 0, 0)
ENVIRON = {"PW": "123456"}


class Bureau:
    """The platform: a gate, what lies behind it, and its books."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        self._books = folder / "bureau.db"
        self.gate = gate

    def read(self) -> Station:
        return read_station(self._books, "environment")

    @property
    def values(self) -> int:
        return self.read().said.total()

    def balance(self, plant: Site) -> Delivery:
        return balance_station(
            "environment", plant.store(), self.read(), CODES, timezone="Asia/Shanghai", settled_ns=2**62
        )


@asynccontextmanager
async def bureau(folder: Path, odds: Odds) -> AsyncIterator[Bureau]:
    with contextlib.closing(Ledger(folder / "bureau.db")) as ledger:
        temper = Temper(odds, random.Random(1))
        reception = Reception("environment", Enrolled("M1", "123456"), ledger, temper, SystemClock())
        async with reception.listening() as port:
            gate = Gate(port)
            await gate.set(Door.OPEN)
            try:
                yield Bureau(folder, gate)
            finally:
                await gate.close()


@asynccontextmanager
async def reporting(
    folder: Path, odds: Odds = WELL_BEHAVED, *, timeout: str = "1 s", period: str = "100 ms"
) -> AsyncIterator[tuple[Site, Bureau]]:
    """Make a platform and a site that reports to it; the agent is not started yet."""
    (folder / "codes.csv").write_text("point,code\nco-1.concentration,a21005\n")
    async with bureau(folder, odds) as platform:
        text = UPLINK.format(port=platform.gate.port, timeout=timeout)
        async with site(folder, text, period=period) as plant:
            yield plant, platform


async def served(plant: Site, bureau: Bureau, count: int) -> None:
    """Wait until the device has answered so often, and until the platform has that much."""
    goal = bureau.values + count
    await plant.until_served(count)
    await until(lambda: bureau.values >= goal - 5)


async def complete(plant: Site, bureau: Bureau) -> Delivery:
    assert await plant.stop() == 0
    delivery = bureau.balance(plant)
    assert delivery.complete, delivery
    return delivery


async def test_every_accepted_reading_is_acknowledged_with_its_second_value_and_letter(
    tmp_path: Path,
) -> None:
    async with reporting(tmp_path) as (plant, platform):
        await plant.start(ENVIRON)
        await served(plant, platform, 30)
        delivery = await complete(plant, platform)
        _, out, _ = await command("audit", "verify", "--state", plant.state, "--json")
    told = {each["lane"]: each["destinations"]["environment"] for each in json.loads(out)["lanes"]}
    assert told["reading"]["confirmed"]["items"] >= 30
    assert told["event"]["left_out"]["items"] > 0
    assert told["event"]["confirmed"]["items"] == 0, "HJ 212 has no word for events"
    assert delivery.entitled_readings >= 30
    assert delivery.left_readings == 0


async def test_refusals_delays_and_lost_answers_cost_nothing(tmp_path: Path) -> None:
    async with reporting(tmp_path, Odds(0.2, 0.05, 0.2), timeout="300 ms", period="200 ms") as (
        plant,
        platform,
    ):
        await plant.start(ENVIRON)
        await served(plant, platform, 40)
        await complete(plant, platform)
        assert platform.read().books.attempts.keys() >= {"refused", "lost"}


async def test_an_outage_and_a_black_hole_cost_nothing(tmp_path: Path) -> None:
    async with reporting(tmp_path) as (plant, platform):
        await plant.start(ENVIRON)
        await served(plant, platform, 10)
        for door in (Door.SHUT, Door.BLACK_HOLE):
            await platform.gate.set(door)
            await plant.until_served(30)
            await platform.gate.set(Door.OPEN)
            await served(plant, platform, 10)
        delivery = await complete(plant, platform)
    assert delivery.entitled_readings >= 90


async def test_the_accounting_would_see_a_missing_and_a_made_up_reading(tmp_path: Path) -> None:
    async with reporting(tmp_path) as (plant, platform):
        await plant.start(ENVIRON)
        await served(plant, platform, 10)
        await complete(plant, platform)
        spoil: list[Callable[[Station], None]] = [_forget_one, _make_one_up]
        for each in spoil:
            station = platform.read()
            each(station)
            delivery = balance_station(
                "environment", plant.store(), station, CODES, timezone="Asia/Shanghai", settled_ns=2**62
            )
            assert not delivery.complete


def _forget_one(station: Station) -> None:
    said = next(iter(station.said))
    station.said[said] -= 1


def _make_one_up(station: Station) -> None:
    station.said["a21005", "20261124120000", "N", "1"] += 1
