"""When an alarm was due: each limit against the values that the devices really sent.

A crossing is the first response at or beyond a limit after the value was within
it; an alarm is due `on_delay` later, unless a response in between was within the
limit. A value that only touched the deadband on its way back starts no new one.

What happens within 0.1 s of a delay's end can fall either way in the agent, so
a crossing that hangs on it is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.model import LimitRule
from simulator.demo.books import Books

NS_PER_S: Final = 1_000_000_000
_EITHER_WAY_NS: Final = NS_PER_S // 10

Sample = tuple[int, float]  # utc_ns, value


@dataclass(frozen=True, slots=True)
class Crossing:
    """One limit, passed: when the first response beyond it was sent, and when its alarm was due."""

    rule: LimitRule
    first_ns: int
    due_ns: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a crossing at one destination.

    `delay_s` counts from the response to the first arrival and holds the on-delay
    too; None: no alarm came. `standing`: the alarm of an earlier crossing had not
    been cleared, so that none was due. `outage`: the destination was out meanwhile.
    """

    delay_s: float | None
    standing: bool = False
    outage: bool = False


def crossings(rule: LimitRule, samples: Sequence[Sample], *, until_ns: int) -> Iterator[Crossing]:
    """Yield the crossings of a limit whose alarm was due by `until_ns`, in order."""
    watch = _Watch(rule)
    for utc_ns, value in samples:
        if (due := watch.see(utc_ns, value)) is not None and due.due_ns <= until_ns:
            yield due
    if (due := watch.elapse(until_ns)) is not None:
        yield due


def arrival(crossing: Crossing, books: Books) -> Arrival:
    """Find the alarm of a crossing among those that one destination has."""
    of_rule = sorted((a for a in books.alarms if a.rule == crossing.rule.id), key=lambda a: a.utc_ns)
    earlier = [a for a in of_rule if a.utc_ns < crossing.first_ns and a.event in ("raised", "cleared")]
    if earlier and earlier[-1].event == "raised":
        return Arrival(None, standing=True)
    raised = (a for a in of_rule if a.event == "raised" and a.utc_ns >= crossing.first_ns)
    first = next(raised, None)
    if first is None:
        return Arrival(None)
    outage = any(
        begin <= first.received_ns and (end is None or end >= crossing.due_ns) for begin, end in books.outages
    )
    return Arrival((first.received_ns - crossing.first_ns) / NS_PER_S, outage=outage)


def samples_by_point(readings: Iterable[tuple[str, int, float]]) -> Mapping[str, Sequence[Sample]]:
    """Group (point, utc_ns, value) by point, in order of time."""
    grouped: dict[str, list[Sample]] = {}
    for point, utc_ns, value in readings:
        grouped.setdefault(point, []).append((utc_ns, value))
    for samples in grouped.values():
        samples.sort()
    return grouped


class _Watch:
    """Follows one limit from response to response."""

    def __init__(self, rule: LimitRule) -> None:
        self._rule = rule
        self._on_delay_ns = round(rule.on_delay_s * NS_PER_S)
        self._off_delay_ns = round(rule.off_delay_s * NS_PER_S)
        self._beyond_since: int | None = None
        self._back_since: int | None = None
        self._raised = False

    def see(self, utc_ns: int, value: float) -> Crossing | None:
        """Take one response; return the crossing whose delay was over before it."""
        due = self.elapse(utc_ns)
        if self._raised:
            self._see_raised(utc_ns, value)
        elif not self._is_beyond(value):
            self._beyond_since = None
        elif self._beyond_since is None:
            self._beyond_since = utc_ns
        return due

    def elapse(self, utc_ns: int) -> Crossing | None:
        """Return the crossing whose delay is over for certain."""
        if self._raised or self._beyond_since is None:
            return None
        due_ns = self._beyond_since + self._on_delay_ns
        if utc_ns < due_ns + _EITHER_WAY_NS:
            return None
        self._raised, self._back_since = True, None
        return Crossing(self._rule, self._beyond_since, due_ns)

    def _see_raised(self, utc_ns: int, value: float) -> None:
        if not self._is_back(value):
            self._back_since = None
        elif self._back_since is None:
            self._back_since = utc_ns
        if self._back_since is not None and utc_ns - self._back_since >= self._off_delay_ns:
            self._raised, self._beyond_since = False, None

    def _is_beyond(self, value: float) -> bool:
        rule = self._rule
        return value >= rule.limit if rule.kind.is_high else value <= rule.limit

    def _is_back(self, value: float) -> bool:
        rule = self._rule
        if rule.kind.is_high:
            return value < rule.limit - rule.deadband
        return value > rule.limit + rule.deadband
