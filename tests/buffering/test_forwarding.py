"""What a destination gets: in which order, under which number and id, and what stays when it fails."""

import asyncio
from pathlib import Path

import pytest

from buffering.outbox import Backlog, Lane, Message, Outbox, Stream
from tests.buffering.parts import CountingStore, commit, draft, opened
from tests.support.waiting import until


async def test_a_standing_request_is_cut_in_the_transaction_that_commits_the_records(tmp_path: Path) -> None:
    stores: list[CountingStore] = []

    def open_store(folder: Path) -> CountingStore:
        stores.append(CountingStore.open(folder))
        return stores[0]

    async with opened(tmp_path, open_store=open_store) as outbox:
        request = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
        await asyncio.sleep(0)
        before = stores[0].commits
        await commit(outbox, draft(), draft())
        message = await request
        assert (message.number, message.first, message.last) == (1, 1, 2)
        assert stores[0].commits == before + 1


async def test_an_idle_stream_costs_no_commit_and_does_not_hasten_an_acknowledgement(tmp_path: Path) -> None:
    stores: list[CountingStore] = []

    def open_store(folder: Path) -> CountingStore:
        stores.append(CountingStore.open(folder))
        return stores[0]

    async with opened(tmp_path, open_store=open_store) as outbox:
        await commit(outbox, draft())
        message = await outbox.next_message("bureau", Stream.LIVE)
        before = stores[0].commits
        outbox.ack(message)
        request = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
        await outbox.go_live("bureau")  # a round trip through the writer's thread; finds the cut where it is
        assert stores[0].commits <= before + 1, "the look itself wrote nothing"
        await commit(outbox, draft())
        assert (await request).number == 2
        assert stores[0].commits <= before + 2


async def test_messages_keep_id_number_and_records_across_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft(), draft())
        first = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        second = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        outbox.ack(first)

    async with opened(tmp_path) as again:
        repeated = await again.next_message("bureau", Stream.LIVE)
        assert _identity(repeated) == _identity(second)
        assert repeated.attempts_before == 1, "the run before may have sent it"
        third = await again.next_message("bureau", Stream.LIVE)
        assert (third.number, third.first) == (3, 3)


async def test_a_released_message_goes_out_again_before_anything_new(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft())
        one = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        two = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        outbox.release(two)
        outbox.release(one)
        again = [await outbox.next_message("bureau", Stream.LIVE) for _ in range(2)]
        assert [_identity(message) for message in again] == [_identity(one), _identity(two)]
        assert [message.attempts_before for message in again] == [1, 1]


async def test_a_released_message_goes_to_who_is_already_waiting(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        message = await outbox.next_message("bureau", Stream.LIVE)
        waiting = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
        await asyncio.sleep(0)
        outbox.release(message)
        assert (await waiting).id == message.id


async def test_a_sender_that_is_cancelled_while_waiting_takes_nothing_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        for number in range(1, 20):
            waiting = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
            await asyncio.sleep(0)
            outbox.append(draft(), now_ns=1)
            durable = outbox.commit(now_ns=1)
            for _ in range(number % 4):
                await asyncio.sleep(0)
            waiting.cancel()
            await durable
            message = await outbox.next_message("bureau", Stream.LIVE)
            assert (message.number, message.first) == (number, number)
            outbox.ack(message)


async def test_several_messages_of_a_stream_may_be_in_flight_and_come_back_in_any_order(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft() for _ in range(5)))
        flying = [await outbox.next_message("bureau", Stream.LIVE, records_max=1) for _ in range(5)]
        for place in (3, 0, 4):
            outbox.ack(flying[place])
        assert outbox.backlog("bureau").records == 2

    async with opened(tmp_path) as again:
        left = [await again.next_message("bureau", Stream.LIVE) for _ in range(2)]
        assert [message.number for message in left] == [2, 3]


