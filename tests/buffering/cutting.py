"""Records a child at work, cuts its power again and again, and holds what is left against its notes."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from buffering import mark
from buffering.outbox import Outbox
from tests.buffering.child import PID_DIGITS, READY
from tests.buffering.killing import broken_promises
from tests.buffering.power import Change, Disk, changes
from tests.buffering.preload import build_disk, with_disk


def record(folder: Path, *, store: str, seconds: float) -> Path:
    """Let a child work for a while with every change recorded; return the recording."""
    library, root, recording = build_disk(folder), folder / "root", folder / "recording"
    root.mkdir()
    command = [sys.executable, "-m", "tests.buffering.child", str(root / "state"), str(root / "notes"), "1"]
    environ = with_disk(library, root, recording)
    with subprocess.Popen([*command, store], env=environ, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.read(PID_DIGITS + len(READY)).endswith(READY)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
        assert child.wait() == -9
    return recording


def cut_again_and_again(recording: Path, folder: Path, *, seed: int, cuts: int) -> Iterator[list[str]]:
    """Cut the power at random moments; yield each time what of the child's notes does not hold."""
    rng, disk = random.Random(seed), Disk()
    root = recording.with_name("root")
    recorded = list(changes(recording))
    moments = _moments(recorded, rng, cuts)
    for number, change in enumerate(recorded):
        disk.apply(change)
        if number in moments:
            image = folder / str(number)
            files = disk.cut_power(rng)
            (image / "state").mkdir(parents=True)
            for path, content in files.items():
                if path.parent == root / "state" and not path.name.endswith("-shm"):
                    (image / "state" / path.name).write_bytes(content)
            (image / "notes").write_bytes(disk.seen(root / "notes"))
            yield _broken(image)


def _moments(recorded: list[Change], rng: random.Random, cuts: int) -> set[int]:
    """Choose moments: half anywhere, half just after the child was told that something is durable."""
    told = [number for number, change in enumerate(recorded) if change.path.name == "notes"]
    anywhere = rng.sample(range(len(recorded)), cuts // 2)
    return {*anywhere, *rng.sample(told, cuts - cuts // 2)}


def _broken(image: Path) -> list[str]:
    """Return what of the notes does not hold, before and after the store was opened again."""
    if not (image / "state" / "outbox.db").exists():
        return ["the store is gone"] if b"committed" in (image / "notes").read_bytes() else []
    found = asyncio.run(_open(image / "state"))
    if b"committed" in (image / "notes").read_bytes():
        found += broken_promises(image / "state", image / "notes")
    return found


async def _open(state: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mark, "_place", lambda folder: _place_told(folder))
        outbox = await Outbox.open(state, gateway="gw-1", destinations=("bureau",), now_ns=3)
        begun = outbox.opened.begun
        await outbox.close()
    return [] if begun is None else [f"a new epoch began: {begun}"]


def _place_told(folder: Path) -> object:
    """Return the place that the mark tells: the image is a copy, which is not what is tried here."""
    path = folder / mark.FILE
    for slot in path.read_bytes().split(b"\n") if path.exists() else ():
        start = slot.find(b'{"gateway"')
        if start >= 0:
            try:
                return json.loads(slot[start:])["place"]
            except ValueError:
                continue
    return None
