"""A planned stop of a running agent: declared by a person, told to the platform, over a restart."""

import json
from pathlib import Path

from tests.system.platform import Json, Platform
from tests.system.site import Site, site
from tests.system.test_alarm_acts import listed, started
from tests.system.test_resend import command

PERSON = ("--as", "王工")
STOP = ("declare", "shop", "planned-stop", "--reason", "holiday", *PERSON)


def in_an_area(plant: Site) -> None:
    """Put the detector into an area, as a pressure: a concentration would never rest."""
    text = plant.plant.read_text(encoding="utf-8")
    text = text.replace("devices:\n", "areas: {shop: {name: 车间, state: {declared: true}}}\ndevices:\n", 1)
    text = text.replace("    unit: 1\n", "    unit: 1\n    area: shop\n").replace("ppm", "kPa")
    plant.plant.write_text(text, encoding="utf-8")


def states(platform: Platform) -> list[Json]:
    return [event for body in platform.of("state") for event in body["events"]]


def kinds(platform: Platform) -> list[tuple[str, str]]:
    return [(event["kind"], event.get("state", "")) for event in states(platform)]


async def test_a_declared_stop_rests_rules_and_its_end_is_told_with_the_checklist(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        in_an_area(plant)
        plant.counter.raw = 10
        await started(plant)
        for words, expected in (
            (("declare", "shp", "planned-stop", "--for", "1 h", "--reason", "x"), "did you mean shop"),
            (("declare", "shop", "stopped", "--for", "1 h", "--reason", "x"), "cannot be declared"),
            (("declare", "shop", "planned-stop", "--reason", "x"), "--for or --until is missing"),
            (("declare", "shop", "planned-stop", "--for", "1 h"), "--reason is missing"),
            (
                ("declare", "shop", "planned-stop", "--until", "2020-01-01", "--reason", "x"),
                "never backwards",
            ),
            (("end", "shop"), "nothing is declared"),
        ):
            code, said = await command(plant, "area", *words, *PERSON)
            assert (code, expected in said) == (1, True), said
        code, said = await command(plant, "area", *STOP, "--for", "1 h")
        assert (code, "planned stop, declared by 王工" in said) == (0, True), said
        await platform.until(lambda: ("planned-stop", "begun") in kinds(platform))

        await plant.kill()
        plant.counter.raw = 300
        await started(plant)
        assert await listed(plant) == {}
        code, said = await command(plant, "alarm", "list")
        assert "按设计抑制：co-1.concentration.hi" in said
        code, said = await command(plant, "status")
        assert "shop）：计划停产" in said
        assert "4 rules are suppressed by design" in said
        code, said = await command(plant, "area", "list", "--json")
        [area] = json.loads(said)["areas"]
        assert (area["state"], area["declared"]["reason"]) == ("planned-stop", "holiday")

        code, said = await command(plant, "area", "end", "shop", *PERSON)
        assert code == 0, said
        await platform.until(lambda: ("planned-stop", "over") in kinds(platform))
        await platform.until(lambda: bool(platform.of("alarm")))
        code, said = await command(plant, "area", "check", "shop", "--json")
        assert code == 1, "an alarm stands"
        assert [found["what"] for found in json.loads(said)["found"]] == ["alarm"]
        await platform.until(
            lambda: any(e["kind"] == "restart-check" for body in platform.of("event") for e in body["events"])
        )
        assert await plant.stop() == 0
    assert kinds(platform) == [
        ("production-state", "running"),
        ("production-state", "planned-stop"),
        ("planned-stop", "begun"),
        ("production-state", "running"),
        ("planned-stop", "over"),
    ]
    assert states(platform)[1]["by"].startswith("王工 (uid ")
