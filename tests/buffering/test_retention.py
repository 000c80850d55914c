"""What goes, in which order, when; and that it is said. Times are arguments, so years take no time."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from buffering.chain import Header
from buffering.notices import GivenUp, Joined, Left, Notice, Pruned
from buffering.outbox import Draft, Keeping, Lane, Outbox, Stream
from buffering.ranges import Range
from buffering.retention import SLICE_BYTES, SLICE_RECORDS
from buffering.store import Store
from tests.buffering.parts import NOW, SECOND, commit, draft, opened
from tests.buffering.second_reader import SecondReader

DAY = 86_400 * SECOND
MONTH = Keeping(readings_s=30 * 86_400, events_s=1000 * 86_400, alarms_s=1000 * 86_400)


class Told:
    """Keeps the notices, and makes an event of each."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def __call__(self, notice: Notice, now_ns: int) -> Draft:
        self.notices.append(notice)
        return Draft(Lane.EVENT, repr(notice).encode(), now_ns, now_ns, 1, UUID(int=len(self.notices)))

    def of(self, kind: type[Notice]) -> list[Notice]:
        return [each for each in self.notices if isinstance(each, kind)]


def seqs(folder: Path, lane: Lane = Lane.READING) -> list[int]:
    with SecondReader(folder / "outbox.db") as reader:
        assert reader.faults() == []
        return [row["seq"] for row in reader.records(lane.value)]


async def deliver(outbox: Outbox, stream: Stream, messages: int, *, records: int = 1) -> None:
    for _ in range(messages):
        outbox.ack(await outbox.next_message("bureau", stream, records_max=records))


async def days(outbox: Outbox, numbers: Sequence[float], lane: Lane = Lane.READING) -> None:
    """Commit one record for each day, counted from NOW."""
    await commit(outbox, *(draft(lane, at_ns=NOW + round(number * DAY)) for number in numbers))


class TestByAge:
    """Kept for so long, then gone; only where the clock is to be trusted."""

    async def test_what_is_older_than_its_lane_keeps_goes_and_the_rest_stays(self, tmp_path: Path) -> None:
        told = Told()
        async with opened(tmp_path, keeping=MONTH, describe=told) as outbox:
            await days(outbox, range(-40, 1))
            await days(outbox, range(-40, 1), Lane.EVENT)
            await deliver(outbox, Stream.LIVE, 1, records=99)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            assert seqs(tmp_path) == list(range(11, 42))
            assert len(seqs(tmp_path, Lane.EVENT)) == 41 + 1, "kept longer, and the removal is told in it"
        [pruned] = told.notices
        assert isinstance(pruned, Pruned)
        assert (pruned.lane, pruned.ranges, pruned.cause) == (Lane.READING, (Range(1, 10),), "age")
        async with opened(tmp_path) as again:
            await commit(again, draft())
            assert again.head(Lane.READING) == 42, "numbers go on"

    async def test_nothing_goes_by_age_while_the_time_is_not_trusted(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, range(-40, 1))
            await outbox.upkeep.tidy(now_ns=NOW + 1000 * DAY, trust_time=False)
        assert len(seqs(tmp_path)) == 41

    async def test_the_newest_record_of_a_lane_stays_however_old(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, [-40, -39, -38])
            await outbox.upkeep.tidy(now_ns=NOW + 1000 * DAY, trust_time=True)
        assert seqs(tmp_path) == [3]

    async def test_old_records_wait_for_each_other_so_that_one_event_tells_of_a_days_worth(
        self, tmp_path: Path
    ) -> None:
        told = Told()
        async with opened(tmp_path, keeping=MONTH, describe=told) as outbox:
            await days(outbox, [n / 24 for n in range(60 * 24)])
            for hour in range(24):
                now_ns = NOW + 31 * DAY + hour * 3600 * SECOND
                await outbox.upkeep.tidy(now_ns=now_ns, trust_time=True)
        assert len(told.notices) == 1 + 1, "the first round's, and one more a day later"

    async def test_what_was_still_to_be_sent_goes_by_age_too_and_is_told_for_each_destination(
        self, tmp_path: Path
    ) -> None:
        told = Told()
        names = ("bureau", "county")
        async with opened(tmp_path, destinations=names, keeping=MONTH, describe=told) as outbox:
            await days(outbox, range(-40, 1))
            await deliver(outbox, Stream.LIVE, 5)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            given_up = [each for each in told.notices if isinstance(each, GivenUp)]
            assert [(each.destination, each.first, each.last, each.items) for each in given_up] == [
                ("bureau", 6, 10, 15),
                ("county", 1, 10, 30),
            ]
            assert {each.cause for each in given_up} == {"age"}
            assert given_up[1].from_ns == NOW - 40 * DAY
            assert outbox.backlog("county").records == 31 + 3, "and the three notices"

    async def test_a_message_that_is_cut_keeps_its_records_and_those_around_go(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, range(-40, 1))
            await deliver(outbox, Stream.LIVE, 4)
            message = await outbox.next_message("bureau", Stream.LIVE, records_max=2)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            assert seqs(tmp_path)[:4] == [5, 6, 11, 12]
            assert len(await outbox.read(message)) == 2
            outbox.ack(message)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        assert seqs(tmp_path)[0] == 11, "once it has arrived, they go"

    async def test_a_parked_message_goes_when_its_records_are_too_old(self, tmp_path: Path) -> None:
        told = Told()
        async with opened(tmp_path, keeping=MONTH, describe=told) as outbox:
            await days(outbox, range(-40, 1))
            await outbox.park(await outbox.next_message("bureau", Stream.LIVE, records_max=1), "refused")
            await outbox.upkeep.tidy(now_ns=NOW - 20 * DAY, trust_time=True)
            assert len(outbox.parked("bureau")) == 1
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            assert outbox.parked("bureau") == ()
        assert seqs(tmp_path)[0] == 11
        given_up = [each for each in told.notices if isinstance(each, GivenUp)]
        assert [(each.first, each.last) for each in given_up] == [(2, 10), (1, 1)]


