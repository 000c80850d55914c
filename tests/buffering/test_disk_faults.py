"""A disk that fails at the n-th operation, once or until mended; one that hangs; one that is full."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from buffering.outbox import Lane, Limits, Outbox, Refused, StoreFailed, StoreUnusable, Stream
from buffering.store import Store
from tests.buffering.day import DESTINATIONS, check_day, day
from tests.buffering.parts import (
    NOW,
    QUICK,
    SECOND,
    Fault,
    FaultyStore,
    HangingStore,
    commit,
    draft,
    opened,
)
from tests.buffering.second_reader import SecondReader
from tests.support.waiting import until

OPERATIONS_MAX = 400  # the shift below takes fewer; more means that the sweep does not end


async def shift(folder: Path, fault: Fault) -> None:
    """One of everything, over a disk that fails as `fault` says; it is mended once it has failed."""
    opening = opened(folder, destinations=DESTINATIONS, open_store=FaultyStore.with_fault(fault))
    async with opening as outbox, asyncio.TaskGroup() as group:
        group.create_task(_mend(fault, outbox))
        await day(outbox)
        fault.struck.set()  # nothing failed, or all is mended: the mender may go


async def _mend(fault: Fault, outbox: Outbox) -> None:
    await asyncio.to_thread(fault.struck.wait)
    if fault.lasting and fault.operations >= fault.at:
        await until(lambda: outbox.trouble is not None or outbox.head(Lane.READING) == 5)
    fault.heal()


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until-mended"])
async def test_a_disk_that_fails_at_any_operation_loses_nothing_and_repeats_nothing(
    tmp_path: Path, lasting: bool
) -> None:
    for at in range(1, OPERATIONS_MAX):
        folder = tmp_path / str(at)
        fault = Fault(at, lasting)
        try:
            await shift(folder, fault)
        except StoreUnusable:
            await shift(folder, Fault(OPERATIONS_MAX, lasting=False))  # it opens once the disk is back
        check_day(folder)
        if fault.operations < at:
            return
    pytest.fail(f"no run without a fault in {OPERATIONS_MAX} operations")


async def test_trouble_says_what_and_since_when_until_the_disk_is_back(tmp_path: Path) -> None:
    fault = Fault(10**9, lasting=True)
    async with opened(tmp_path, open_store=FaultyStore.with_fault(fault)) as outbox:
        await commit(outbox, draft())
        assert outbox.trouble is None

        fault.at = fault.operations + 1
        outbox.append(draft(), now_ns=NOW + 7 * SECOND)
        durable = asyncio.ensure_future(outbox.commit(now_ns=NOW + 8 * SECOND))
        await until(lambda: outbox.trouble is not None)
        outbox.append(draft(), now_ns=NOW + 9 * SECOND)
        assert outbox.trouble is not None
        assert (outbox.trouble.reason, outbox.trouble.since_ns) == ("io-error", NOW + 8 * SECOND)
        assert not durable.done()

        fault.heal()
        await durable
        assert outbox.trouble is None
        await outbox.commit(now_ns=NOW)
        assert outbox.head(Lane.READING) == 3


async def test_a_look_that_failed_is_repeated_and_ends_the_trouble_without_a_commit(tmp_path: Path) -> None:
    fault = Fault(10**9, lasting=True)
    async with opened(tmp_path, open_store=FaultyStore.with_fault(fault)) as outbox:
        fault.at = fault.operations + 1
        waiting = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
        await until(lambda: outbox.trouble is not None)
        fault.heal()
        await until(lambda: outbox.trouble is None)
        await commit(outbox, draft())
        assert (await waiting).number == 1


async def test_a_disk_that_stays_dead_does_not_keep_the_outbox_from_closing(tmp_path: Path) -> None:
    fault = Fault(10**9, lasting=True)
    outbox = await Outbox.open(
        tmp_path,
        gateway="gw-1",
        destinations=("bureau",),
        now_ns=NOW,
        limits=QUICK,
        open_store=FaultyStore.with_fault(fault),
    )
    await commit(outbox, draft())
    fault.at = fault.operations + 1
    outbox.append(draft(), now_ns=NOW)
    durable = asyncio.ensure_future(outbox.commit(now_ns=NOW))
    await outbox.close()
    with pytest.raises(StoreFailed) as failed:
        await durable
    assert failed.value.reason == "closed"


class TestHanging:
    """An fsync that does not return holds up the writer's thread, and nothing else."""

    async def test_the_event_loop_goes_on_and_trouble_says_that_the_disk_is_silent(
        self, tmp_path: Path
    ) -> None:
        stores: list[HangingStore] = []
        async with opened(tmp_path, open_store=_hanging(stores)) as outbox:
            await commit(outbox, draft())
            message = await outbox.next_message("bureau", Stream.LIVE)
            stores[0].answers.clear()
            assert outbox.append(draft(Lane.ALARM), now_ns=NOW + SECOND)
            durable = asyncio.ensure_future(outbox.commit(now_ns=NOW + SECOND))
            await until(lambda: outbox.trouble is not None)
            assert outbox.trouble is not None
            assert (outbox.trouble.reason, outbox.trouble.since_ns) == ("no-answer", NOW + SECOND)
            assert len(await outbox.read(message)) == 1, "what is on the disk can still be read and sent"
            assert not durable.done()

            stores[0].answers.set()
            await durable
            assert outbox.trouble is None

    async def test_closing_is_bounded_and_tells_who_waits(self, tmp_path: Path) -> None:
        stores: list[HangingStore] = []
        limits = Limits(close_s=0.05)
        outbox = await Outbox.open(
            tmp_path,
            gateway="gw-1",
            destinations=(),
            now_ns=NOW,
            limits=limits,
            open_store=_hanging(stores),
        )
        stores[0].answers.clear()
        outbox.append(draft(), now_ns=NOW)
        durable = asyncio.ensure_future(outbox.commit(now_ns=NOW))
        async with asyncio.timeout(2):
            await outbox.close()
        with pytest.raises(StoreFailed):
            await durable
        stores[0].answers.set()
        await asyncio.to_thread(outbox._writer._thread.join)


