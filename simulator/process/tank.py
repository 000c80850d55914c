"""A tank of emergency water on a height: full, and topped up for what evaporates.

It is kept between 4.4 and 4.5 m and loses 2 mm/h; the pump stands, and the supply hangs under the height of
the tank, 20 m above. When the supply runs it empties at 150 mm/min: 30 minutes. [E]

Values: pump, pump-fault (states); level m, outlet-pressure MPa.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import towards

LEVEL_M: Final = (4.4, 4.5)
EVAPORATES_M_PER_S: Final = 0.002 / 3600
TOP_UP_M_PER_S: Final = 0.05 / 60
DRAWN_M_PER_S: Final = 0.15 / 60
SIGMA_M: Final = 0.002
HEIGHT_M: Final = 20.0
MPA_PER_M: Final = 0.00981
SIGMA_MPA: Final = 0.001


@dataclass(frozen=True, slots=True)
class State:
    """`fills` while the float valve is open."""

    level_m: float
    fills: bool = False


def start(_parameters: Parameters, rng: Random) -> State:
    """Return a full tank."""
    return State(level_m=rng.uniform(*LEVEL_M))


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Input: drawn, by who has lost the mains; it is not topped up meanwhile."""
    low_m, high_m = LEVEL_M
    is_drawn = "drawn" in inputs
    fills = not is_drawn and state.level_m < high_m and (state.fills or state.level_m <= low_m)
    lost_m = (DRAWN_M_PER_S if is_drawn else EVAPORATES_M_PER_S) * dt_s
    level_m = towards(state.level_m, high_m if fills else 0.0, TOP_UP_M_PER_S * dt_s if fills else lost_m)
    return replace(state, level_m=level_m, fills=fills), {
        "pump": is_drawn,
        "pump-fault": False,
        "level": max(0.0, level_m + rng.gauss(0, SIGMA_M)),
        "outlet-pressure": (HEIGHT_M + level_m) * MPA_PER_M + rng.gauss(0, SIGMA_MPA),
    }


TANK: Final = Process(start, step)
