"""What `status` says of a destination that takes some messages and not others, or judges them later."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from agent.cli.status import destination_lines
from agent.destination_status import destination_status
from agent.gateway import Gateway
from agent.records import Json
from agent.uplinks.uplink import Delivered, Pending, Unknown
from config.model import Text
from config.uplink import Uplink
from drivers.clock import SystemClock
from tests.agent.destination import Platform, Site, site
from tests.agent.test_pending import Slow, asking, slow_site
from tests.support.waiting import until

TROUBLE = Text("返回 HTTP 500", "answered HTTP 500")


def status_of(running: Site) -> Json:
    gateway = SimpleNamespace(
        outbox=running.outbox,
        clock=SystemClock(),
        forwarders={"bureau": running.forwarder},
        plant=SimpleNamespace(timezone="Asia/Shanghai"),
        unusable={},
    )
    return destination_status(
        cast("Gateway", gateway), "bureau", cast("Uplink", SimpleNamespace(absent=None))
    )


def shown(running: Site) -> str:
    return "\n".join(destination_lines(status_of(running)))


async def test_a_destination_that_fails_at_one_kind_only_is_not_simply_up(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Unknown(TROUBLE) if body["alarms"] else Delivered()
    async with site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: bool(platform.of("continues") or platform.of("report")))
        assert status_of(running)["state"] == "up"
        assert status_of(running)["failing"] == []

        running.alarm()
        await until(lambda: bool(running.forwarder.standing.failing))
        await running.read(2)
        await until(running.forwarder.standing.up.is_set)
        status = status_of(running)
        assert status["state"] == "partly"
        [failing] = status["failing"]
        assert (failing["kind"], failing["messages"]) == ("alarm", 1)
        assert failing["attempts"] >= 2
        assert 0 <= SystemClock().now_ns() - failing["since_ns"] < 60 * 10**9
        en, zh = failing["text"]["en"], failing["text"]["zh"]
        assert en.startswith("alarms fail since 20")
        assert "answered HTTP 500; if others get through, have the platform look at" in en
        assert "请平台方查看其对“alarm”类报文的处理" in zh
        assert f"  ! {zh} / {en}" in shown(running)

        platform.answer = lambda _: Delivered()
        running.forwarder.kick()
        await until(lambda: not running.forwarder.standing.failing)
        await until(running.forwarder.standing.up.is_set)
        assert status_of(running)["state"] == "up"


async def test_alarms_that_are_taken_do_not_hide_one_that_fails(tmp_path: Path) -> None:
    platform = Platform()
    first: list[Any] = []

    def but_the_first(body: Json) -> Delivered | Unknown:
        if body["alarms"]:
            first.append(body["id"])
        return Unknown(TROUBLE) if body["id"] in first[:1] else Delivered()

    platform.answer = but_the_first
    async with site(tmp_path, platform) as running:
        running.alarm()
        running.alarm()
        await platform.until(lambda: bool(platform.of("alarm")))
        assert running.forwarder.standing.failing.keys() == {"alarm"}
        assert status_of(running)["failing"][0]["messages"] == 1


async def test_a_single_failure_is_what_every_outage_begins_with(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform) as running:
        await platform.until(lambda: bool(platform.stored))
        platform.answer = lambda body: Unknown(TROUBLE) if len(platform.attempts) < 4 else Delivered()
        await running.read(1)
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        assert status_of(running)["failing"] == []


async def test_what_waits_for_a_result_is_shown_with_what_hinders_the_asking(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform, asks=asking()) as running:
        assert status_of(running)["awaited"] is None
        await running.read(1, 2)
        await until(lambda: bool(running.awaited))
        told = status_of(running)["awaited"]
        assert (told["messages"], told["records"]) == (
            len(running.awaited),
            running.forwarder.awaited_records,
        )
        assert "wait for their results" in shown(running)
        platform.usual = Unknown(TROUBLE)
        await until(lambda: "asking fails: answered HTTP 500" in shown(running))
        platform.usual = Pending()
        await until(lambda: "asking fails" not in shown(running))
