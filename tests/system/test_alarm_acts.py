"""What people do about an alarm of a running agent: on record, and told to the platform."""

import asyncio
import json
from pathlib import Path

from tests.support.waiting import look_again
from tests.system.platform import Json, Platform
from tests.system.site import DETECTOR, Site, site
from tests.system.test_resend import command

RULE = "co-1.concentration.hi"
PERSON = ("--as", "王工")


def statutory(text: str) -> str:
    """Let the limits of GB 6222 hold: only an engineer may shelve them, or take them out."""
    bare = DETECTOR.partition("    rules:")[0]
    served = bare.replace("        unit: ppm\n", "        unit: ppm\n        serves: co-concentration\n")
    return text.replace(DETECTOR, "    standard: GB 6222\n" + served)


def happened(platform: Platform) -> list[Json]:
    kinds = ("alarm", "alarm-update", "alarm-end", "handling")
    return [alarm for kind in kinds for body in platform.of(kind) for alarm in body["alarms"]]


async def started(plant: Site) -> None:
    """Start the agent, and wait until it answers."""
    await plant.start()
    async with asyncio.timeout(20):
        while (await command(plant, "alarm", "list"))[0] != 0:
            await look_again()


async def listed(plant: Site) -> Json:
    code, said = await command(plant, "alarm", "list", "--json")
    assert code == 0, said
    found: Json = json.loads(said)
    return {each["rule"]: each for each in found["alarms"]}


async def test_an_alarm_is_acknowledged_handled_and_over_also_at_the_platform(
    tmp_path: Path,
) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await started(plant)
        plant.counter.raw = 300  # 30 ppm
        await platform.until(lambda: bool(platform.of("alarm")))
        assert (await listed(plant))[RULE]["state"] == "unacknowledged"

        code, said = await command(plant, "alarm", "ack", RULE, *PERSON)
        assert (code, "acknowledged" in said) == (0, True), said
        code, said = await command(plant, "alarm", "ack", RULE, *PERSON)
        assert (code, "no alarm to be acknowledged" in said) == (1, True), said
        code, said = await command(plant, "alarm", "handle", RULE, "--cause", "leak", *PERSON)
        assert (code, "--measure is missing" in said) == (1, True), said
        code, said = await command(
            plant, "alarm", "handle", RULE, "--cause", "leak", "--measure", "flange tightened", *PERSON
        )
        assert code == 0, said

        await plant.kill()
        await started(plant)
        assert (await listed(plant))[RULE]["state"] == "acknowledged"
        plant.counter.raw = 10
        await platform.until(lambda: any(alarm["event"] == "cleared" for alarm in happened(platform)))
        await platform.until(lambda: any(alarm["event"] == "handled" for alarm in happened(platform)))
        assert await plant.stop() == 0
    of_rule = [alarm for alarm in happened(platform) if alarm["rule"] == RULE]
    assert {alarm["event"] for alarm in of_rule} == {"raised", "acknowledged", "handled", "cleared"}
    assert len({alarm["id"] for alarm in of_rule}) == 1
    [handled] = [alarm for alarm in of_rule if alarm["event"] == "handled"]
    assert handled["by"].startswith("王工 (uid ")
    assert (handled["cause"], handled["measure"]) == ("leak", "flange tightened")


async def test_a_rule_is_shelved_and_taken_out_for_a_time_and_what_cannot_be_done_is_said(
    tmp_path: Path,
) -> None:
    async with Platform() as platform, site(tmp_path, platform, edit=statutory) as plant:
        code, said = await command(plant, "alarm", "list")
        assert (code, "no agent is running" in said) == (1, True), said
        plant.counter.raw = 10
        await started(plant)
        for words, expected in (
            (("shelve", RULE, "--for", "9 h", "--reason", "test"), "8 h at most"),
            (("shelve", RULE, "--for", "1 h", "--reason", "test", "--as", "张三"), "only who is named under"),
            (
                ("take-out", RULE, "--for", "1 h", "--reason", "test", "--as", "张三"),
                "only who is named under",
            ),
            (("take-out", RULE, "--for", "1 h", "--reason", "test", "--as", ""), "--as is missing"),
            (("shelve", RULE, "--for", "soon", "--reason", "test"), "is no duration"),
            (("shelve", RULE, "--for", "30 min"), "--reason is missing"),
            (("take-out", RULE, "--reason", "test"), "--for or --until is missing"),
            (("take-out", RULE, "--until", "tomorrow", "--reason", "test"), "is no time"),
            (("take-out", RULE, "--until", "2020-01-01", "--reason", "test"), "later than now"),
            (("ack", "co-1.concentration.hih"), "did you mean"),
            (("reset", RULE), "no alarm to be reset"),
        ):
            person = () if "--as" in words else PERSON
            code, said = await command(plant, "alarm", *words, *person)
            assert (code, expected in said) == (1, True), said
        code, said = await command(
            plant, "alarm", "take-out", RULE, "--for", "1 h", "--reason", "sensor change", *PERSON
        )
        assert code == 0, said
        code, said = await command(
            plant,
            "alarm",
            "shelve",
            "co-1.concentration.hihi",
            "--for",
            "30 min",
            "--reason",
            "test",
            *PERSON,
        )
        assert code == 0, said
        found = await listed(plant)
        assert found[RULE]["out_of_service"]["reason"] == "sensor change"
        code, said = await command(plant, "alarm", "list")
        assert "is out of service until" in said
        assert "[shelved] co-1.concentration.hihi: until" in said
        code, said = await command(plant, "status")
        assert "is out of service until" in said
        code, said = await command(plant, "alarm", "put-back", RULE, *PERSON)
        assert code == 0, said
        await platform.until(lambda: any(alarm["event"] == "in-service" for alarm in happened(platform)))
        assert await plant.stop() == 0
    assert {"out-of-service", "shelved", "in-service"} <= {alarm["event"] for alarm in happened(platform)}
