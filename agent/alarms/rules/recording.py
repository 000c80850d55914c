"""The recording of a baseline: gathered while the value runs, until it has run for long enough."""

from dataclasses import dataclass, field

from agent.alarms.rules.cycles import Cycle, Extent, extent_of


@dataclass(slots=True)
class Recording:
    """What was gathered since it began; `running_ns` of the caller counts, not the wall clock."""

    least_ns: int
    in_cycles: bool
    from_ns: int = 0  # UTC of the first value; 0: none yet
    _last: tuple[float, int] | None = None
    _sum: float = 0.0
    _known_ns: int = 0
    _low: float = 0.0
    _high: float = 0.0
    _cycles: list[Cycle] = field(default_factory=list)

    def take(self, value: float, running_ns: int, cycle: Cycle | None, utc_ns: int) -> None:
        """Take the value that holds from now on, and a cycle that it completed."""
        if self._last is None:
            self.from_ns, self._low, self._high = utc_ns, value, value
        else:
            last, since_ns = self._last
            self._sum += last * (running_ns - since_ns)
            self._known_ns += running_ns - since_ns
        self._last = value, running_ns
        self._low, self._high = min(self._low, value), max(self._high, value)
        if cycle is not None:
            self._cycles.append(cycle)

    def done(self) -> Extent | None:
        """Return what there was, once it is enough."""
        if self._known_ns < self.least_ns:
            return None
        if self.in_cycles:
            return extent_of(self._cycles)
        return Extent(self._sum / self._known_ns, self._low, self._high, 0)

    @property
    def ran_s(self) -> float:
        """How long the value has run meanwhile, in seconds."""
        return self._known_ns / 1e9
