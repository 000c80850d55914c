"""The outbox as its callers see it: appending, committing, opening again."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from buffering.outbox import Backlog, Lane, Outbox, StoreUnusable, Stream
from buffering.record import message_id
from tests.buffering.parts import NOW, QUICK, SECOND, CountingStore, commit, draft, opened
from tests.buffering.second_reader import SecondReader
from tests.support.waiting import until


async def test_a_committed_record_is_there_after_opening_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        assert outbox.opened.created
        assert outbox.opened.last_commit_ns is None
        await commit(outbox, draft(payload=b"one"), draft(payload=b"two"), draft(Lane.EVENT))
        epoch = outbox.opened.epoch

    async with opened(tmp_path) as again:
        assert not again.opened.created
        assert again.opened.epoch == epoch
        assert again.opened.last_commit_ns == NOW + SECOND // 2, "the newest record's own time"
        assert dict(again.opened.heads) == {Lane.ALARM: 0, Lane.EVENT: 1, Lane.READING: 2}
        message = await again.next_message("bureau", Stream.LIVE)
        assert [record.payload for record in await again.read(message)] == [b"one", b"two"]
        assert [record.seq for record in await again.read(message)] == [1, 2]


@pytest.mark.parametrize("later_ns", [10 * SECOND, 61 * SECOND, -3600 * SECOND])
async def test_the_last_commits_time_is_known_though_it_is_not_written_each_time(
    tmp_path: Path, later_ns: int
) -> None:
    """A page less wears less; a clock that was set back is written at once."""
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        at_ns = NOW + later_ns
        outbox.append(draft(at_ns=at_ns - SECOND // 2), now_ns=at_ns)
        await outbox.commit(now_ns=at_ns)

    async with opened(tmp_path) as again:
        assert again.opened.last_commit_ns == at_ns


async def test_numbers_go_on_without_a_gap_across_runs(tmp_path: Path) -> None:
    for run in range(3):
        async with opened(tmp_path) as outbox:
            assert outbox.head(Lane.READING) == 2 * run
            await commit(outbox, draft(), draft())

    with SecondReader(tmp_path / "outbox.db") as reader:
        assert [row["seq"] for row in reader.records("reading")] == [1, 2, 3, 4, 5, 6]
        assert reader.faults() == []


async def test_state_is_written_with_its_record_and_read_at_the_next_opening(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(Lane.EVENT), now_ns=NOW, state={"baseline": b"1", "holes": b"[]"})
        assert dict(outbox.state) == {}
        await outbox.commit(now_ns=NOW)
        assert dict(outbox.state) == {"baseline": b"1", "holes": b"[]"}
        outbox.append(draft(Lane.EVENT), now_ns=NOW, state={"baseline": b"2", "holes": None})
        await outbox.commit(now_ns=NOW)
        assert dict(outbox.state) == {"baseline": b"2"}

    async with opened(tmp_path) as again:
        assert dict(again.state) == {"baseline": b"2"}


async def test_an_alarm_overtakes_an_event_but_not_with_an_older_state(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(Lane.EVENT), now_ns=NOW, state={"alarms": b"before"})
        outbox.append(draft(Lane.ALARM), now_ns=NOW, state={"alarms": b"after"})
        await outbox.commit(now_ns=NOW)
        assert outbox.state["alarms"] == b"after"

    async with opened(tmp_path) as again:
        assert again.state["alarms"] == b"after"


async def test_a_commit_with_nothing_staged_is_done_at_once_and_writes_nothing(tmp_path: Path) -> None:
    stores: list[CountingStore] = []
    async with opened(tmp_path, open_store=_counting(stores)) as outbox:
        before = stores[0].commits
        await outbox.commit(now_ns=NOW)
        assert stores[0].commits == before


async def test_a_commit_may_be_left_running(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(), now_ns=NOW)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await outbox.commit(now_ns=NOW)
        await until(lambda: outbox.head(Lane.READING) == 1)


async def test_an_alarm_is_cut_for_every_destination_in_its_own_commit(tmp_path: Path) -> None:
    stores: list[CountingStore] = []
    async with opened(tmp_path, destinations=("bureau", "county"), open_store=_counting(stores)) as outbox:
        alarm = draft(Lane.ALARM, count=1)
        outbox.append(draft(), now_ns=NOW)
        outbox.append(alarm, now_ns=NOW)
        before = stores[0].commits
        await outbox.commit(now_ns=NOW)
        for name in ("bureau", "county"):
            message = await outbox.next_message(name, Stream.ALARM)
            assert message.id == message_id(alarm.uid, name)
            assert (message.number, message.lane, message.first, message.last) == (1, Lane.ALARM, 1, 1)
        assert stores[0].commits == before + 1
        assert outbox.head(Lane.READING) == 1, "the alarm took the staged reading with it"


async def test_the_commit_of_one_lane_does_not_wait_for_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(), now_ns=NOW)
        await outbox.commit(now_ns=NOW, lane=Lane.ALARM)
        assert outbox.head(Lane.READING) == 0
        await outbox.commit(now_ns=NOW, lane=Lane.READING)
        assert outbox.head(Lane.READING) == 1


async def test_an_acknowledgement_is_durable_with_the_next_commit_or_soon_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        outbox.ack(await outbox.next_message("bureau", Stream.LIVE))
        assert outbox.backlog("bureau") == Backlog()
        with SecondReader(tmp_path / "outbox.db") as reader:
            await until(lambda: not reader.messages("bureau"))


async def test_backlog_counts_records_items_and_the_oldest_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(count=5, at_ns=NOW + SECOND), draft(count=7), draft(Lane.EVENT, count=1))
        await commit(outbox, draft(Lane.ALARM, count=1))
        assert outbox.backlog("bureau") == Backlog(4, 14, NOW)
        first = await outbox.next_message("bureau", Stream.LIVE, records_max=1)
        assert outbox.backlog("bureau") == Backlog(4, 14, NOW)
        outbox.ack(first)
        assert outbox.backlog("bureau") == Backlog(3, 9, NOW)


class TestOpening:
    """A store that is not this gateway's is never written to."""

    async def test_another_gateways_store_is_refused(self, tmp_path: Path) -> None:
        async with opened(tmp_path, gateway="gw-1") as outbox:
            await commit(outbox, draft())
        assert await _refused(tmp_path, gateway="gw-2") == "other-gateway"
        async with opened(tmp_path, gateway="gw-1") as outbox:
            assert outbox.head(Lane.READING) == 1

    async def test_two_processes_never_share_a_store(self, tmp_path: Path) -> None:
        async with opened(tmp_path):
            assert await _refused(tmp_path) == "in-use"

    async def test_a_file_that_is_not_ours_is_refused(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
            db.execute("CREATE TABLE someone_elses (x)")
        assert await _refused(tmp_path) == "not-ours"

    async def test_a_newer_format_is_refused(self, tmp_path: Path) -> None:
        async with opened(tmp_path):
            pass
        with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
            db.execute("PRAGMA user_version = 4")
        assert await _refused(tmp_path) == "newer"

    async def test_a_folder_that_cannot_be_made_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert await _refused(tmp_path / "file" / "state") == "read-only"


async def _refused(folder: Path, gateway: str = "gw-1") -> str:
    with pytest.raises(StoreUnusable) as unusable:
        await Outbox.open(folder, gateway=gateway, destinations=(), now_ns=NOW, limits=QUICK)
    return unusable.value.reason


def _counting(stores: list[CountingStore]) -> Callable[[Path], CountingStore]:
    def open_store(folder: Path) -> CountingStore:
        stores.append(CountingStore.open(folder))
        return stores[-1]

    return open_store
