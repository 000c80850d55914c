"""A store older than what was done with it: recognised, and nothing gets a name that exists already."""

import os
import shutil
from pathlib import Path

import pytest

from buffering.mark import SLOT_BYTES
from buffering.notices import EpochBegun, Lost
from buffering.outbox import Draft, Lane, Limits, Outbox, Stream
from tests.buffering.damaging import begun
from tests.buffering.parts import NOW, QUICK, commit, draft, opened
from tests.buffering.second_reader import SecondReader
from tests.buffering.test_retention import Told

Name = tuple[int, str, int]


class World:
    """Everything that was ever said under a name: a name means one thing for ever."""

    def __init__(self) -> None:
        self.records: dict[Name, bytes] = {}
        self.messages: dict[int, object] = {}

    def hear(self, folder: Path) -> None:
        """Take note of what a store holds."""
        with SecondReader(folder / "outbox.db") as reader:
            assert reader.faults() == []
            for lane in ("alarm", "event", "reading"):
                for row in reader.records(lane):
                    name = (row["epoch"], lane, row["seq"])
                    assert self.records.setdefault(name, row["uid"]) == row["uid"], name

    async def deliver(self, outbox: Outbox, stream: Stream) -> None:
        message = await outbox.next_message("bureau", stream, records_max=1)
        assert self.messages.setdefault(message.number, message.id) == message.id, message.number
        outbox.ack(message)


async def work(folder: Path, world: World, told: Told, *, records: int = 5) -> Outbox:
    outbox = await Outbox.open(
        folder, gateway="gw-1", destinations=("bureau",), now_ns=NOW, limits=QUICK, describe=told
    )
    await outbox.mending.salvaged()
    for _ in range(records):
        await commit(outbox, draft(), draft(Lane.EVENT))
        await world.deliver(outbox, Stream.LIVE)
    await commit(outbox, draft())
    world.hear(folder)
    return outbox


async def test_an_ordinary_restart_begins_no_epoch(tmp_path: Path) -> None:
    world, told = World(), Told()
    for _ in range(3):
        await (await work(tmp_path, world, told)).close()
    assert len({epoch for epoch, _, _ in world.records}) == 1
    assert not told.of(EpochBegun)


async def test_a_database_that_is_put_back_alone_is_recognised_and_what_it_lacks_is_told(
    tmp_path: Path,
) -> None:
    world, told = World(), Told()
    await (await work(tmp_path, world, told)).close()
    shutil.copy(tmp_path / "outbox.db", tmp_path / "backup")
    await (await work(tmp_path, world, told)).close()
    shutil.copy(tmp_path / "backup", tmp_path / "outbox.db")

    outbox = await work(tmp_path, world, told)
    assert begun(told).cause == "set-back"
    lost = [each for each in told.notices if isinstance(each, Lost)]
    assert {each.lane for each in lost} == {Lane.READING, Lane.EVENT}
    await outbox.close()
    assert len({epoch for epoch, _, _ in world.records}) == 2


async def test_a_folder_that_is_put_back_as_a_whole_is_recognised_and_goes_on_in_place(
    tmp_path: Path,
) -> None:
    state, world, told = tmp_path / "state", World(), Told()
    await (await work(state, world, told)).close()
    shutil.copytree(state, tmp_path / "backup")
    await (await work(state, world, told)).close()
    shutil.rmtree(state)
    shutil.copytree(tmp_path / "backup", state)

    outbox = await work(state, world, told)
    assert begun(told).cause == "copied"
    assert begun(told).aside is None
    assert not list(state.glob("aside-*"))
    await outbox.close()
    again = await work(state, world, told)
    assert len(told.of(EpochBegun)) == 1, "once"
    await again.close()


async def test_what_the_copy_had_still_to_send_goes_out_under_its_old_epoch(tmp_path: Path) -> None:
    state, world = tmp_path / "state", World()
    outbox = await work(state, world, Told())
    cut = await outbox.next_message("bureau", Stream.LIVE)
    await commit(outbox, draft())
    await outbox.close()
    shutil.copytree(state, tmp_path / "copy")
    async with opened(tmp_path / "copy") as copy:
        again = await copy.next_message("bureau", Stream.LIVE)
        assert (again.id, again.number) == (cut.id, cut.number)
        rest = await copy.next_message("bureau", Stream.BACKFILL)
        assert rest.epoch == cut.epoch
        assert rest.number > 1_000_000
        await commit(copy, draft())
        live = await copy.next_message("bureau", Stream.LIVE)
        assert live.epoch == copy.opened.epoch > cut.epoch


async def test_a_store_that_is_gone_is_told_and_its_numbers_are_not_given_again(tmp_path: Path) -> None:
    world, told = World(), Told()
    await (await work(tmp_path, world, told)).close()
    (tmp_path / "outbox.db").unlink()
    outbox = await work(tmp_path, world, told)
    assert begun(told).cause == "missing"
    await outbox.close()


