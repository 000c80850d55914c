"""A store older than what was done with it: recognised, and nothing gets a name that exists already."""

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


async def test_without_a_mark_a_store_goes_on_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft())
    (tmp_path / "outbox.mark").unlink()
    async with opened(tmp_path) as again:
        assert again.opened.begun is None


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
