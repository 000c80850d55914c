"""A test with gas on a running agent: what the platform gets of it, and what the lists show meanwhile."""

from pathlib import Path

from tests.system.platform import Platform
from tests.system.site import site
from tests.system.test_alarm_acts import PERSON, RULE, listed, started
from tests.system.test_resend import command

POINT = "co-1.concentration"
GAS = ("--gas", "CO 50 ppm, lot 123")


async def test_a_sensor_is_tested_and_nobody_is_alarmed(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        plant.counter.raw = 10
        await started(plant)
        for words, expected in (
            (("test", POINT, *GAS, "--for", "10 min"), "--as is missing"),
            (("test", POINT, "--for", "10 min", *PERSON), "--gas is missing"),
            (("test", POINT, *GAS, *PERSON), "--for is missing"),
            (("test", "co-1.concentratoin", *GAS, "--for", "10 min", *PERSON), "did you mean"),
            (("test", POINT, *GAS, "--for", "2 h", *PERSON), "60 min at most"),
            (("test-end", POINT, *PERSON), "is under way"),
        ):
            code, said = await command(plant, "alarm", *words)
            assert (code, expected in said) == (1, True), said
        code, said = await command(plant, "alarm", "test", POINT, *GAS, "--for", "10 min", *PERSON)
        assert (code, "its alarms are tests" in said) == (0, True), said

        plant.counter.raw = 500
        await platform.until(lambda: bool(platform.of("test")))
        [alarm] = [alarm for body in platform.of("test") for alarm in body["alarms"]]
        assert (alarm["rule"], alarm["event"]) == (RULE, "raised")
        assert alarm["test"]["gas"] == "CO 50 ppm, lot 123"
        code, said = await command(plant, "alarm", "list")
        assert (code, "[out of use]" in said, "[critical]" in said) == (0, True, False), said
        assert RULE not in await listed(plant)
        code, said = await command(plant, "status")
        assert "test with gas begun by 王工" in said

        plant.counter.raw = 10
        code, said = await command(plant, "alarm", "test-end", POINT, *PERSON)
        assert (code, "T90" in said, RULE in said) == (0, True, True), said
        await platform.until(lambda: any(body["events"] for body in platform.of("test")))
        [result] = [event for body in platform.of("test") for event in body["events"]]
        assert (result["verdict"], result["reached"]) == ("responded", 50.0)
        assert result["by"].startswith("王工 (uid ")
        assert await plant.stop() == 0
    assert platform.of("alarm") == []
    states = [event for body in platform.of("state") for event in body["events"]]
    assert [(event["kind"], event["cause"]) for event in states] == [
        ("bypass", "gas-test"),
        ("bypass-end", "gas-test"),
    ]
