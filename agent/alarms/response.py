"""How a sensor answered to gas: when it began to move, how fast it came up, what it reached.

Pure, times in nanoseconds of the monotonic clock. Nobody tells when the gas was given, so
T90 counts from the first reading that had moved, to the first at 90 % of the whole step
(time of response as in IEC 60079-29-1, there from the exposure on).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHARE_OF_RANGE: Final = 0.01
"""Less than this is no answer, but noise [E]."""
SHARE_OF_STEP: Final = 0.05
"""Where no range is known, the step begins with this share of it [E]."""
T90: Final = 0.9


@dataclass(frozen=True, slots=True)
class Response:
    """What the readings of a test show; `first_ns` None: the sensor did not answer."""

    before: float | None
    reached: float | None
    first_ns: int | None = None
    t90_ns: int | None = None
    resolution_ns: int = 0  # between the reading before the first that moved, and that one


def response(samples: Sequence[tuple[int, float]], width: float | None) -> Response:
    """Judge readings (time, value) in their order; `width` is that of the measuring range."""
    if not samples:
        return Response(None, None)
    before = samples[0][1]
    reached = max((value for _, value in samples), key=lambda value: abs(value - before))
    step = abs(reached - before)
    least = SHARE_OF_RANGE * width if width else SHARE_OF_STEP * step
    if step == 0 or step < least:
        return Response(before, reached)
    moved = next(n for n, (_, value) in enumerate(samples) if abs(value - before) >= least)
    first_ns = samples[moved][0]
    up_ns = next(at_ns for at_ns, value in samples if abs(value - before) >= T90 * step)
    return Response(before, reached, first_ns, up_ns - first_ns, first_ns - samples[moved - 1][0])
