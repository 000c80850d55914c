"""A disk that is full: run by test_small_disk.py as root of a mount namespace of its own, on a small tmpfs.

`every` leaves so much room, and more each time, until a day of an outbox fits; the
room is given back once the disk was full. `relief` takes all the room for good.
Prints what was seen as JSON.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from buffering.disk import BALLAST_BYTES
from buffering.errors import StoreUnusable
from buffering.notices import GivenUp, Pruned
from buffering.outbox import Keeping, Lane, Outbox, Stream
from buffering.status import StoreTrouble
from tests.buffering.day import DESTINATIONS, check_day, day
from tests.buffering.parts import NOW, QUICK, SECOND, commit, draft, opened
from tests.buffering.test_retention import Told
from tests.support.waiting import until

STEP_KB = 4  # SQLite's page is 1 kB, tmpfs gives 4 kB at a time
ROOM_KB_MAX = 2000


@contextmanager
def disk(megabytes: int) -> Iterator[Path]:
    """Mount a tmpfs of so many megabytes."""
    with TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(root: Path, leave_kb: int) -> Path:
    """Take all the room but so much, with a file of somebody else's."""
    other = root / "other"
    found = os.statvfs(root)
    with other.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, found.f_bavail * found.f_frsize - leave_kb * 1024))
    return other


async def every() -> dict[str, object]:
    """Run out of room at every write there is, one after the other."""
    full, refused = 0, Counter[str]()
    with disk(8) as root:
        for leave_kb in range(0, ROOM_KB_MAX, STEP_KB):
            other, folder = fill(root, leave_kb), root / str(leave_kb)
            seen: list[StoreTrouble | None] = []
            try:
                await _day(folder, other, seen)
            except StoreUnusable as unusable:
                refused[unusable.reason] += 1
                other.unlink()
                await _day(folder, other, seen)
            check_day(folder)
            shutil.rmtree(folder)
            full += bool(seen)
            # A later try may have failed just before room was made, and be looked at beside a free disk.
            assert [each.reason for each in seen if each][:1] in ([], ["disk-full"]), seen
            if other.exists():
                return {"full": full, "refused": refused, "room_kb": leave_kb}
    raise AssertionError("no day without trouble")


async def _day(folder: Path, other: Path, seen: list[StoreTrouble | None]) -> None:
    async with opened(folder, destinations=DESTINATIONS, on_trouble=seen.append) as outbox:
        outbox.upkeep.relieve_soon = _nothing_goes  # type: ignore[method-assign]
        making_room = asyncio.create_task(_make_room(outbox, other))
        await day(outbox)
        making_room.cancel()


def _nothing_goes(*, now_ns: int) -> None:
    """Here the room comes back; that records make room is the other part."""


async def _make_room(outbox: Outbox, other: Path) -> None:
    await until(lambda: outbox.trouble is not None)
    other.unlink(missing_ok=True)


async def relief() -> dict[str, object]:
    """Somebody fills the disk for good: the oldest records make room, and what is new is stored."""
    told, seen = Told(), list[StoreTrouble | None]()
    with disk(64) as root:
        opening = opened(
            root / "state",
            limits=replace(QUICK, silence_s=5),
            keeping=Keeping(size_bytes=10**9),
            describe=told,
            on_trouble=seen.append,
        )
        async with opening as outbox:
            for number in range(60):
                await commit(outbox, draft(payload=bytes(100_000), at_ns=NOW + number * SECOND))
                if number < 20:
                    outbox.ack(await outbox.next_message("bureau", Stream.LIVE, records_max=1))
            await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            had_ballast = (root / "state" / "outbox.ballast").stat().st_size == BALLAST_BYTES
            fill(root, 0)
            for number in range(120):
                await commit(outbox, draft(payload=bytes(100_000), at_ns=NOW + number * SECOND))
                await commit(outbox, draft(Lane.ALARM))
            holding = await outbox.upkeep.tidy(now_ns=NOW, trust_time=True)
            return {
                "had_ballast": had_ballast,
                "alarms": outbox.head(Lane.ALARM),
                "readings": outbox.head(Lane.READING),
                "pruned": sorted({each.cause for each in told.notices if isinstance(each, Pruned)}),
                "given_up": sorted({each.cause for each in told.notices if isinstance(each, GivenUp)}),
                "reasons": sorted({each.reason for each in seen if each is not None}),
                "is_disk_full": holding.is_disk_full,
            }


if __name__ == "__main__":
    part = {"every": every, "relief": relief}[sys.argv[1]]
    print(json.dumps(asyncio.run(part())))
