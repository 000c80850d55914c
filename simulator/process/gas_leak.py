"""A CO detector near a gas main, and a leak.

The leak fills the room: C(t) = C∞ (1 − e^(−t/τ)), τ 60 to 180 s; once it is shut
off the room airs with τ 300 s. The detector follows with T90 = 30 to 60 s, which
is a first-order lag of T90 / ln 10. Without a leak there is a little CO about
gas equipment all the same, in log-normal bursts of 0 to 5 ppm, and the cell adds
noise of ±1 ppm. Hydrogen that leaks with it or alone is taken for CO: 5 to 20 % of
it shows, 10 % here. [E]

Values: concentration, ppm.
"""

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import approach

T90_S: Final = 30.0
AMBIENT_MEDIAN_PPM: Final = 1.5
AMBIENT_MAX_PPM: Final = 5.0
BURST_TAU_S: Final = 60.0
BURST_SIGMA: Final = 0.5  # of the logarithm
CROSS_PERCENT: Final = 10.0  # of hydrogen
NOISE_PPM: Final = 1.0


@dataclass(frozen=True, slots=True)
class State:
    """`leaked_ppm` is what the leak adds for the cell, `sensed_ppm` what it has seen of that."""

    t90_s: float
    cross: float  # share of hydrogen that the cell takes for CO
    leaked_ppm: float = 0.0
    sensed_ppm: float = 0.0
    decay_s: float = 300.0
    burst: float = 0.0  # of the ambient level: logarithm of its ratio to the median


def start(parameters: Parameters, rng: Random) -> State:
    """Parameters: t90, in s; cross, % of hydrogen that is taken for CO."""
    cross = parameters.get("cross", CROSS_PERCENT) / 100
    return State(t90_s=parameters.get("t90", T90_S), cross=cross, burst=rng.gauss(0, BURST_SIGMA))


def step(state: State, dt_s: float, inputs: Inputs, rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Input: leak (to, hydrogen: C∞ in ppm; tau and decay in s)."""
    leak = inputs.get("leak")
    if leak is None:
        goal_ppm, tau_s, decay_s = 0.0, state.decay_s, state.decay_s
    else:
        goal_ppm = leak["to"] + state.cross * leak.get("hydrogen", 0.0)
        tau_s, decay_s = leak["tau"], leak["decay"]
    leaked_ppm = approach(state.leaked_ppm, goal_ppm, dt_s, tau_s)
    sensed_ppm = approach(state.sensed_ppm, leaked_ppm, dt_s, state.t90_s / log(10))
    burst = _wander(state.burst, dt_s, rng)
    ambient_ppm = min(AMBIENT_MEDIAN_PPM * exp(burst), AMBIENT_MAX_PPM)
    noise_ppm = rng.uniform(-NOISE_PPM, NOISE_PPM)
    reading_ppm = max(0.0, sensed_ppm + ambient_ppm + noise_ppm)
    state = replace(state, leaked_ppm=leaked_ppm, sensed_ppm=sensed_ppm, decay_s=decay_s, burst=burst)
    return state, {"concentration": reading_ppm}


def _wander(burst: float, dt_s: float, rng: Random) -> float:
    kept = exp(-dt_s / BURST_TAU_S)
    return burst * kept + rng.gauss(0, BURST_SIGMA * sqrt(1 - kept * kept))


GAS_LEAK: Final = Process(start, step)
