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
_COPY: Final = "before-damage"


async def damage_the_store(ground: Ground, _plant: Plant) -> Played:
    """Stop, copy for the accounting, damage, start."""
    await ground.until(_AT)
    await ground.stop()
    copy = await asyncio.to_thread(_copied, ground)
    before = await asyncio.to_thread(read_store, copy / STORE)
    records = await asyncio.to_thread(damage, ground.state / STORE)
    ground.tell("damaged", records=records)
    await ground.start()
    # With fewer records in the store than are to be damaged, it was not the drill that was promised.
    return Played([Note("did-store", {"records": records}, is_right=records == len(SHARES))], before)


def _copied(ground: Ground) -> Path:
    folder = ground.piece.state / _COPY
    folder.mkdir()
    for path in ground.state.glob(f"{STORE}*"):
        shutil.copy2(path, folder)
    return folder