class TestStaging:
    """While the disk does not answer, so much waits in memory; then readings are refused, and counted."""

    async def test_readings_are_refused_after_a_time_without_progress_and_alarms_never(
        self, tmp_path: Path
    ) -> None:
        stores: list[HangingStore] = []
        limits = Limits(staging_s=0.05)
        async with opened(tmp_path, limits=limits, open_store=_hanging(stores)) as outbox:
            stores[0].answers.clear()
            outbox.append(draft(), now_ns=NOW)
            durable = outbox.commit(now_ns=NOW)
            await until(lambda: not outbox.append(draft(count=5, at_ns=NOW + SECOND), now_ns=NOW))
            assert not outbox.append(draft(count=7, at_ns=NOW + 3 * SECOND), now_ns=NOW)
            assert outbox.append(draft(Lane.ALARM), now_ns=NOW)
            assert outbox.append(draft(Lane.EVENT), now_ns=NOW)

            assert outbox.take_refused() == (), "a gap record could not be stored either"

            stores[0].answers.set()
            await durable
            assert outbox.append(draft(), now_ns=NOW), "the disk is back"
            refused = Refused(Lane.READING, 2, 12, NOW + SECOND, NOW + 3 * SECOND + SECOND // 2)
            assert outbox.take_refused() == (refused,)
            assert outbox.take_refused() == ()
            await outbox.commit(now_ns=NOW)
            assert outbox.head(Lane.ALARM) == outbox.head(Lane.EVENT) == 1

    async def test_readings_are_refused_once_so_many_bytes_wait(self, tmp_path: Path) -> None:
        stores: list[HangingStore] = []
        limits = Limits(staging_bytes=1000)
        async with opened(tmp_path, limits=limits, open_store=_hanging(stores)) as outbox:
            stores[0].answers.clear()
            assert outbox.append(draft(payload=bytes(600)), now_ns=NOW)
            assert not outbox.append(draft(payload=bytes(600)), now_ns=NOW)
            assert outbox.append(draft(payload=bytes(300)), now_ns=NOW)
            assert outbox.append(draft(Lane.ALARM, payload=bytes(600)), now_ns=NOW)
            stores[0].answers.set()
            await outbox.commit(now_ns=NOW)
            assert outbox.append(draft(payload=bytes(600)), now_ns=NOW)


class QuotaStore(Store):
    """A store with SQLite's own SQLITE_FULL at `pages`, in place of a small disk."""

    pages = 1_000_000

    def begin(self) -> None:
        """Begin, with the quota in force."""
        self._run(f"PRAGMA max_page_count = {self.pages}")
        super().begin()


async def test_a_full_disk_keeps_what_is_staged_and_takes_it_when_there_is_room(tmp_path: Path) -> None:
    stores: list[QuotaStore] = []

    def open_store(folder: Path) -> QuotaStore:
        stores.append(QuotaStore.open(folder))
        return stores[0]

    async with opened(tmp_path, open_store=open_store) as outbox:
        stores[0].pages = 60
        await commit(outbox, draft())
        outbox.append(draft(payload=bytes(100_000)), now_ns=NOW)
        durable = asyncio.ensure_future(outbox.commit(now_ns=NOW))
        await until(lambda: outbox.trouble is not None)
        assert outbox.trouble is not None
        assert outbox.trouble.reason == "disk-full"
        assert outbox.head(Lane.READING) == 1

        stores[0].pages = 1_000_000
        await durable
        assert outbox.head(Lane.READING) == 2
    with SecondReader(tmp_path / "outbox.db") as reader:
        assert reader.faults() == []


def _hanging(stores: list[HangingStore]) -> Callable[[Path], HangingStore]:
    def open_store(folder: Path) -> HangingStore:
        stores.append(HangingStore.open(folder))
        return stores[-1]

    return open_store
