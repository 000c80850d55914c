"""What people do about baselines of a running agent: on record, and told to the platform."""

import asyncio
import json
from pathlib import Path

from tests.support.waiting import look_again
from tests.system.platform import Json, Platform
from tests.system.site import Site, site
from tests.system.test_alarm_acts import PERSON, started
from tests.system.test_resend import command

RULES = """
rules:
  drift: {kind: baseline, name: {zh: 偏离基线, en: Off baseline}, point: co-1.concentration, window: 30 s}
"""
PERMITS = """
start_permits:
  shift:
    name: {zh: 接班, en: Shift}
    requires: [co-1.concentration, co-1.concentration.hi, co-1.concentration < 9 ppm]
"""


async def listed(plant: Site) -> Json:
    code, said = await command(plant, "baseline", "list", "--json")
    assert code == 0, said
    [found] = json.loads(said)["baselines"]
    told: Json = found
    return told


def told(platform: Platform, kind: str) -> list[Json]:
    return [event for body in platform.of("event") for event in body["events"] if event["kind"] == kind]


async def test_a_baseline_is_recorded_when_a_person_asks_and_a_restart_does_not_forget_it(
    tmp_path: Path,
) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        plant.plant.write_text(plant.plant.read_text(encoding="utf-8") + RULES, encoding="utf-8")
        await started(plant)
        assert (await listed(plant))["recorded"] is None
        code, said = await command(plant, "baseline", "list")
        assert (code, "no baseline, not watched" in said) == (0, True), said
        for words, expected in (
            (("drif",), "there are: drift"),
            (("drift", "--changed", "yesterday"), "is no time"),
            (("drift", "--changed", "2020-01-01"), "check --changed"),
        ):
            code, said = await command(plant, "baseline", "record", *words, *PERSON)
            assert (code, expected in said) == (1, True), said
        code, said = await command(plant, "baseline", "record", "drift", "--reason", "bag change", *PERSON)
        assert (code, "the old one is void" in said) == (0, True), said
        await platform.until(lambda: bool(told(platform, "baseline")))

        await plant.kill()
        await started(plant)
        recording = (await listed(plant))["recording"]
        assert recording["by"].startswith("王工 (uid ")
        assert recording["reason"] == "bag change"
        code, said = await command(plant, "baseline", "list")
        assert (code, "being recorded" in said) == (0, True), said
        assert await plant.stop() == 0
    [event] = told(platform, "baseline")
    assert event["rule"] == "drift"


async def test_a_permit_says_what_is_not_fit_and_the_answer_is_on_record(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        plant.plant.write_text(plant.plant.read_text(encoding="utf-8") + PERMITS, encoding="utf-8")
        plant.counter.raw = 10  # 1 ppm
        await started(plant)
        code, said = await command(plant, "permit", "list")
        assert (code, "co-1.concentration < 9 ppm" in said) == (0, True), said
        code, said = await command(plant, "permit", "check", "shif", *PERSON)
        assert (code, "did you mean shift?" in said) == (1, True), said
        async with asyncio.timeout(20):
            while (await command(plant, "permit", "check", "shift", *PERSON))[0] != 0:
                await look_again()
        plant.counter.raw = 300  # 30 ppm
        await platform.until(lambda: bool(platform.of("alarm")))
        code, said = await command(plant, "permit", "check", "shift", "--json", *PERSON)
        result = json.loads(said)
        assert (code, result["fit"]) == (1, False)
        assert [each["what"] for each in result["findings"]] == [
            "co-1.concentration.hi",
            "co-1.concentration < 9 ppm",
        ]
        await platform.until(lambda: any(not event["fit"] for event in told(platform, "start-permit")))
        assert await plant.stop() == 0
    assert any(event["fit"] for event in told(platform, "start-permit"))
    assert told(platform, "start-permit")[-1]["by"].startswith("王工 (uid ")
