"""Asking that something be sent again: times in the plant's zone, and what is not there any more."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent.act import Refused
from agent.gateway import Gateway
from agent.records import Json
from agent.resending import Resending
from buffering.outbox import Outbox, Stream
from tests.agent.parts import HandClock
from tests.buffering.parts import NOW, opened
from tests.buffering.test_retention import MONTH, Told, days, deliver


def resending(outbox: Outbox) -> Resending:
    plant = SimpleNamespace(timezone="Asia/Shanghai", uplinks={"bureau": None})
    return Resending(cast("Gateway", SimpleNamespace(plant=plant, outbox=outbox, clock=HandClock())))


def asked(begin: str, end: str) -> Json:
    return {"destination": "bureau", "from": begin, "to": end}


async def month(outbox: Outbox) -> Resending:
    """Three days that are gone, and two that are there; all of it has arrived."""
    await days(outbox, [-40, -39, -38, -2, -1])
    await deliver(outbox, Stream.LIVE, 5)
    await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
    return resending(outbox)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2025-11-22T20:13:20", "2025-11-22T20:13:21"),
        ("2025-11-22 20:13", "2025-11-22 20:14"),
        ("2025-11-22T12:13:20Z", "2025-11-22T12:13:21.5Z"),
        ("2025-11-22T13:13:20+01:00", "2025-11-22T13:13:21+01:00"),
    ],
)
async def test_a_time_is_in_its_own_zone_or_else_in_the_plant_s(tmp_path: Path, begin: str, end: str) -> None:
    async with opened(tmp_path, keeping=MONTH) as outbox:
        acts = await month(outbox)
        assert (await acts.resend(asked(begin, end), "uid 0"))["records"] == 1
        assert (await outbox.next_message("bureau", Stream.BACKFILL)).first == 5


async def test_a_span_of_which_something_was_removed_is_refused_with_what_is_left(tmp_path: Path) -> None:
    async with opened(tmp_path, keeping=MONTH, describe=Told()) as outbox:
        acts = await month(outbox)
        with pytest.raises(Refused) as refused:
            await acts.resend(asked("2025-10-15", "2025-11-24"), "uid 0")
        words = refused.value.text.en
        assert "no records any more of 2025-10-15 00:00:00+08:00 – 2025-11-21 20:13:20+08:00" in words
        assert words.endswith("still there: 2025-11-21 20:13:20+08:00 – 2025-11-24 00:00:00+08:00")


async def test_what_is_still_to_be_sent_is_told_apart(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await days(outbox, [-2, -1])
        await deliver(outbox, Stream.LIVE, 1)
        await outbox.commit(now_ns=NOW)
        done = await resending(outbox).resend(asked("2025-11-20", "2025-11-25"), "uid 0")
        assert (done["records"], done["still_to_come"]) == (1, 1)
