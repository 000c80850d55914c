"""How long a call takes: the best of several rounds, which other load disturbs least."""

import time
from collections.abc import Callable
from typing import Final

ROUNDS: Final = 5


def microseconds(call: Callable[[], object], *, calls: int) -> float:
    """Return the time of one call, in microseconds."""
    best_s = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(calls):
            call()
        best_s = min(best_s, time.perf_counter() - begun)
    return best_s / calls * 1e6