async def test_a_clock_that_starts_in_1970_does_not_make_the_new_epoch_the_older_one(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        before = outbox.opened.epoch
    (tmp_path / "outbox.db").unlink()
    outbox = await Outbox.open(tmp_path, gateway="gw-1", destinations=(), now_ns=5 * 10**9, limits=QUICK)
    assert outbox.opened.epoch > before
    await outbox.close()


@pytest.mark.parametrize("torn", [0, 40, 200, SLOT_BYTES + 40], ids=str)
async def test_a_mark_that_is_behind_or_torn_is_no_reason_for_anything(torn: int, tmp_path: Path) -> None:
    """As a power cut leaves it: the last commits are in the store, the mark says less."""
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
        old = (tmp_path / "outbox.mark").read_bytes()
        await commit(outbox, draft(), draft())
        epoch = outbox.opened.epoch
    content = bytearray(old.ljust(2 * SLOT_BYTES, b"\0"))
    content[torn : torn + 16] = bytes(16)
    with (tmp_path / "outbox.mark").open("r+b") as file:
        file.write(content)
    async with opened(tmp_path) as again:
        assert again.opened.epoch == epoch
        assert again.opened.begun is None


async def test_a_database_that_is_put_back_alone_into_an_empty_folder_begins_a_new_epoch(
    tmp_path: Path,
) -> None:
    state, world, told = tmp_path / "state", World(), Told()
    await (await work(state, world, told)).close()
    shutil.copy(state / "outbox.db", tmp_path / "backup")
    await (await work(state, world, told)).close()
    shutil.rmtree(state)
    state.mkdir()
    shutil.copy(tmp_path / "backup", state / "outbox.db")

    outbox = await work(state, world, told)
    assert begun(told).cause == outbox.opened.begun == "unmarked"
    assert begun(told).before is not None
    assert not list(state.glob("aside-*")), "its records are gone on with where they are"
    await outbox.close()
    await (await work(state, world, told)).close()
    assert len(told.of(EpochBegun)) == 1, "once"


async def test_a_mark_of_an_earlier_epoch_says_nothing_of_this_one(tmp_path: Path) -> None:
    world, told = World(), Told()
    await (await work(tmp_path, world, told)).close()
    shutil.copy(tmp_path / "outbox.mark", tmp_path / "earlier")
    (tmp_path / "outbox.mark").unlink()
    await (await work(tmp_path, world, told)).close()
    shutil.copy(tmp_path / "outbox.db", tmp_path / "backup")
    await (await work(tmp_path, world, told)).close()
    shutil.copy(tmp_path / "backup", tmp_path / "outbox.db")
    shutil.copy(tmp_path / "earlier", tmp_path / "outbox.mark")

    await (await work(tmp_path, world, told)).close()
    assert [each.cause for each in told.notices if isinstance(each, EpochBegun)] == ["unmarked"] * 2


async def test_database_and_mark_that_are_put_back_beside_their_lock_file_are_a_copy(tmp_path: Path) -> None:
    """As rsync does it: the empty lock file has not changed, and is left as it is."""
    world, told = World(), Told()
    await (await work(tmp_path, world, told)).close()
    for name in ("outbox.db", "outbox.mark"):
        shutil.copy(tmp_path / name, tmp_path / f"{name}.old")
    await (await work(tmp_path, world, told)).close()
    for name in ("outbox.db", "outbox.mark"):
        (tmp_path / f"{name}.old").rename(tmp_path / name)

    await (await work(tmp_path, world, told)).close()
    assert begun(told).cause == "copied"


@pytest.mark.parametrize("is_there", [False, True], ids=["no mark", "another gateway's"])
async def test_a_new_store_that_nothing_was_written_to_needs_no_mark(is_there: bool, tmp_path: Path) -> None:
    """As a crash leaves it between the store's first transaction and its first mark."""
    if is_there:
        async with opened(tmp_path / "other", gateway="gw-2") as other:
            await commit(other, draft())
    async with opened(tmp_path) as outbox:
        epoch = outbox.opened.epoch
    (tmp_path / "outbox.mark").unlink()
    if is_there:
        shutil.copy(tmp_path / "other" / "outbox.mark", tmp_path / "outbox.mark")
    async with opened(tmp_path) as again:
        assert (again.opened.epoch, again.opened.begun) == (epoch, None)
        await commit(again, draft())
        assert (await again.next_message("bureau", Stream.LIVE)).number == 1


async def test_the_first_mark_of_an_epoch_is_on_the_disk_before_the_store_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut must not make a store of today look like one that was put back."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    async with opened(tmp_path):
        assert synced == [(tmp_path / "outbox.mark").stat().st_ino]


async def test_a_mark_of_many_destinations_fits(tmp_path: Path) -> None:
    names = tuple(f"destination-{number:03}" for number in range(200))
    async with opened(tmp_path, destinations=names, limits=Limits()) as outbox:
        await commit(outbox, draft())
        shutil.copy(tmp_path / "outbox.db", tmp_path / "backup")
    (tmp_path / "outbox.db").unlink()
    told = Told()
    async with opened(tmp_path, destinations=names, describe=told):
        assert begun(told).cause == "missing"
    assert isinstance(told(begun(told), NOW), Draft)
