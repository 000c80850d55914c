"""Drill `kill`: the agent is killed several times, at moments nobody chose, and started again at once."""

import random
from typing import Final

from config.model import Plant
from simulator.drill.ground import Ground
from simulator.drill.played import Note, Played

_SPAN: Final = (0.10, 0.75)
_KILLS_MIN: Final = 3
_SECONDS_PER_KILL: Final = 6.0


async def kill_again_and_again(ground: Ground, _plant: Plant) -> Played:
    """Kill it once every few seconds; a kill may fall into the start of the one before."""
    rng = random.Random(f"kill/{ground.piece.seed}")
    kills = max(_KILLS_MIN, round(ground.piece.seconds / _SECONDS_PER_KILL))
    for number, at in enumerate(sorted(rng.uniform(*_SPAN) for _ in range(kills)), 1):
        await ground.until(at)
        await ground.kill()
        ground.tell("killed", number=number, kills=kills)
        await ground.start()
    return Played([Note("did-kill", {"kills": kills})])
