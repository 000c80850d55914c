"""An agent whose plant file has an approval that ran out: it starts, polls, and raises the alarm once."""

from pathlib import Path

from tests.system.platform import Json, Platform
from tests.system.site import site

APPROVED = "{reason: 氢气干扰, approved_by: 张工, date: 2020-01-05, until: 2020-06-30}"
RULE = "co-1.concentration.hi.deviation"


def with_deviation(text: str) -> str:
    return text.replace("hi: {limit: 24 ppm,", f"hi: {{limit: 40 ppm, deviation: {APPROVED},")


def expired(platform: Platform) -> list[Json]:
    return [alarm for body in platform.of("alarm") for alarm in body["alarms"] if alarm["rule"] == RULE]


async def test_it_is_told_to_the_platform_once_and_the_readings_go_on(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform, edit=with_deviation) as plant:
        await plant.start()
        await platform.until(lambda: bool(expired(platform)) and bool(platform.values()))
        await plant.kill()
        await plant.start()
        read = len(platform.values())
        await platform.until(lambda: len(platform.values()) > read)
        assert await plant.stop() == 0
    [alarm] = expired(platform)
    assert alarm["condition"] == "deviation-expired"
    assert "2020-06-30" in str(alarm)
