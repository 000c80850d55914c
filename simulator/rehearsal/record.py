"""The time line for programs."""

from collections.abc import Mapping
from typing import Any, Final

from simulator.rehearsal.course import Alarm, Course, Happened, Interlock
from simulator.rehearsal.heading import Heading
from simulator.rehearsal.ran import Ran

_DIGITS: Final = 3  # of seconds
_OF_EFFECT: Final = ("effect", "within_s", "verdict", "low_s", "high_s")


def as_json(heading: Heading, ran: Ran, course: Course) -> Mapping[str, Any]:
    """Return the time line as plain data; times are seconds of the plant since the scenario began."""
    return {
        "plant": heading.plant_id,
        "scenario": heading.scenario,
        "seed": heading.seed,
        "begin_ns": ran.begin_ns,
        "duration_s": heading.length_s,
        "took_s": round(ran.took_s, _DIGITS),
        "speed": {
            "asked": heading.speed,
            "mean": round(ran.speed, _DIGITS),
            "lowest": round(ran.lowest_speed, _DIGITS),
            "overruns": ran.overruns,
        },
        "events": [_event(event) for event in course.events],
        "alarms": [_alarm(alarm) for alarm in course.alarms],
        "not_evaluated": [_alarm(alarm) for alarm in course.lost],
        "interlocks": [_interlock(interlock) for interlock in course.interlocks],
    }


def _event(event: Happened) -> Mapping[str, Any]:
    return {
        "at_s": _seconds(event.at_s),
        "until_s": _seconds(event.until_s),
        event.target.value: event.id,
        "do": event.do,
        "parameters": dict(event.parameters),
    }


def _alarm(alarm: Alarm) -> Mapping[str, Any]:
    cause = alarm.cause
    return {
        "rule": alarm.rule,
        "condition": alarm.condition,
        "owner": alarm.owner,
        "point": alarm.point,
        "priority": alarm.priority,
        "raised_s": _seconds(alarm.raised_s),
        "cleared_s": _seconds(alarm.ended_s),
        "cause": None if cause is None else {"do": cause.do, "at_s": _seconds(cause.at_s)},
        "delay_s": _seconds(alarm.delay_s),
        "cleared_after_s": _seconds(alarm.ended_after_s),
        "value": alarm.value,
        "limit": alarm.limit,
        "unit": alarm.unit,
        "text": {"zh": alarm.zh, "en": alarm.en},
    }


def _interlock(interlock: Interlock) -> Mapping[str, Any]:
    return {
        "rule": interlock.rule,
        "triggered_s": _seconds(interlock.at_s),
        "effects": [{key: effect[key] for key in _OF_EFFECT} for effect in interlock.effects],
        "text": dict(interlock.text),
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
