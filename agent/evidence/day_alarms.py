"""The alarms of a day: each from its beginning to its end, with what was read and what was passed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from agent.evidence.history import UNREADABLE, payloads
from agent.evidence.readings import Period
from agent.records import Json, Packer
from buffering.beside import StoreBeside
from buffering.record import Lane

_BEGINS: Final = {"raised", "not-evaluated"}
_ENDS: Final = {"cleared", "reset", "evaluated", "out-of-service"}


@dataclass(slots=True)
class AlarmOfDay:
    """One alarm; `from_ns` None: it began before the store's oldest record, `to_ns` None: it stands."""

    begun: Json
    from_ns: int | None
    to_ns: int | None = None


def alarms_of(
    store: StoreBeside, period: Period, *, also: Callable[[Json], None]
) -> tuple[Sequence[AlarmOfDay], int]:
    """Return the alarms that stood at some time of the day, and how many records cannot be read.

    `also` hears everything that happened to any alarm.

    Raises StoreFailed: the disk fails.
    """
    packer, found, unreadable = Packer(), dict[str, AlarmOfDay](), 0
    for epoch, lane in store.lanes():
        for _, _, payload in payloads(store, epoch, lane) if lane is Lane.ALARM else ():
            try:
                happening = packer.unpack(payload)["alarm"]
                if happening.get("test") is None:  # one of a test with gas is no alarm of the day
                    _take(found, happening, period)
                also(happening)
            except UNREADABLE:
                unreadable += 1
    of_day = [each for each in found.values() if _is_of(each, period)]
    return sorted(of_day, key=lambda each: each.from_ns or 0), unreadable


def _take(found: dict[str, AlarmOfDay], happening: Json, period: Period) -> None:
    name, at_ns = str(happening["id"]), int(happening["utc_ns"])
    if happening["event"] in _BEGINS:
        if name in found:
            found[name].to_ns = None  # it began again under the same id
        else:
            found[name] = AlarmOfDay(happening, at_ns)
    elif happening["event"] in _ENDS and happening.get("since_ns", 0) is not None:
        found.setdefault(name, AlarmOfDay(happening, None)).to_ns = at_ns
        if at_ns < period.from_ns:
            del found[name]  # years of alarms need not stay in memory


def _is_of(alarm: AlarmOfDay, period: Period) -> bool:
    begins_before_its_end = alarm.from_ns is None or alarm.from_ns < period.to_ns
    return begins_before_its_end and (alarm.to_ns is None or alarm.to_ns >= period.from_ns)
