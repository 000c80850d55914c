"""The time line as rows, in order of time: events and alarms, their beginnings and their ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.model import Plant
from simulator.faults import Target
from simulator.rehearsal.course import Alarm, Course, Happened, Interlock
from simulator.rehearsal.messages import both
from simulator.rehearsal.spans import span
from simulator.rehearsal.words_faults import fault_in_words

Words = tuple[str, str]  # Chinese, English


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `mark` is event, alarm, lost, acted or failed; `is_end` where something is over."""

    at_s: float
    mark: str
    is_end: bool
    what: Words
    delay: Words = ("", "")
    value: str = ""


def rows(plant: Plant, course: Course, length_s: float) -> Sequence[Row]:
    """Return the rows."""
    unsorted = [
        *(row for event in course.events for row in _event(plant, event, length_s)),
        *(row for alarm in course.alarms for row in _alarm(alarm)),
        *(row for lost in _together(course.lost) for row in _lost(plant, lost)),
        *(row for interlock in course.interlocks for row in _interlock(interlock)),
    ]
    return sorted(unsorted, key=lambda row: row.at_s)


def _event(plant: Plant, event: Happened, length_s: float) -> Iterator[Row]:
    device = plant.devices.get(event.id) if event.target is Target.DEVICE else None
    names = (device.name.zh, device.name.en) if device else (event.id, event.id)
    for at_s, code in ((event.at_s, "begins"), (event.until_s, "ends")):
        if code == "begins" or at_s < length_s:
            (zh, _), (_, en) = (
                both(code, name=name, what=what)
                for name, what in zip(names, fault_in_words(event.do), strict=True)
            )
            yield Row(at_s, "event", code == "ends", (zh, en))


def _alarm(alarm: Alarm) -> Iterator[Row]:
    said = (alarm.zh, alarm.en)
    yield Row(alarm.raised_s, "alarm", False, _joined(both("raised"), said), _delay(alarm), _value(alarm))
    if alarm.ended_s is not None:
        said = _joined(both("cleared"), (alarm.rule,) * 2)
        yield Row(alarm.ended_s, "alarm", True, said, _after(alarm))


def _together(lost: Sequence[Alarm]) -> Sequence[Sequence[Alarm]]:
    """Return the limits of each device that were lost and found together: they have one cause."""
    groups: dict[tuple[str, float, float | None], list[Alarm]] = {}
    for alarm in lost:
        ended_s = None if alarm.ended_s is None else round(alarm.ended_s)
        groups.setdefault((alarm.owner, round(alarm.raised_s), ended_s), []).append(alarm)
    return tuple(groups.values())


def _lost(plant: Plant, lost: Sequence[Alarm]) -> Iterator[Row]:
    first, device = lost[0], plant.devices.get(lost[0].owner)
    names = (device.name.zh, device.name.en) if device else (first.owner,) * 2
    said, found = both("lost", count=len(lost)), both("found", count=len(lost))
    yield Row(first.raised_s, "lost", False, _joined(said, names), _delay(first))
    if first.ended_s is not None:
        yield Row(first.ended_s, "lost", True, _joined(found, names), _after(first))


def _interlock(interlock: Interlock) -> Iterator[Row]:
    for effect in interlock.effects:
        mark = "acted" if effect["verdict"] == "in time" else "failed"
        effected, verdict = (effect["name"]["zh"], effect["name"]["en"]), both(effect["verdict"])
        said = _joined(_joined(both("interlock"), interlock.name), _joined(effected, verdict))
        took = f"{_bound(effect['low_s'])} – {_bound(effect['high_s'])} s"
        yield Row(interlock.at_s, mark, False, said, (took, took), f"({effect['within_s']:g} s)")


def _bound(seconds: float | None) -> str:
    return "?" if seconds is None else f"{max(0.0, seconds):.2f}"


def _delay(alarm: Alarm) -> Words:
    return both("no-cause") if alarm.delay_s is None else (span(alarm.delay_s),) * 2


def _after(alarm: Alarm) -> Words:
    after_s = alarm.ended_after_s
    return ("", "") if after_s is None or after_s < 0 else both("after-end", delay=span(after_s))


def _joined(first: Words, second: Words) -> Words:
    return f"{first[0]} {second[0]}", f"{first[1]} {second[1]}"


def _value(alarm: Alarm) -> str:
    if alarm.value is None or alarm.limit is None:
        return ""
    return f"{float(alarm.value):.4g} ({alarm.limit:g}) {alarm.unit}".rstrip()
