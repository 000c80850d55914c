"""Drill `kill`: the agent is killed several times, at moments nobody chose, and started again at once.

A kill falls into its work: only once it has recorded something since its start does
the clock run by which it is killed. What it had to do just then is noted.
"""

import random
from collections import Counter
from typing import Final

from config.model import Plant
from simulator.demo.eyes import Sight
from simulator.drill.ground import Ground
from simulator.drill.played import Note, Played

_SPAN: Final = (0.10, 0.75)
_KILLS_MIN: Final = 3
_SECONDS_PER_KILL: Final = 6.0
_SHARE_RUN: Final = 0.6  # of the time for each kill; the rest is for starting again
_BLIND_S: Final = 0.5  # a commit and what follows from it, while nobody asks the agent anything


async def kill_again_and_again(ground: Ground, _plant: Plant) -> Played:
    """Kill it once every few seconds, each time at work."""
    rng = random.Random(f"kill/{ground.piece.seed}")
    kills = max(_KILLS_MIN, round(ground.piece.seconds / _SECONDS_PER_KILL))
    each_s = (_SPAN[1] - _SPAN[0]) * ground.piece.seconds / kills
    stages: Counter[str] = Counter()
    await ground.until(_SPAN[0])
    for number in range(1, kills + 1):
        await ground.recording()
        sight = await ground.after(rng.uniform(0, _SHARE_RUN * each_s))
        await ground.pass_by(rng.uniform(0, _BLIND_S))
        stages[stage_of(sight)] += 1
        await ground.kill()
        ground.tell("killed", number=number, kills=kills)
        await ground.start()
    return Played([Note("did-kill", {"kills": kills, **{name: stages[name] for name in STAGES}})])


STAGES: Final = ("sending", "sent")


def stage_of(sight: Sight) -> str:
    """Return what a working agent had to do: it records all the time, and sends or has sent everything."""
    return "sent" if sight.drained else "sending"
