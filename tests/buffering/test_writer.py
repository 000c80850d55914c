"""The writer's thread: who goes first, what rides with what, and what a mistake of ours does."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from buffering.chain import Header
from buffering.outbox import Lane, Limits, StoreFailed, Stream
from buffering.store import Store
from tests.buffering.parts import NOW, QUICK, HangingStore, commit, draft, opened
from tests.support.waiting import until


class RecordingStore(HangingStore):
    """Notes the lane of every record, transaction by transaction."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.transactions: list[list[Lane]] = []

    def begin(self) -> None:
        """Begin, and start a new list."""
        super().begin()
        self.transactions.append([])

    def insert_record(self, header: Header, **columns: Any) -> None:
        """Insert, and note the lane."""
        super().insert_record(header, **columns)
        self.transactions[-1].append(header.lane)


async def test_an_alarm_overtakes_the_readings_that_a_slow_disk_has_let_pile_up(tmp_path: Path) -> None:
    stores: list[RecordingStore] = []

    def open_store(folder: Path) -> RecordingStore:
        stores.append(RecordingStore.open(folder))
        return stores[0]

    limits = Limits(group_bytes=1000, silence_s=5)
    async with opened(tmp_path, limits=limits, open_store=open_store) as outbox:
        store = stores[0]
        store.reached.clear()
        store.answers.clear()
        outbox.append(draft(), now_ns=NOW)
        first = outbox.commit(now_ns=NOW)
        await asyncio.to_thread(store.reached.wait)
        store.transactions.clear()

        for _ in range(10):
            outbox.append(draft(payload=bytes(400)), now_ns=NOW)
        readings = outbox.commit(now_ns=NOW)
        outbox.append(draft(Lane.ALARM, payload=bytes(400)), now_ns=NOW)
        alarm = outbox.commit(now_ns=NOW, lane=Lane.ALARM)
        store.answers.set()
        await asyncio.gather(first, readings, alarm)

        written = [lanes for lanes in store.transactions if lanes]
        assert written[0] == [Lane.ALARM, Lane.READING], "a group of 1000 bytes, the alarm first"
        assert [len(lanes) for lanes in written[1:]] == [2, 2, 2, 2, 1]


async def test_a_record_larger_than_a_group_is_committed_alone(tmp_path: Path) -> None:
    async with opened(tmp_path, limits=Limits(group_bytes=10)) as outbox:
        await commit(outbox, draft(payload=bytes(5000)), draft(payload=bytes(5000)))
        assert outbox.head(Lane.READING) == 2


async def test_nothing_is_handed_out_before_its_cut_is_on_the_disk(tmp_path: Path) -> None:
    stores: list[HangingStore] = []

    def open_store(folder: Path) -> HangingStore:
        stores.append(HangingStore.open(folder))
        return stores[0]

    async with opened(tmp_path, open_store=open_store) as outbox:
        store = stores[0]
        requests = [
            asyncio.create_task(outbox.next_message("bureau", each)) for each in (Stream.LIVE, Stream.ALARM)
        ]
        await asyncio.sleep(0)
        store.reached.clear()
        store.answers.clear()
        outbox.append(draft(), now_ns=NOW)
        outbox.append(draft(Lane.ALARM), now_ns=NOW)
        durable = asyncio.ensure_future(outbox.commit(now_ns=NOW))
        await asyncio.to_thread(store.reached.wait)
        assert not durable.done()
        assert not any(request.done() for request in requests)
        store.answers.set()
        await asyncio.gather(*requests, durable)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_mistake_of_ours_stops_the_writer_loudly_and_nobody_waits_in_vain(tmp_path: Path) -> None:
    class MistakenStore(Store):
        def put_state(self, key: str, value: bytes | None) -> None:
            raise ZeroDivisionError

    async with opened(tmp_path, open_store=MistakenStore.open) as outbox:
        outbox.append(draft(), now_ns=NOW, state={"key": b""})
        with pytest.raises(StoreFailed) as failed:
            await outbox.commit(now_ns=NOW)
        assert failed.value.reason == "stopped"
        assert outbox.trouble is not None
        assert "ZeroDivisionError" in outbox.trouble.detail
        outbox.append(draft(), now_ns=NOW)
        with pytest.raises(StoreFailed):
            await outbox.commit(now_ns=NOW)
        with pytest.raises(StoreFailed):
            await outbox.go_live("bureau")
        await asyncio.to_thread(outbox._writer._thread.join)
    async with opened(tmp_path) as again:
        assert again.head(Lane.READING) == 0, "nothing of the transaction happened, and the lock is free"


async def test_who_waits_for_a_message_is_told_when_the_outbox_closes(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        waiting = asyncio.create_task(outbox.next_message("bureau", Stream.LIVE))
        await asyncio.sleep(0)
    with pytest.raises(StoreFailed) as failed:
        await waiting
    assert failed.value.reason == "closed"


async def test_an_opening_that_is_given_up_leaves_the_store_free(tmp_path: Path) -> None:
    disk_answers, stores = threading.Event(), []

    def open_store(folder: Path) -> Store:
        disk_answers.wait()
        stores.append(Store.open(folder))
        return stores[0]

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), opened(tmp_path, open_store=open_store):
            pass
    disk_answers.set()
    await until(lambda: bool(stores) and stores[0]._db is None)
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())


async def test_closing_commits_what_is_staged(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        outbox.append(draft(), now_ns=NOW)
    assert not (tmp_path / "outbox.db-wal").exists(), "the log was moved into the file"
    async with opened(tmp_path) as again:
        assert again.head(Lane.READING) == 1


async def test_the_writers_connection_is_as_durable_as_the_design_says(tmp_path: Path) -> None:
    stores: list[Store] = []

    def open_store(folder: Path) -> Store:
        stores.append(Store.open(folder))
        return stores[0]

    found: dict[str, object] = {}

    async with opened(tmp_path, open_store=open_store, limits=QUICK) as outbox:

        def ask(_: object) -> None:
            names = ("synchronous", "journal_mode", "auto_vacuum", "journal_size_limit", "page_size")
            found.update({name: stores[0]._run(f"PRAGMA {name}")[0][0] for name in names})

        await outbox._calls.run(ask)
        await until(lambda: bool(found))
    assert found == {
        "synchronous": 2,
        "journal_mode": "wal",
        "auto_vacuum": 2,
        "journal_size_limit": 8 * 1024 * 1024,
        "page_size": 1024,
    }
