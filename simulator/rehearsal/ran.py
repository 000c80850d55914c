"""How a rehearsal went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ran:
    """`begin_ns` is when the scenario began, in the plant's UTC; speeds are the plant's to the machine's."""

    begin_ns: int
    took_s: float  # of the machine's time
    speed: float  # on the whole
    lowest_speed: float
    overruns: int  # slots that were skipped
