"""Results that come later, by HTTPS: the agent's real uplink against the simulated bureau, on loopback.

The bureau's own books tell that nothing is missing, whatever it took, forgot or refused in part.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo

import pytest

from agent.uplinks.layout import json_layout
from agent.uplinks.ministry import Credentials, MinistryHttp, Way
from agent.uplinks.ministry_answer import Meaning, judge_result
from agent.uplinks.places import Sender
from agent.uplinks.results import Asking
from agent.uplinks.routes import TwoWays
from agent.uplinks.sm4 import Sm4
from agent.uplinks.uplink import Delivered, Forgotten, Partly, Pending, Rejected, Unauthorised, Unknown
from config.layout import LayoutFile
from drivers.clock import SystemClock
from simulator.bureau.completeness import faults
from simulator.bureau.misbehave import Odds
from tests.agent.destination import Platform, Site, shipped_file, site
from tests.simulator.bureau_parts import Running, rows, running
from tests.support.waiting import until

SAMPLE: Final = shipped_file("ministry-sample")
HOST: Final = "platform.example"


def quick(*, give_up_s: float = 3600) -> LayoutFile:
    assert SAMPLE.pending is not None
    pending = SAMPLE.pending.model_copy(update={"every": 0.05, "give_up": give_up_s})
    return SAMPLE.model_copy(update={"pending": pending})


def way_to(platform: Running, layout: LayoutFile, url: str | None = None) -> MinistryHttp:
    issued = platform.issued
    trust = ssl.create_default_context(cafile=platform.ca)
    way = Way(url or platform.url, trust, 2.0, pending=layout.pending)
    sm4 = Sm4(issued.key, issued.iv)
    return MinistryHttp(way, Credentials(issued.appid, issued.appsecret, sm4), SystemClock())


@dataclass
class Both:
    agent: Site
    folder: Path

    def missing(self) -> list[str]:
        return list(faults(self.folder / "bureau.db", "bureau"))

    def outcomes(self) -> set[str]:
        return {str(outcome) for (outcome,) in rows(self.folder, "SELECT DISTINCT outcome FROM attempt")}


@asynccontextmanager
async def both(folder: Path, odds: Odds, *, second: bool = False) -> AsyncIterator[Both]:
    file = quick()
    sender = Sender("P", {"zh": "厂", "en": "plant"}, "140800", "G", {})
    layout = json_layout(file, sender, ZoneInfo("Asia/Shanghai"))
    assert layout.query is not None
    assert file.pending is not None
    asking = Asking(layout.query, file.pending.every, file.pending.give_up)
    async with running(folder, odds=odds, layout=file) as platform:
        there = way_to(platform, file)
        nowhere = way_to(platform, file, "https://127.0.0.1:9/report")
        uplink = TwoWays(nowhere, there, SystemClock(), lambda _: None) if second else there
        script = cast("Platform", uplink)
        async with site(folder / "state", script, layout=layout, asking=asking, keeps_events=True) as agent:
            yield Both(agent, folder)


@pytest.mark.parametrize("second", [False, True])
async def test_what_is_judged_later_is_all_there_once_it_has_been_asked_for(
    tmp_path: Path, second: bool
) -> None:
    async with both(tmp_path, Odds(0, 0, 0, later=1), second=second) as run:
        await run.agent.read(1, 2, 3)
        run.agent.alarm()
        await until(lambda: run.agent.outbox.backlog("bureau").records == 0)
        assert run.missing() == []
        assert rows(tmp_path, "SELECT count(*) FROM reading WHERE copies = 1") == [(3,)]
        assert rows(tmp_path, "SELECT count(*) FROM alarm") == [(1,)]
        assert run.outcomes() == {"later", "result"}


async def test_what_the_platform_forgot_goes_again_until_it_is_there(tmp_path: Path) -> None:
    async with both(tmp_path, Odds(0, 0, 0, later=0.3, forget=0.4)) as run:
        for value in range(12):
            await run.agent.read(value)
        await until(lambda: run.agent.outbox.backlog("bureau").records == 0)
        assert run.missing() == []
        assert rows(tmp_path, "SELECT count(*) FROM reading") == [(12,)]
        assert "forgotten" in run.outcomes()
        assert {event["kind"] for event in run.agent.events} == {"result-missing"}


async def test_what_is_accepted_in_part_later_is_told_reading_by_reading(tmp_path: Path) -> None:
    async with both(tmp_path, Odds(0, 0, 0, partly=1)) as run:
        await run.agent.read(1)
        await until(lambda: bool(run.agent.forwarder.quarantine.readings))
        await until(lambda: run.agent.outbox.backlog("bureau").records == 0)
        [event] = [event for event in run.agent.events if event["kind"] == "refused"]
        assert event["point"] == "co-1.concentration"
        assert run.missing() == []


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"code":202}', Pending),
        (202, b"", Pending),
        (202, b'{"code":202}', Pending),
        (200, b'{"code":200}', Delivered),
        (200, b'{"code":0,"rejected":["a"]}', Partly),
        (200, b'{"code":40001}', Rejected),
        (200, b'{"code":404}', Forgotten),
        (404, b"", Unknown),
        (400, b"", Unknown),
        (413, b"", Unknown),
        (500, b"", Unknown),
        (401, b"", Unauthorised),
        (200, b"<html>", Unknown),
    ],
)
def test_every_answer_to_a_question_has_its_meaning(status: int, body: bytes, verdict: type) -> None:
    """That a question was not understood must refuse no data."""
    assert isinstance(judge_result(status, None, body, HOST, Meaning(pending=SAMPLE.pending)), verdict)


def test_without_a_word_of_the_layout_nothing_is_promised() -> None:
    assert isinstance(judge_result(200, None, b'{"code":202}', HOST), Unknown)
    assert isinstance(judge_result(202, None, b"", HOST), Unknown)


def test_a_receipt_is_taken_over_and_cut() -> None:
    judged = judge_result(200, None, b'{"code":202,"receipt":17}', HOST, Meaning(pending=SAMPLE.pending))
    assert judged == Pending("17")
    long = b'{"code":202,"receipt":"' + b"x" * 9000 + b'"}'
    cut = judge_result(200, None, long, HOST, Meaning(pending=SAMPLE.pending))
    assert isinstance(cut, Pending)
    assert len(cut.receipt or "") == 200
