"""`edge-agent resend` to a running agent: a platform lost its books, and gets everything again."""

import asyncio
from pathlib import Path

from tests.system.platform import Json, Platform, store
from tests.system.site import AGENT, Site, site

DEMO = Path(__file__).parents[2] / "config" / "plants" / "demo.yaml"


async def command(plant: Site, *arguments: str) -> tuple[int, str]:
    """Run a command on the agent's state folder; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        str(AGENT),
        *arguments,
        "--state",
        str(plant.state),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return process.returncode, said.decode()


def readings(datas: list[Json]) -> set[tuple[object, ...]]:
    return {(data["seq"], data["index"], data["value"]) for data in datas}


def events(platform: Platform) -> list[Json]:
    return [event for body in platform.of("event") for event in body["events"]]


def between(begin: str, end: str) -> tuple[str, ...]:
    return "resend", "--destination", "bureau", "--from", begin, "--to", end, "--as", "王工"


async def test_what_a_platform_lost_comes_again_as_back_fill_under_new_ids(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        await plant.start()
        plant.counter.raw = 300  # 30 ppm: an alarm
        await platform.until(lambda: bool(platform.of("alarm")) and len(platform.values("report")) >= 5)
        lost, books = platform.datas(), list(platform.stored)
        platform.stored.clear()

        code, said = await command(plant, *between("2020-01-01", "2099-01-01T00:00:00Z"))
        assert code == 0, said
        await platform.until(lambda: bool(platform.of("alarm")))
        await platform.until(lambda: readings(lost) <= readings(platform.datas()))
        await platform.until(lambda: any(event["kind"] == "resend" for event in events(platform)))
        assert await plant.stop() == 0

    alarm = [alarm["id"] for body in books for alarm in body["alarms"]]
    assert set(alarm) <= {each["id"] for body in platform.stored for each in body["alarms"]}
    assert not {body["dataId"] for body in books} & {body["dataId"] for body in platform.stored}
    assert readings(lost) <= readings(platform.datas("continues"))
    numbers = {body["number"] for body in (*books, *platform.stored) if body["number"] is not None}
    assert numbers == set(range(1, len(numbers) + 1))
    [event] = [e.content for e in plant.store().events if e.content["kind"] == "resend"]
    assert event["by"].startswith("王工 (uid ")
    assert {span[1] for span in event["records"]} == {"alarm", "event", "reading"}


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    async with Platform() as platform, site(tmp_path, platform) as plant:
        code, said = await command(plant, *between("2026-01-01", "2026-01-02"))
        assert (code, "no agent is running" in said) == (1, True)
        await plant.start()
        await platform.until(lambda: len(platform.values()) >= 1)
        for begin, end, words in (
            ("yesterday", "2026-01-02", "'yesterday' is no time"),
            ("2026-01-02", "2026-01-01", "--from is not before --to"),
            ("2020-01-01", "2020-01-02", "nothing was recorded in 2020-01-01 00:00:00"),
        ):
            code, said = await command(plant, *between(begin, end))
            assert (code, words in said) == (1, True), said
        code, said = await command(plant, *between("2020-01-01", "2020-01-02")[:-2])
        assert (code, "'as'" in said or "--as" in said) == (1, True), said
        code, said = await command(
            plant, "resend", "--destination", "x", "--from", "1", "--to", "2", "--as", "王工"
        )
        assert (code, "no destination 'x'; there are: bureau" in said) == (1, True)


async def test_what_a_platform_refuses_is_listed_and_sent_once_it_is_mended(tmp_path: Path) -> None:
    def refuse_all_readings(body: Json, _attempt: int) -> str:
        return "no" if body["datas"] else "store"

    async with Platform(refuse_all_readings) as platform, site(tmp_path, platform) as plant:
        await plant.start()
        await platform.until(lambda: any(each["kind"] == "point-parked" for each in events(platform)))
        for names in (["bureau"], [str(plant.plant), "bureau"]):
            code, said = await command(plant, "quarantine", "list", *names)
            assert (code, "point co-1.concentration parked since" in said) == (0, True)
        code, said = await command(plant, "quarantine", "list")
        assert (code, "bureau:" in said, "parked since" in said) == (0, True, True), said
        for action, more in (("resend", ()), ("drop", ("--all",))):
            code, said = await command(plant, "quarantine", action, "bureau", *more)
            assert (code, "as" in said) == (1, True), said
        code, said = await command(plant, "status")
        assert (code, "points that it refuses: co-1.concentration" in said) == (0, True), said
        code, said = await command(plant, "quarantine", "drop", "bureau")
        assert (code, "say --all" in said) == (2, True), said
        code, said = await command(plant, "quarantine", "drop", str(DEMO), "bureau", "--all")
        assert (code, "runs YC-TEST-1, not YC-DEMO-0001 as the plant file says" in said) == (1, True), said

        platform.script = store
        code, said = await command(
            plant, "quarantine", "resend", "bureau", "co-1.concentration", "--as", "王工"
        )
        assert code == 0, said
        await platform.until(lambda: any(each["kind"] == "quarantine-resent" for each in events(platform)))
        assert await plant.stop() == 0
    stored = {r.value for r in plant.store().readings if r.value is not None}
    assert set(platform.values()) == stored
    [event] = [e.content for e in plant.store().events if e.content["kind"] == "quarantine-resent"]
    assert event["by"].startswith("王工 (uid ")
