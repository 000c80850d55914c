"""Rules of the plant in a running agent: raised and cleared at the platform, on the clock too."""

from pathlib import Path

from tests.system.platform import Json, Platform
from tests.system.site import site

RULES = """
rules:
  jumps:
    kind: jump
    name: {zh: CO 跳变, en: CO jumps}
    point: co-1.concentration
    limit: 300 ppm
    off_delay: 1 s
  still:
    kind: frozen
    name: {zh: CO 不变, en: CO stands still}
    point: co-1.concentration
    window: 1 s
    off_delay: 0 s
  high:
    kind: expression
    name: {zh: CO 持续偏高, en: CO stays high}
    when: co-1.concentration > 400 ppm for 500 ms
    off_delay: 0 s
"""


CONDITIONS = {"jumps": "jump", "still": "frozen", "high": "expression"}


def told(platform: Platform, kind: str) -> dict[str, Json]:
    """Return the first thing of a kind that the platform was told of each rule."""
    alarms = [alarm for body in reversed(platform.of(kind)) for alarm in body["alarms"]]
    return {alarm["rule"]: alarm for alarm in alarms if alarm["rule"] in CONDITIONS}


async def test_rules_raise_and_clear_at_the_platform(tmp_path: Path) -> None:
    def edit(text: str) -> str:
        return text.rstrip() + RULES

    async with Platform() as platform, site(tmp_path, platform, edit=edit) as plant:
        await plant.start()
        await plant.until_served(10)
        assert told(platform, "alarm") == {}

        plant.counter.raw = 5000
        await platform.until(lambda: told(platform, "alarm").keys() == CONDITIONS.keys())
        plant.counter.raw = None
        await platform.until(lambda: told(platform, "alarm-end").keys() == CONDITIONS.keys())

        raised, ended = told(platform, "alarm"), told(platform, "alarm-end")
        for rule, condition in CONDITIONS.items():
            assert (raised[rule]["event"], ended[rule]["event"]) == ("raised", "cleared")
            assert raised[rule]["id"] == ended[rule]["id"]
            assert (raised[rule]["condition"], raised[rule]["point"]) == (condition, "co-1.concentration")
