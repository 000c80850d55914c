"""The time line of a rehearsal: what befell the plant, and which alarm followed how long after.

All times are seconds of the plant's own time since the scenario began. An alarm is put
down to the last event that had begun at its device, at another that looks at the same
machine, or at its device's connection; where there is none it stands without a cause, which
in a normal day is what must not be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from config.model import Plant
from simulator.demo.store_reader import StoredRecord
from simulator.faults import Target
from simulator.processes import line_of
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S

RAISED: Final = "raised"
CLEARED: Final = "cleared"
LOST: Final = "not-evaluated"
EVALUATED: Final = "evaluated"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the scenario."""

    at_s: float
    until_s: float
    target: Target
    id: str
    do: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, or one protection lost (`kind`: alarm, lost), from its beginning to its end.

    `owner` is the device, or the connection of an alarm about a whole line. `delay_s` counts
    from the beginning of `cause`; `ended_s` is None where it stood to the last.
    """

    kind: str
    rule: str
    condition: str
    owner: str
    point: str | None
    priority: str
    raised_s: float
    value: float | bool | None
    unit: str
    limit: float | None
    zh: str
    en: str
    cause: Happened | None = None
    ended_s: float | None = None

    @property
    def delay_s(self) -> float | None:
        """How long after its cause began."""
        return None if self.cause is None else self.raised_s - self.cause.at_s

    @property
    def ended_after_s(self) -> float | None:
        """How long after its cause was over it ended."""
        if self.cause is None or self.ended_s is None:
            return None
        return self.ended_s - self.cause.until_s


@dataclass(frozen=True, slots=True)
class Interlock:
    """An interlock that was set off, and what became of each effect, as the agent's event has it."""

    rule: str
    at_s: float
    name: tuple[str, str]
    effects: Sequence[Mapping[str, Any]]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """What happened, in order of time. `lost` are protections that nobody watched for a while."""

    events: Sequence[Happened]
    alarms: Sequence[Alarm]
    lost: Sequence[Alarm] = ()
    interlocks: Sequence[Interlock] = ()


def course(
    plant: Plant,
    scenario: Scenario,
    begin_ns: int,
    records: Iterable[StoredRecord],
    noted: Iterable[StoredRecord] = (),
) -> Course:
    """Draw up the time line from the alarm lane of the agent's store, and its event lane (`noted`)."""
    events = sorted((_happened(event, scenario.duration_s) for event in scenario.events), key=_begin)
    open_: dict[tuple[str, str], int] = {}
    told: list[Alarm] = []
    for record in records:
        content = record.content["alarm"]
        at_s = (content["utc_ns"] - begin_ns) / NS_PER_S
        word, rule = content["event"], content["rule"]
        kind = "alarm" if word in (RAISED, CLEARED) else "lost"
        if word in (RAISED, LOST):
            open_[kind, rule] = len(told)
            told.append(_caused(_alarm(kind, content, at_s), events, plant))
        elif word in (CLEARED, EVALUATED) and (kind, rule) in open_:
            number = open_.pop((kind, rule))
            told[number] = replace(told[number], ended_s=at_s)
    alarms, lost = ([each for each in told if each.kind == kind] for kind in ("alarm", "lost"))
    return Course(events, alarms, lost, tuple(_interlocks(noted, begin_ns)))


def _interlocks(noted: Iterable[StoredRecord], begin_ns: int) -> Iterator[Interlock]:
    for record in noted:
        content = record.content
        if content["kind"] == "interlock" and content["interlock"] == "judged":
            at_s = (content["trigger"]["by_ns"] - begin_ns) / NS_PER_S
            name = (content["name"]["zh"], content["name"]["en"])
            yield Interlock(content["rule"], at_s, name, content["effects"], content["text"])


def _begin(event: Happened) -> float:
    return event.at_s


def _happened(event: Event, duration_s: float) -> Happened:
    at_s, until_s = event.at * duration_s, event.until * duration_s
    return Happened(at_s, until_s, event.target, event.id, event.do, event.parameters)


def _alarm(kind: str, content: Mapping[str, Any], at_s: float) -> Alarm:
    return Alarm(
        kind=kind,
        rule=content["rule"],
        condition=content["condition"],
        owner=content["device"] or content["rule"].partition(".")[0],
        point=content["point"],
        priority=content["priority"],
        raised_s=at_s,
        value=content["value"],
        unit=content["unit"],
        limit=content["limit"],
        zh=content["text"]["zh"],
        en=content["text"]["en"],
    )


def _caused(alarm: Alarm, events: Sequence[Happened], plant: Plant) -> Alarm:
    device = plant.devices.get(alarm.owner)
    line = device.connection_id if device is not None else alarm.owner
    mine = {*((Target.DEVICE, each) for each in _looking(plant, alarm.owner)), (Target.CONNECTION, line)}
    begun = [event for event in events if event.at_s <= alarm.raised_s and (event.target, event.id) in mine]
    return replace(alarm, cause=begun[-1]) if begun else alarm


def _looking(plant: Plant, owner: str) -> Iterable[str]:
    """Yield the devices that look at the same machine as `owner`, itself among them."""
    yield owner
    device = plant.devices.get(owner)
    line = None if device is None else line_of(device)
    if line is not None:
        yield from (each.id for each in plant.devices.values() if line_of(each) == line)
