"""The agent and a real mosquitto at QoS 1, MQTT 5 where nothing else is said.

Goal: a subscriber with a lasting session gets everything that the agent's store
holds, in order within live and within back-fill, through a broker that is away,
killed, frozen, or refuses by its access list. Method: the device counts its
answers; at the end the stopped agent's store, read by a second reader, is held
against what the subscriber got.
"""

import signal
from pathlib import Path

from drivers.clock import SystemClock
from tests.system.site import Site, county, site
from tests.system.status import destination, until_status, value_of
from tests.system.subscriber import ALL_TOPICS, County, county_site

FROZEN_S = 4


async def complete(plant: Site, platform: County) -> None:
    """Stop the agent and hold the subscriber against the store."""
    assert await plant.stop() == 0
    stored = {(r.seq, r.index): r.value for r in plant.store().readings}
    got = {(r["seq"], r["index"]): r["value"] for body in platform.stored for r in body["readings"]}
    assert got == stored
    for kind in ("report", "continues"):
        assert platform.values(kind) == sorted(platform.values(kind))
    by_id = {body["id"]: body for body in platform.stored}
    assert all(body == by_id[body["id"]] for body in platform.attempts), "a repeat is the same message"
    # The parts of one message share its number.
    numbers = sorted({body["number"] for body in platform.stored if body["number"] is not None})
    assert numbers == list(range(1, len(numbers) + 1))


async def live_after_an_outage(plant: Site, platform: County) -> None:
    """Start both, take the broker away for a while, and wait until readings are live again."""
    await platform.up()
    await plant.start()
    await platform.until(lambda: len(platform.values("report")) >= 10)
    await platform.down()
    await plant.until_served(20)
    await platform.up()
    served = plant.counter.served
    await platform.until(lambda: max(platform.values("report")) > served / 10)
    assert len(platform.values("continues")) >= 15


async def test_everything_arrives_in_order_within_live_and_within_back_fill(tmp_path: Path) -> None:
    async with county_site(tmp_path) as platform, site(tmp_path, county(platform.port)) as plant:
        await plant.start()
        await plant.until_served(20)
        await platform.up()
        await platform.until(lambda: len(platform.values("report")) >= 20)
        assert len(platform.values("continues")) >= 15
        await complete(plant, platform)


async def test_a_broker_killed_and_started_again_costs_nothing(tmp_path: Path) -> None:
    async with county_site(tmp_path) as platform, site(tmp_path, county(platform.port)) as plant:
        await live_after_an_outage(plant, platform)
        await complete(plant, platform)


async def test_a_frozen_broker_costs_nothing_and_repeats_carry_the_same_id(tmp_path: Path) -> None:
    async with county_site(tmp_path) as platform, site(tmp_path, county(platform.port)) as plant:
        await platform.up()
        await plant.start()
        await platform.until(lambda: len(platform.values("report")) >= 10)
        platform.signal(signal.SIGSTOP)
        await plant.until_served(FROZEN_S * 10)
        platform.signal(signal.SIGCONT)
        served = plant.counter.served
        await platform.until(lambda: max(platform.values("report")) > served / 10)
        assert len(platform.attempts) > len(platform.stored), "what was under way came again"
        await complete(plant, platform)


async def test_a_publish_that_the_brokers_access_list_refuses_is_told_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    async with county_site(tmp_path) as platform, site(tmp_path, county(platform.port)) as plant:
        platform.allow("topic write somewhere/else\n")
        await platform.up()
        await plant.start()
        refused = await until_status(plant, lambda status: destination(status)["last_error"] is not None)
        words = destination(refused)["last_error"]
        assert "Not authorized" in words["en"]
        assert "check the rights on the topic" in words["en"]
        assert "核对主题权限" in words["zh"]
        assert destination(refused)["state"] == "down"

        await plant.until_served(20)
        assert value_of(await plant.status(), "co-1.concentration") >= 2, "polling went on"
        assert platform.stored == []

        platform.allow(ALL_TOPICS)
        await platform.until(lambda: len(platform.values("report")) >= 5)
        await complete(plant, platform)


async def test_under_3_1_1_a_broker_killed_and_started_again_costs_nothing_either(tmp_path: Path) -> None:
    async with (
        county_site(tmp_path) as platform,
        site(tmp_path, county(platform.port, mqtt="version: 3.1.1")) as plant,
    ):
        await live_after_an_outage(plant, platform)
        await complete(plant, platform)


async def test_under_3_1_1_nobody_sees_what_the_access_list_refuses_but_by_the_numbers_that_are_missing(
    tmp_path: Path,
) -> None:
    async with (
        county_site(tmp_path) as platform,
        site(tmp_path, county(platform.port, mqtt="version: 3.1.1")) as plant,
    ):
        platform.allow("topic write edge/+/heartbeat\n")
        await platform.up()
        await plant.start()
        # Twice as many as are held to be gone: streams go side by side, and one of the first may be the last.
        await until_status(plant, lambda status: destination(status)["confirmed"] >= 10)
        assert destination(await plant.status())["last_error"] is None
        assert platform.values() == []

        platform.allow(ALL_TOPICS)
        await platform.until(lambda: len(platform.values("report")) >= 5)
        first = min(body["number"] for body in platform.stored if body["number"] is not None)
        assert first > 5


async def test_in_order_an_outage_is_seen_before_what_was_read_after_it(tmp_path: Path) -> None:
    async with (
        county_site(tmp_path) as platform,
        site(tmp_path, county(platform.port, more="order: in-order")) as plant,
    ):
        await live_after_an_outage(plant, platform)
        assert platform.values() == sorted(platform.values())
        await complete(plant, platform)


async def test_a_rate_is_kept_to_while_an_outage_is_made_up_for(tmp_path: Path) -> None:
    async with (
        county_site(tmp_path) as platform,
        site(tmp_path, county(platform.port, more="rate: 4/s")) as plant,
    ):
        await plant.start()
        await plant.until_served(20)
        await platform.up()

        def paced() -> int:
            return sum(body["number"] is not None for body in platform.stored)

        await platform.until(lambda: paced() >= 1)
        clock, came_ns, already = SystemClock(), SystemClock().monotonic_ns(), paced()
        await platform.until(lambda: paced() >= already + 9)
        assert clock.monotonic_ns() - came_ns > 1.9e9, "the ninth has eight turns of 250 ms before it"
        await platform.until(lambda: len(platform.values("report")) >= 5)
        await complete(plant, platform)
