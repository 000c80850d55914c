"""Drill `store`: the agent is stopped with a backlog, its file is damaged, and it is started again.

The file's header is overwritten, so that no SQLite opens it any more, and two
records of readings in the midst of it, one that the platforms have and one that
they do not have yet. The rest must be salvaged and sent; these must be told.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Final

from config.model import Plant
from simulator.demo.store_reader import read_store
from simulator.drill.damage import SHARES, damage
from simulator.drill.ground import STORE, Ground
from simulator.drill.played import Note, Played

_AT: Final = 0.40
_TRIES: Final = 4
_COPY: Final = "before-damage"


async def damage_the_store(ground: Ground, _plant: Plant) -> Played:
    """Stop, copy for the accounting, damage, start."""
    await ground.until(_AT)
    for _ in range(_TRIES):
        await ground.stop()
        copy = await asyncio.to_thread(_copied, ground)
        before = await asyncio.to_thread(read_store, copy / STORE)
        records = await asyncio.to_thread(damage, ground.state / STORE)
        await ground.start()
        if records:
            ground.tell("damaged", records=records)
            return Played([Note("did-store", {"records": records})], before)
        # A plant that commits rarely has too few records yet: it is no fault of the agent's.
        await ground.recording()
    return Played([Note("not-damaged", {"records": len(SHARES)}, is_right=False)])


def _copied(ground: Ground) -> Path:
    folder = ground.piece.state / _COPY
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in ground.state.glob(f"{STORE}*"):
        shutil.copy2(path, folder)
    return folder
