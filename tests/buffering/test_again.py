"""Sending again: what is found by its time, what of it goes, and how; and that it is on record."""

from pathlib import Path

import pytest

from buffering.again import ALARMS_PER_MESSAGE, LOOK_RECORDS
from buffering.notices import Notice, SentAgain, Stretch
from buffering.outbox import Draft, Lane, Outbox, Stream
from buffering.ranges import Range
from buffering.retention import Plan, go_on
from tests.buffering.parts import NOW, SECOND, commit, draft, opened
from tests.buffering.second_reader import SecondReader
from tests.buffering.test_retention import DAY, MONTH, Told, days, deliver


def span(outbox: Outbox, first: int, last: int, lane: Lane = Lane.READING) -> Stretch:
    return Stretch(outbox.opened.epoch, lane, (Range(first, last),))


async def again(outbox: Outbox, *stretches: Stretch) -> tuple[Stretch, ...]:
    return await outbox.again.send("bureau", stretches, by="wang (uid 1000)", now_ns=NOW)


async def delivered(outbox: Outbox, readings: int) -> None:
    await commit(outbox, *(draft(at_ns=NOW + n * SECOND) for n in range(1, readings + 1)))
    await deliver(outbox, Stream.LIVE, readings)


async def test_what_had_arrived_goes_again_as_back_fill_under_a_new_number_and_id(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft() for _ in range(4)))
        first = await outbox.next_message("bureau", Stream.LIVE)
        outbox.ack(first)
        await outbox.commit(now_ns=NOW)
        assert await again(outbox, span(outbox, 2, 3)) == (span(outbox, 2, 3),)
        message = await outbox.next_message("bureau", Stream.BACKFILL)
        assert (message.first, message.last, message.number) == (2, 3, 2)
        assert message.id != first.id
        await commit(outbox, draft())
        live = await outbox.next_message("bureau", Stream.LIVE)
        assert (live.first, live.last) == (5, 5), "what comes stays live"


async def test_what_is_pending_or_on_its_way_is_not_doubled(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft() for _ in range(6)))
        outbox.ack(await outbox.next_message("bureau", Stream.LIVE, records_max=2))
        await outbox.next_message("bureau", Stream.LIVE, records_max=2)
        await outbox.commit(now_ns=NOW)
        assert await again(outbox, span(outbox, 1, 6)) == (span(outbox, 1, 2),)
        assert await again(outbox, span(outbox, 1, 6)) == ()
        with SecondReader(tmp_path / "outbox.db") as reader:
            assert [seq for lane, seq in reader.to_send("bureau") if lane == "reading"] == [1, 2, 3, 4, 5, 6]


async def test_alarms_go_again_in_the_event_stream_where_no_new_alarm_waits_for_them(tmp_path: Path) -> None:
    many = ALARMS_PER_MESSAGE + 10
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft(Lane.ALARM) for _ in range(many)))
        old = [await outbox.next_message("bureau", Stream.ALARM) for _ in range(many)]
        for message in old:
            outbox.ack(message)
        await outbox.commit(now_ns=NOW)
        await again(outbox, span(outbox, 1, many, Lane.ALARM))
        await commit(outbox, draft(Lane.ALARM))
        assert (await outbox.next_message("bureau", Stream.ALARM)).first == many + 1
        repeats = [await outbox.next_message("bureau", Stream.EVENT) for _ in range(2)]
        assert [(m.lane, m.first, m.last) for m in repeats] == [(Lane.ALARM, 1, 50), (Lane.ALARM, 51, many)]
        assert not {m.id for m in old} & {m.id for m in repeats}
        [first, *_] = await outbox.read(repeats[0])
        assert first.lane is Lane.ALARM


async def test_who_asked_and_what_goes_is_on_record_in_the_same_transaction(tmp_path: Path) -> None:
    told: list[Notice] = []

    def describe(notice: Notice, now_ns: int) -> Draft:
        told.append(notice)
        return draft(Lane.EVENT)

    async with opened(tmp_path, describe=describe) as outbox:
        await delivered(outbox, 3)
        head = outbox.head(Lane.EVENT)
        await again(outbox, span(outbox, 2, 9))
        assert outbox.head(Lane.EVENT) == head + 1
        [notice] = told
        begin_ns, end_ns = NOW + 2 * SECOND, NOW + 3 * SECOND + SECOND // 2
        assert notice == SentAgain("bureau", (span(outbox, 2, 3),), 6, begin_ns, end_ns, "wang (uid 1000)")


async def test_records_are_found_by_their_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft(at_ns=NOW + n * SECOND) for n in range(1, 6)))
        await commit(outbox, draft(Lane.EVENT, at_ns=NOW + 3 * SECOND))
        found = await outbox.again.find(NOW + 2 * SECOND, NOW + 4 * SECOND)
        assert found.stretches == (span(outbox, 1, 1, Lane.EVENT), span(outbox, 2, 4))
        assert found.gone == ()
        assert (await outbox.again.find(NOW + 60 * SECOND, NOW + 90 * SECOND)).stretches == ()


async def test_they_are_looked_for_in_slices(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft(at_ns=NOW + n * SECOND) for n in range(LOOK_RECORDS + 10)))
        found = await outbox.again.find(NOW + 5 * SECOND, NOW + 10**6 * SECOND)
        assert found.stretches == (span(outbox, 6, LOOK_RECORDS + 10),)


async def test_what_was_removed_is_told_by_its_time(tmp_path: Path) -> None:
    async with opened(tmp_path, keeping=MONTH, describe=Told()) as outbox:
        await days(outbox, [-40, -39, -38, -2, -1])
        await deliver(outbox, Stream.LIVE, 5)
        await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        found = await outbox.again.find(NOW - 39 * DAY, NOW)
        assert found.gone == ((None, NOW - 2 * DAY),)
        assert found.stretches[-1] == span(outbox, 4, 5)
        assert (await outbox.again.find(NOW - 2 * DAY, NOW)).gone == ()


async def test_what_is_asked_for_while_it_is_being_removed_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await delivered(outbox, 9)
        plan = Plan(outbox.opened.epoch, Lane.READING, (Range(1, 8),), "age")
        await again(outbox, span(outbox, 5, 6))
        await outbox._calls.run(lambda ledger: go_on(ledger, plan))
        with SecondReader(tmp_path / "outbox.db") as reader:
            assert [row["seq"] for row in reader.records("reading")] == [5, 6, 9]
            assert reader.faults() == []
        assert (await outbox.next_message("bureau", Stream.BACKFILL)).first == 5


async def test_a_destination_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        with pytest.raises(KeyError):
            await outbox.again.send("nobody", (), by="", now_ns=NOW)
