"""Drill `disk`: no file of the agent can grow any more, for a third of the time.

The limit is the kernel's own (RLIMIT_FSIZE, set from outside while it runs), so
that no rights are needed: each write fails as on a full disk, though with
another number (EFBIG in place of ENOSPC).
"""

import resource
from typing import Final

from config.model import Plant
from simulator.drill.ground import Ground
from simulator.drill.played import Note, Played

_SPAN: Final = (0.25, 0.60)
_BYTES: Final = 1  # every write beyond the first byte of a file: all of them


async def fill_the_disk(ground: Ground, _plant: Plant) -> Played:
    """Take the room, and give it back."""
    await ground.until(_SPAN[0])
    before = resource.prlimit(ground.agent.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(ground.agent.pid, resource.RLIMIT_FSIZE, (_BYTES, before[1]))
    ground.tell("disk-full")
    await ground.until(_SPAN[1])
    resource.prlimit(ground.agent.pid, resource.RLIMIT_FSIZE, before)
    ground.tell("disk-free")
    seconds = round((_SPAN[1] - _SPAN[0]) * ground.piece.seconds, 1)
    return Played([Note("did-disk", {"seconds": seconds})])