async def test_a_message_holds_as_many_records_as_fit_and_at_least_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft(payload=bytes(100), count=10) for _ in range(8)))
        by_bytes = await outbox.next_message("bureau", Stream.LIVE, bytes_max=250)
        by_count = await outbox.next_message("bureau", Stream.LIVE, records_max=3)
        by_items = await outbox.next_message("bureau", Stream.LIVE, items_max=25)
        oversized = await outbox.next_message("bureau", Stream.LIVE, bytes_max=1)
        spans = [(message.first, message.last) for message in (by_bytes, by_count, by_items, oversized)]
        assert spans == [(1, 2), (3, 5), (6, 7), (8, 8)]


class TestLiveAndBackfill:
    """Connecting cuts at the head: before is back-fill, after is live."""

    async def test_what_came_before_connecting_is_backfill(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft(), draft())
            await outbox.go_live("bureau")
            await commit(outbox, draft())
            live = await outbox.next_message("bureau", Stream.LIVE)
            late = await outbox.next_message("bureau", Stream.BACKFILL)
            assert (live.stream, live.first, live.last) == (Stream.LIVE, 3, 3)
            assert (late.stream, late.first, late.last) == (Stream.BACKFILL, 1, 2)

    async def test_going_live_twice_keeps_both_parts(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft())
            await outbox.go_live("bureau")
            await outbox.go_live("bureau")
            await commit(outbox, draft())
            await outbox.go_live("bureau")
            assert outbox.backlog("bureau").records == 2
            spans = [await outbox.next_message("bureau", Stream.BACKFILL) for _ in range(2)]
            assert [(message.first, message.last) for message in spans] == [(1, 1), (2, 2)]

    async def test_a_live_request_that_stands_is_not_given_what_became_backfill(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await outbox.go_live("bureau")
            live = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
            late = asyncio.create_task(outbox.next_message("bureau", Stream.BACKFILL))
            await commit(outbox, draft())
            assert (await live).first == 1
            await asyncio.sleep(0)
            assert not late.done()
            late.cancel()


class TestDestinations:
    """Who is new gets all that is there; who is gone is forgotten; the others never notice."""

    async def test_a_new_destination_gets_everything_as_backfill(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft(), draft(Lane.EVENT), draft(Lane.ALARM), draft(Lane.ALARM), draft())

        async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
            assert outbox.backlog("county") == Backlog(5, 15, outbox.backlog("bureau").oldest_ns)
            backfill = await outbox.next_message("county", Stream.BACKFILL)
            event = await outbox.next_message("county", Stream.EVENT)
            alarms = [await outbox.next_message("county", Stream.ALARM) for _ in range(2)]
            assert (backfill.first, backfill.last, event.first) == (1, 2, 1)
            assert [(alarm.first, alarm.last) for alarm in alarms] == [(1, 1), (2, 2)], "one alarm a message"
            await commit(outbox, draft())
            live = await outbox.next_message("county", Stream.LIVE)
            assert live.first == 3

    async def test_a_removed_destination_keeps_nothing_pending(self, tmp_path: Path) -> None:
        async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
            await commit(outbox, draft(), draft(Lane.ALARM))

        async with opened(tmp_path, destinations=("bureau",)) as outbox:
            assert outbox.backlog("bureau").records == 2
            with pytest.raises(KeyError):
                outbox.backlog("county")

        async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
            message = await outbox.next_message("county", Stream.BACKFILL)
            assert message.number == 1, "it is a new destination"

    async def test_each_destination_counts_its_own_messages(self, tmp_path: Path) -> None:
        async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
            await commit(outbox, draft())
            outbox.ack(await outbox.next_message("bureau", Stream.LIVE))
            await commit(outbox, draft())
            assert (await outbox.next_message("bureau", Stream.LIVE)).number == 2
            assert (await outbox.next_message("county", Stream.LIVE)).number == 1


class TestSplitAndPark:
    """A platform that says too large, and one that will never take it."""

    async def test_halves_cover_the_whole_and_the_first_keeps_the_number(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft() for _ in range(5)))
            whole = await outbox.next_message("bureau", Stream.LIVE)
            await outbox.split(whole)
            halves = [await outbox.next_message("bureau", Stream.LIVE) for _ in range(2)]
            spans = [(half.number, half.first, half.last) for half in halves]
            assert spans == [(1, 1, 3), (2, 4, 5)]
            assert len({whole.id, *(half.id for half in halves)}) == 3
        async with opened(tmp_path) as again:
            repeated = [await again.next_message("bureau", Stream.LIVE) for _ in range(2)]
            assert [_identity(half) for half in repeated] == [_identity(half) for half in halves]

    async def test_a_single_record_cannot_be_split_and_stays_in_flight(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft())
            message = await outbox.next_message("bureau", Stream.LIVE)
            with pytest.raises(ValueError, match="single record"):
                await outbox.split(message)
            outbox.ack(message)

    async def test_a_parked_message_is_kept_and_listed_and_never_sent(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft(), draft())
            message = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
            await outbox.park(message, "refused three times")
            assert [each.reason for each in outbox.parked("bureau")] == ["refused three times"]
            assert outbox.backlog("bureau").records == 1
        async with opened(tmp_path) as again:
            assert [_identity(each.message) for each in again.parked("bureau")] == [_identity(message)]
            assert again.backlog("bureau").records == 1
            assert (await again.next_message("bureau", Stream.LIVE)).first == 2


