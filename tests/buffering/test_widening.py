"""A message of which nothing is to be sent covers what comes next, under the number that nobody has seen."""

import asyncio
from pathlib import Path

import pytest

from buffering.outbox import Lane, Outbox, StoreFailed
from buffering.record import Message, Stream
from tests.buffering.parts import commit, draft, opened
from tests.support.waiting import until

ONE = {"records_max": 1, "bytes_max": 10_000}


async def rests(outbox: Outbox, message: Message) -> "asyncio.Task[bool]":
    """Have a message rest; it is then no backlog."""
    widening = asyncio.create_task(outbox.widening.widen(message, **ONE))
    await until(lambda: not outbox.backlog("bureau").records)
    return widening


async def test_it_rests_until_there_is_more_and_goes_out_again_wider_under_its_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        narrow = await outbox.next_message("bureau", Stream.LIVE)
        widening = await rests(outbox, narrow)
        await commit(outbox, draft(Lane.ALARM), draft(), draft())
        assert await widening
        wide = await outbox.next_message("bureau", Stream.LIVE)
        assert (wide.id, wide.number, wide.first, wide.last) == (narrow.id, 1, 1, 2)
        assert (await outbox.next_message("bureau", Stream.ALARM)).number == 2
        outbox.ack(wide)
        following = await outbox.next_message("bureau", Stream.LIVE)
        assert (following.number, following.first, following.last) == (3, 3, 3)


async def test_a_restart_finds_it_as_wide_as_it_had_become(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft())
        narrow = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        assert await outbox.widening.widen(narrow, **ONE)
        widening = await rests(outbox, await outbox.next_message("bureau", Stream.LIVE))
    with pytest.raises(StoreFailed):
        await widening
    async with opened(tmp_path) as outbox:
        assert outbox.backlog("bureau").records == 2, "it may have been sent"
        again = await outbox.next_message("bureau", Stream.LIVE)
        assert (again.id, again.first, again.last, again.attempts_before) == (narrow.id, 1, 2, 1)


async def test_where_back_fill_ends_it_is_handed_back_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft())
        await outbox.go_live("bureau")
        await commit(outbox, draft())
        first = await outbox.next_message("bureau", Stream.BACKFILL, records_max=1)
        assert await outbox.widening.widen(first, **ONE)
        whole = await outbox.next_message("bureau", Stream.BACKFILL)
        assert (whole.first, whole.last) == (1, 2)
        assert not await outbox.widening.widen(whole, **ONE), "what follows is live"
        assert await outbox.next_message("bureau", Stream.BACKFILL) == whole
        assert (await outbox.next_message("bureau", Stream.LIVE)).first == 3


async def test_one_that_is_no_longer_waited_for_goes_out_again_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        message = await outbox.next_message("bureau", Stream.LIVE)
        widening = await rests(outbox, message)
        widening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await widening
        assert outbox.backlog("bureau").records == 1
        assert await outbox.next_message("bureau", Stream.LIVE) == message


async def test_every_record_is_in_one_place_however_a_cancel_meets_the_commit(tmp_path: Path) -> None:
    """Cancelled after each number of turns of the loop, from the growth to the hand-back."""
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        for turns in range(1, 13):
            message = await outbox.next_message("bureau", Stream.LIVE)
            widening = asyncio.create_task(outbox.widening.widen(message, **ONE))
            committed = asyncio.ensure_future(commit(outbox, draft()))
            for _ in range(turns):
                await asyncio.sleep(0)
            widening.cancel()
            await asyncio.wait([widening, committed])
        found: list[int] = []
        while len(found) < outbox.head(Lane.READING):
            message = await outbox.next_message("bureau", Stream.LIVE)
            found += range(message.first, message.last + 1)
        assert found == list(range(1, 14))
