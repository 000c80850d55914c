"""Damage of every kind: found, the files set aside as they are, what is whole salvaged and sent.

Damage is done to a store that was left as by a kill, so that its log may hold what
the file does not; it is found at the start, while sending, while writing, or by a
round of looking.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from buffering import disk, recover
from buffering.notices import EpochBegun, Salvaged
from buffering.outbox import Lane, Outbox, StoreUnusable, Stream
from tests.buffering.damaging import (
    DAMAGES,
    PAGE,
    RECORDS,
    begun,
    everything_arrives,
    flip,
    flip_payload,
    left_behind,
    payload,
    root_of,
    rows,
    salvage,
    seqs_lost,
    sum_lost,
    wreck_branch,
)
from tests.buffering.parts import NOW, commit, draft, opened
from tests.buffering.second_reader import SecondReader

IN_ORDER = (Stream.BACKFILL, Stream.LIVE)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
async def test_what_damage_leaves_is_salvaged_and_sent_and_what_it_took_is_told(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    state = await left_behind(tmp_path / "state")
    damage(state)
    damaged = {each.name: each.read_bytes() for each in state.glob("outbox.db*")}
    damaged.pop("outbox.db-shm", None)
    outbox, told = await salvage(state)
    try:
        assert (begun(told).cause, begun(told).aside) == ("damaged", "aside-1")
        aside = {name: (state / "aside-1" / name).read_bytes() for name in damaged}
        assert aside == damaged, "not one byte of the old files was changed"

        lost = seqs_lost(told)
        assert len(lost) <= DAMAGES[damage]
        assert rows(state) == {n: payload(n) for n in range(1, RECORDS + 1) if n not in lost}
        assert outbox.state["last"] == b"60"
        [salvaged] = [each for each in told.notices if isinstance(each, Salvaged)]
        assert (salvaged.aside, salvaged.lost) == ("aside-1", sum_lost(told))
        await everything_arrives(outbox, begun(told).before, lost)
        await commit(outbox, draft(payload=b"new"))
        assert outbox.head(Lane.READING) == 1, "numbers of the new epoch begin anew"
    finally:
        await outbox.close()


class TestTheLog:
    """What was committed and lies in the log alone."""

    async def test_a_log_that_was_cut_short_is_found_out_by_the_mark(self, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state", checkpoint=False)
        log = state / "outbox.db-wal"
        with log.open("r+b") as file:
            file.truncate(log.stat().st_size // 2)
        outbox, told = await salvage(state)
        lost = seqs_lost(told)
        assert begun(told).cause == "set-back"
        assert 0 < len(lost) < 50
        assert lost == list(range(lost[0], RECORDS + 1))
        assert set(rows(state)) == set(range(1, lost[0]))
        message = await outbox.next_message("bureau", Stream.BACKFILL)
        assert message.number > 1_000_000, "how far the numbers had come is not known"
        await outbox.close()

    async def test_a_log_that_is_gone_is_found_out_by_the_mark(self, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state", checkpoint=False)
        (state / "outbox.db-wal").unlink()
        outbox, told = await salvage(state)
        assert begun(told).cause in ("set-back", "missing", "damaged")
        await commit(outbox, draft())
        await outbox.close()

    async def test_what_lies_behind_a_damaged_frame_of_the_log_is_salvaged(self, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state", checkpoint=False)
        content = (state / "outbox.db-wal").read_bytes()
        flip(state / "outbox.db-wal", content.index(payload(25)) + 10)
        outbox, told = await salvage(state)
        assert begun(told).cause == "set-back", "SQLite itself ends where the damage is, without a word"
        assert set(seqs_lost(told)) <= {25}
        assert len(rows(state)) >= RECORDS - 1
        await outbox.close()


class TestWhatStoodBesideTheRecords:
    """Who was to get what, and the state: believed as a whole, or told again to everybody."""

    @pytest.mark.parametrize("table", ["pending", "destination", "message"])
    async def test_where_it_is_lost_who_had_to_get_what_everybody_gets_all(
        self, table: str, tmp_path: Path
    ) -> None:
        state = await left_behind(tmp_path / "state")
        flip(state / "outbox.db", (root_of(state, table) - 1) * PAGE, count=PAGE)
        outbox, told = await salvage(state)
        assert seqs_lost(told) == []
        got = 0
        while got < RECORDS:
            message = await outbox.next_message("bureau", Stream.BACKFILL)
            assert message.number > 1_000_000
            assert message.first == got + 1
            got = message.last
            outbox.ack(message)
        alarm = await outbox.next_message("bureau", Stream.ALARM)
        assert [record.payload for record in await outbox.read(alarm)] == [b"alarm"]
        await outbox.close()

    async def test_state_that_the_file_lost_while_in_use_is_written_again(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            for number in range(40):
                outbox.append(draft(), now_ns=NOW, state={f"key-{number}": bytes(40)})
            await outbox.commit(now_ns=NOW)
            root = root_of(tmp_path, "state")
            _checkpoint(tmp_path)
            flip(tmp_path / "outbox.db", (root - 1) * PAGE, count=PAGE)
            await outbox.mending.condemn("for the test")
            await commit(outbox, draft())
            with SecondReader(tmp_path / "outbox.db") as reader:
                assert len(reader.state()) == 40


class TestWhileInUse:
    """Found while the agent runs: nobody stops, and what was given meanwhile is stored."""

    async def test_a_round_of_looking_finds_a_flipped_byte_and_the_store_is_replaced(
        self, tmp_path: Path
    ) -> None:
        async with opened(tmp_path) as outbox:
            for number in range(1, 201):
                outbox.append(draft(payload=payload(number)), now_ns=NOW)
            await outbox.commit(now_ns=NOW)
            flying = await outbox.next_message("bureau", Stream.LIVE, records_max=5)
            _checkpoint(tmp_path)
            before = outbox.opened.epoch
            assert await _rounds(outbox) > 1, "it takes more than one slice"
            flip_payload(tmp_path)

            await _rounds(outbox)
            assert outbox.opened.begun == "damaged"
            assert outbox.opened.epoch > before
            assert set(range(1, 201)) - rows(tmp_path).keys() == {34}
            assert [each.seq for each in await outbox.read(flying)] == [1, 2, 3, 4, 5]
            outbox.ack(flying)
            await commit(outbox, draft(payload=b"new"))
            message = await outbox.next_message("bureau", Stream.LIVE, records_max=50)
            assert (message.number, message.epoch) == (2, outbox.opened.epoch), "numbers go on"
            await outbox.next_message("bureau", Stream.BACKFILL)
            await _rounds(outbox)
            assert not (tmp_path / "aside-2").exists(), "what is on record as lost is no damage"

    async def test_a_header_that_was_changed_is_found_by_the_chain(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=payload(number)) for number in range(1, 11)))
            with SecondReader(tmp_path / "outbox.db") as intruder:
                intruder._rows("UPDATE record SET count = 99 WHERE lane = 'reading' AND seq = 4")
            _checkpoint(tmp_path)
            await _rounds(outbox)
            assert set(range(1, 11)) - rows(tmp_path).keys() == {4}

    async def test_a_damaged_record_does_not_keep_the_rest_of_its_message(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=payload(number)) for number in range(30, 38)))
            message = await outbox.next_message("bureau", Stream.LIVE)
            _checkpoint(tmp_path)
            flip_payload(tmp_path)
            records = await outbox.read(message)
            assert [record.seq for record in records] == [1, 2, 3, 4, 6, 7, 8]
            outbox.ack(message)
            await commit(outbox, draft())

    async def test_damage_that_the_writer_meets_costs_nothing_that_was_given(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=payload(number)) for number in range(1, RECORDS + 1)))
            _checkpoint(tmp_path)
            wreck_branch(tmp_path)
            for number in range(5):
                outbox.append(
                    draft(Lane.ALARM, payload=b"alarm %d" % number), now_ns=NOW, state={"n": b"%d" % number}
                )
            await outbox.commit(now_ns=NOW)
            assert outbox.trouble is None
            assert outbox.head(Lane.ALARM) == 5
            await outbox.mending.salvaged()
            assert rows(tmp_path) == {n: payload(n) for n in range(1, RECORDS + 1)}
            assert outbox.state["n"] == b"4"
            got = [await outbox.next_message("bureau", Stream.ALARM) for _ in range(5)]
            assert len({message.id for message in got}) == 5

    @pytest.mark.parametrize("end", ["ack", "release", "park", "split"])
    async def test_a_message_that_was_lost_while_in_flight_ends_quietly_and_its_records_go_again(
        self, end: str, tmp_path: Path
    ) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=payload(number)) for number in range(1, 11)))
            flying = await outbox.next_message("bureau", Stream.LIVE, records_max=5)
            await outbox.next_message("bureau", Stream.LIVE, records_max=1)
            _checkpoint(tmp_path)
            flip(tmp_path / "outbox.db", (root_of(tmp_path, "message") - 1) * PAGE, count=PAGE)
            await outbox.mending.condemn("for the test")
            match end:
                case "ack":
                    outbox.ack(flying)
                case "release":
                    outbox.release(flying)
                case "park":
                    await outbox.park(flying, "refused")
                case "split":
                    await outbox.split(flying)
            again = await outbox.next_message("bureau", Stream.BACKFILL)
            assert (again.first, again.last) == (1, 10)
            assert again.number > 1_000_000
            assert outbox.parked("bureau") == ()

    async def test_damage_that_comes_back_in_every_new_file_ends_in_trouble_not_in_a_thousand_files(
        self, tmp_path: Path
    ) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, draft())
            for _ in range(6):
                await outbox.mending.condemn("for the test")
            await commit(outbox, draft())
        assert len(list(tmp_path.glob("aside-*"))) == 3


class TestCrashes:
    """A crash in the middle of it: the next start goes on."""

    @pytest.mark.parametrize("steps", range(8))
    async def test_files_that_were_being_moved_are_moved_on(self, steps: int, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state", checkpoint=False)
        flip(state / "outbox.db", 0, count=100)
        await asyncio.to_thread(_move_until, state, steps)
        outbox, told = await salvage(state)
        assert seqs_lost(told) == []
        assert rows(state) == {n: payload(n) for n in range(1, RECORDS + 1)}
        await outbox.close()

    async def test_a_salvage_that_was_ended_goes_on_at_the_next_start(self, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state")
        wreck_branch(state)
        told = None
        for _ in range(3):
            async with opened(state, destinations=("bureau", "county")) as outbox:
                assert outbox.opened.aside == "aside-1"
                await commit(outbox, draft(payload=b"new"))
        outbox, told = await salvage(state)
        assert seqs_lost(told) == []
        assert {n: p for n, p in rows(state).items() if p != b"new"}.keys() == set(range(1, RECORDS + 1))
        await outbox.close()


class TestWhatIsLeftAlone:
    """No damage, or not ours to set aside."""

    async def test_another_gateways_store_is_refused_even_if_it_is_damaged(self, tmp_path: Path) -> None:
        state = await left_behind(tmp_path / "state")
        wreck_branch(state)
        with pytest.raises(StoreUnusable) as unusable:
            async with opened(state, gateway="gw-2"):
                pass
        assert unusable.value.reason == "other-gateway"
        assert not list(state.glob("aside-*/outbox.db"))

    async def test_records_that_were_removed_in_order_do_not_come_back(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as outbox:
            await commit(outbox, *(draft(payload=payload(number)) for number in range(1, RECORDS + 1)))
            await outbox._calls.run(lambda ledger: ledger.prune(Lane.READING, 20))
            await outbox.mending.condemn("for the test")
            assert rows(tmp_path).keys() == set(range(20, RECORDS + 1))
            with SecondReader(tmp_path / "outbox.db") as reader:
                causes = [row["cause"] for row in reader._rows("SELECT * FROM removed")]
            assert causes == ["retention"]

    async def test_a_file_that_is_no_database_is_set_aside(self, tmp_path: Path) -> None:
        (tmp_path / "outbox.db").write_bytes(b"garbage " * 512)
        async with opened(tmp_path) as outbox:
            await outbox.mending.salvaged()
            await commit(outbox, draft())
        assert (tmp_path / "aside-1" / "outbox.db").read_bytes() == b"garbage " * 512


async def _rounds(outbox: Outbox) -> int:
    """Look at the whole store once; return in how many slices."""
    slices, current = 0, await outbox.mending.scrub(None)
    while current is not None:
        slices, current = slices + 1, await outbox.mending.scrub(current)
    return slices


def _checkpoint(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "outbox.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _Crash(Exception):
    """The process ends here."""


def _move_until(folder: Path, steps: int) -> None:
    """Set the store aside, and crash after so many steps."""
    left = [steps]

    def step(work: Callable[..., object]) -> Callable[..., object]:
        def stepped(*arguments: object) -> object:
            if not left[0]:
                raise _Crash
            left[0] -= 1
            return work(*arguments)

        return stepped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recover, "_write", step(recover._write))
        patch.setattr(recover, "sync_folder", step(disk.sync_folder))
        patch.setattr(Path, "rename", step(Path.rename))
        with suppress(_Crash):
            recover.set_aside(folder)


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_is_damaged_the_outbox_opens_and_nothing_false_is_sent(
    seed: int, tmp_path: Path
) -> None:
    """Bytes, stretches and pages at random, in the file, its log and its mark."""
    rng = Random(seed)
    state = await left_behind(tmp_path / "state", checkpoint=rng.random() < 0.6)
    for name in rng.choices(["outbox.db", "outbox.db", "outbox.db-wal", "outbox.mark"], k=rng.randint(1, 6)):
        size = (state / name).stat().st_size
        if size:
            length = min(size, rng.choice([1, 1, 16, PAGE, 8 * PAGE]))
            flip(state / name, rng.randrange(size - length + 1), count=length)
    outbox, told = await salvage(state)
    for number, stored in rows(state).items():
        assert stored == payload(number)
    lost = set(seqs_lost(told))
    assert lost.isdisjoint(rows(state))
    if (state / "outbox.mark").exists() and told.of(EpochBegun):
        assert lost | rows(state).keys() >= set(range(1, max(rows(state), default=0) + 1))
    await commit(outbox, draft(payload=b"new"), draft(Lane.ALARM))
    await outbox.close()
    async with opened(state, destinations=("bureau", "county")) as again:
        assert not again.mending.is_salvaging
        await commit(again, draft(payload=b"new"))


async def test_in_order_what_is_salvaged_goes_before_what_is_new(tmp_path: Path) -> None:
    state = await left_behind(tmp_path / "state")
    flip_payload(state)
    async with opened(state, destinations=("bureau", "county")) as outbox:
        assert outbox.mending.is_salvaging
        await commit(outbox, draft(payload=b"new"))
        got: list[tuple[int, int]] = []
        while not got or got[-1][0] != outbox.opened.epoch:
            asking = asyncio.create_task(outbox.next_message("bureau", *IN_ORDER, records_max=7))
            if not got:
                await outbox.mending.salvaged()
                await commit(outbox, draft(payload=b"new"))
            message = await asking
            got += [(record.epoch, record.seq) for record in await outbox.read(message)]
            outbox.ack(message)
    assert got == sorted(got)
    assert len(got) > RECORDS // 2