async def test_a_message_that_is_not_in_flight_cannot_be_acknowledged(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        message = await outbox.next_message("bureau", Stream.LIVE)
        outbox.ack(message)
        with pytest.raises(ValueError, match="not in flight"):
            outbox.ack(message)
        with pytest.raises(ValueError, match="not in flight"):
            outbox.release(message)


async def test_who_waits_forever_leaves_nothing_behind(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        for _ in range(50):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await outbox.next_message("bureau", Stream.LIVE)
        await commit(outbox, draft())
        assert (await outbox.next_message("bureau", Stream.LIVE)).number == 1
        await until(lambda: not _standing(outbox))


def _standing(outbox: Outbox) -> list[object]:
    return [request for request in outbox._writer._standing if not request.withdrawn]


def _identity(message: Message) -> tuple[object, ...]:
    return (message.id, message.number, message.stream, message.lane, message.first, message.last)


IN_ORDER = (Stream.BACKFILL, Stream.LIVE)


async def test_back_fill_and_live_asked_for_in_one_come_in_the_order_of_their_records(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft(), draft())
        await outbox.go_live("bureau")
        await commit(outbox, draft())
        live = await outbox.next_message("bureau", Stream.LIVE)
        outbox.release(live)
        got = [await outbox.next_message("bureau", *IN_ORDER, records_max=2)]
        assert _identity(got[0]) == _identity(live), "what was cut before goes before what is not cut yet"
        got += [await outbox.next_message("bureau", *IN_ORDER, records_max=2) for _ in range(2)]
        for message in got:
            outbox.release(message)
        again = [await outbox.next_message("bureau", *IN_ORDER) for _ in range(3)]
        assert [(each.stream, each.first, each.last) for each in again] == [
            (Stream.BACKFILL, 1, 2),
            (Stream.BACKFILL, 3, 3),
            (Stream.LIVE, 4, 4),
        ]


async def test_who_waits_for_both_gets_what_comes_and_a_cancelled_wait_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        waiting = asyncio.create_task(outbox.next_message("bureau", *IN_ORDER))
        await commit(outbox, draft())
        assert (await waiting).first == 1
        waiting = asyncio.create_task(outbox.next_message("bureau", *IN_ORDER))
        await asyncio.sleep(0)
        waiting.cancel()
        await commit(outbox, draft())
        assert (await outbox.next_message("bureau", *IN_ORDER)).first == 2