class TestClocksThatWereWrong:
    """A record of just now is never taken for an old one."""

    @pytest.mark.parametrize("wrong_ns", [0, 5 * SECOND], ids=["1970", "seconds-after"])
    async def test_an_hour_in_1970_goes_with_its_neighbours_and_not_before(
        self, tmp_path: Path, wrong_ns: int
    ) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, range(-40, -20))
            await commit(outbox, *(draft(at_ns=wrong_ns) for _ in range(5)))
            await days(outbox, range(-20, 1))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            assert seqs(tmp_path)[0] == 11
            await outbox.upkeep.tidy(now_ns=NOW + 15 * DAY, trust_time=True)
        assert seqs(tmp_path)[0] == 31, "the five went with those around them"

    async def test_an_hour_ten_years_ahead_does_not_stop_retention(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, range(-40, -35))
            await commit(outbox, *(draft(at_ns=NOW + 3650 * DAY) for _ in range(5)))
            await days(outbox, range(-35, 1))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        assert seqs(tmp_path)[0] == 16

    async def test_a_day_ahead_and_an_hour_back_remove_nothing_that_is_not_old(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, [-29, -28, -28.04, -27, -26, -27, -26, 0])
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        assert len(seqs(tmp_path)) == 8


class TestBySize:
    """What everybody has goes before what somebody lacks, readings before events before alarms."""

    async def test_delivered_readings_go_first_even_if_they_are_newer_than_unsent_ones(
        self, tmp_path: Path
    ) -> None:
        told = Told()
        keeping = Keeping(size_bytes=2_000_000)
        async with opened(tmp_path, keeping=keeping, describe=told) as outbox:
            await commit(outbox, *(draft(payload=bytes(10_000)) for _ in range(50)))
            await outbox.go_live("bureau")
            await commit(outbox, *(draft(payload=bytes(10_000)) for _ in range(120)))
            await deliver(outbox, Stream.LIVE, 120)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
            left = seqs(tmp_path)
            assert left[:50] == list(range(1, 51)), "the fifty that are still to be sent"
            assert 50 < len(left) < 150
            assert left[-1] == 170
            assert told.of(GivenUp) == []
            holding = outbox.upkeep.holding
            assert holding is not None
            assert holding.used_bytes <= 0.98 * holding.capacity_bytes
            messages = [
                await outbox.next_message("bureau", Stream.BACKFILL, records_max=1) for _ in range(50)
            ]
            assert [message.first for message in messages] == list(range(1, 51))

    async def test_then_the_oldest_unsent_readings_and_a_gap_record_says_so_and_is_forwarded(
        self, tmp_path: Path
    ) -> None:
        told = Told()
        async with opened(tmp_path, keeping=Keeping(size_bytes=1_000_000), describe=told) as outbox:
            await commit(outbox, draft(Lane.EVENT), draft(Lane.ALARM))
            await commit(outbox, *(draft(payload=bytes(10_000), count=7) for _ in range(100)))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
            left = seqs(tmp_path)
            assert left == list(range(left[0], 101))
            given_up = [each for each in told.notices if isinstance(each, GivenUp)]
            assert sum(each.items for each in given_up) == 7 * (left[0] - 1)
            assert given_up[-1].last == left[0] - 1
            assert seqs(tmp_path, Lane.EVENT)[0] == 1
            assert seqs(tmp_path, Lane.ALARM) == [1]
            event = await outbox.next_message("bureau", Stream.EVENT)
            assert any(b"GivenUp" in record.payload for record in await outbox.read(event))
            reading = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
            assert reading.first == left[0], "sending goes on with what is there"

    async def test_alarms_go_last(self, tmp_path: Path) -> None:
        async with opened(tmp_path, destinations=(), keeping=Keeping(size_bytes=500_000)) as outbox:
            for lane in (Lane.ALARM, Lane.EVENT, Lane.READING):
                await commit(outbox, *(draft(lane, payload=bytes(10_000)) for _ in range(20)))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
            assert len(seqs(tmp_path)) == 1, "only the newest"
            assert 1 <= len(seqs(tmp_path, Lane.EVENT)) < 20
            assert len(seqs(tmp_path, Lane.ALARM)) == 20
            await commit(outbox, *(draft(Lane.ALARM, payload=bytes(10_000)) for _ in range(25)))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
            assert len(seqs(tmp_path, Lane.EVENT)) == 1
            assert 20 < len(seqs(tmp_path, Lane.ALARM)) < 45

    async def test_a_file_that_is_larger_than_a_quota_that_was_lowered_gives_space_back(
        self, tmp_path: Path
    ) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=bytes(10_000)) for _ in range(300)))
        assert (tmp_path / "outbox.db").stat().st_size > 3_000_000
        async with opened(tmp_path, keeping=Keeping(size_bytes=1_000_000)) as again:
            await again.upkeep.tidy(now_ns=NOW, trust_time=False)
        assert (tmp_path / "outbox.db").stat().st_size < 1_000_000

    async def test_at_the_quota_old_readings_make_room_for_new_ones_without_a_round_of_upkeep(
        self, tmp_path: Path
    ) -> None:
        told = Told()
        async with opened(tmp_path, keeping=Keeping(size_bytes=20_000_000), describe=told) as outbox:
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
            for _ in range(30):
                await commit(outbox, *(draft(payload=bytes(50_000)) for _ in range(20)))
            await commit(outbox, draft(Lane.ALARM))
            assert outbox.head(Lane.READING) == 600
            assert outbox.trouble is None
        assert (tmp_path / "outbox.db").stat().st_size < 20_000_000
        assert seqs(tmp_path)[-1] == 600
        assert told.of(GivenUp) != []

    async def test_a_slice_is_small_and_an_alarm_goes_between_two(self, tmp_path: Path) -> None:
        stores: list[SlicingStore] = []

        def open_store(folder: Path) -> SlicingStore:
            stores.append(SlicingStore.open(folder))
            return stores[0]

        keeping = Keeping(size_bytes=3_000_000)
        async with opened(tmp_path, destinations=(), keeping=keeping, open_store=open_store) as outbox:
            await commit(outbox, *(draft(payload=bytes(30_000)) for _ in range(200)))
            tidying = asyncio.create_task(outbox.upkeep.tidy(now_ns=NOW, trust_time=False))
            await asyncio.to_thread(stores[0].slicing.wait)
            await commit(outbox, draft(Lane.ALARM))
            assert not tidying.done()
            await tidying
        slices = [step for step in stores[0].steps if isinstance(step, int)]
        assert len(slices) > 5
        assert max(slices) <= min(SLICE_RECORDS, SLICE_BYTES // 30_000 + 1)
        assert Lane.ALARM in stores[0].steps[: stores[0].steps.index(slices[-1])]


class SlicingStore(Store):
    """Notes how many records each removal takes, and the lanes of what is appended in between."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.slicing = threading.Event()
        self.steps: list[int | Lane] = []

    def delete_records(self, epoch: int, lane: Lane, gone: Range) -> None:
        """Note how many."""
        super().delete_records(epoch, lane, gone)
        assert gone.last is not None
        self.steps.append(gone.last - gone.first + 1)
        self.slicing.set()

    def insert_record(self, header: Header, **columns: Any) -> None:
        """Note the lane."""
        super().insert_record(header, **columns)
        self.steps.append(header.lane)


async def test_the_rate_tells_how_many_days_the_store_holds(tmp_path: Path) -> None:
    async with opened(tmp_path, keeping=Keeping(size_bytes=100_000_000)) as outbox:
        holding = await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
        assert holding.days is None, "nothing has come in yet"
        await commit(outbox, *(draft(payload=bytes(700), at_ns=NOW + n * SECOND) for n in range(600)))
        holding = await outbox.upkeep.tidy(now_ns=NOW, trust_time=False)
        assert holding.bytes_per_day is not None
        assert 1000 * 86_400 * 0.99 < holding.bytes_per_day < 1000 * 86_400 * 1.01
        assert holding.days is not None
        assert 0.95 < holding.days < 1.05, "86.4 MB a day go into 100 MB less log and ballast"


async def test_readings_too_old_for_one_destination_are_given_up_for_it_alone(tmp_path: Path) -> None:
    told = Told()
    keeping = Keeping(backlog_s={"bureau": 7 * 86_400})
    async with opened(tmp_path, destinations=("bureau", "county"), keeping=keeping, describe=told) as outbox:
        await days(outbox, range(-30, 1))
        await days(outbox, range(-30, 1), Lane.EVENT)
        await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
        [given_up] = told.notices
        assert isinstance(given_up, GivenUp)
        assert (given_up.destination, given_up.last, given_up.cause) == ("bureau", 23, "max-backlog")
        assert outbox.backlog("bureau").records == 8 + 31 + 1
        assert outbox.backlog("county").records == 31 + 31 + 1
        assert (await outbox.next_message("bureau", Stream.LIVE)).first == 24
        assert len(seqs(tmp_path)) == 31


class TestDestinations:
    """Who joins gets all; who leaves is told; who is renamed goes on."""

    async def test_one_that_joins_gets_what_is_there_and_nothing_that_is_not(self, tmp_path: Path) -> None:
        async with opened(tmp_path, keeping=MONTH) as outbox:
            await days(outbox, range(-40, 1))
            message = await outbox.next_message("bureau", Stream.LIVE, records_max=3)
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            outbox.ack(message)
        told = Told()
        async with opened(tmp_path, destinations=("bureau", "county"), describe=told) as again:
            assert told.notices == [Joined("county", None)]
            spans = [
                (message.first, message.last)
                for message in [await again.next_message("county", Stream.BACKFILL) for _ in range(2)]
            ]
            assert spans == [(1, 3), (11, 41)]

    async def test_one_that_leaves_is_told_with_what_it_had_not_got(self, tmp_path: Path) -> None:
        async with opened(tmp_path, destinations=("bureau", "county")) as outbox:
            await commit(outbox, *(draft() for _ in range(5)))
            outbox.ack(await outbox.next_message("county", Stream.LIVE, records_max=2))
            await outbox.next_message("county", Stream.LIVE, records_max=1)
        told = Told()
        async with opened(tmp_path, describe=told) as again:
            left, *given_up = told.notices
            assert left == Left("county")
            spans = [(each.first, each.last, each.cause) for each in given_up if isinstance(each, GivenUp)]
            assert spans == [(4, 5, "left"), (3, 3, "left")]
            assert again.head(Lane.EVENT) == 3, "on record, in the transaction that forgot it"

    async def test_one_that_is_renamed_goes_on_with_its_backlog_and_numbers(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft() for _ in range(5)))
            outbox.ack(await outbox.next_message("bureau", Stream.LIVE, records_max=2))
            cut = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        told = Told()
        keeping = Keeping(renamed={"district": "bureau"})
        for _ in range(2):  # the second time there is nothing left to rename
            async with opened(tmp_path, destinations=("district",), keeping=keeping, describe=told) as again:
                message = await again.next_message("district", Stream.LIVE)
                assert (message.id, message.number, message.first) == (cut.id, 2, 3)
        assert told.notices == [Joined("district", "bureau")]

    async def test_what_the_state_has_of_it_goes_on_under_its_new_name_and_goes_with_it(
        self, tmp_path: Path
    ) -> None:
        async with opened(tmp_path) as outbox:
            for prefix in ("kept/", "used/", "other/"):
                outbox.append(draft(), now_ns=1, state={f"{prefix}bureau": b"1", f"{prefix}bureaux": b"2"})
            await commit(outbox, draft())
        named = {"kept/": False, "used/": True}
        keeping = Keeping(renamed={"district": "bureau"}, named=named)
        async with opened(tmp_path, destinations=("district",), keeping=keeping) as again:
            ours = {key for key, value in again.state.items() if value == b"1"}
            assert ours == {"kept/district", "used/district", "other/bureau"}
        async with opened(tmp_path, destinations=("third",), keeping=Keeping(named=named)) as left:
            ours = {key for key, value in left.state.items() if value == b"1"}
            assert ours == {"used/district", "other/bureau"}
