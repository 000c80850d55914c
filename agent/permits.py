"""Start permits: which sensors, valves and rules are not fit, before something is begun.

A permit is evidence and nothing else. It releases no cast and holds none up; the answer is
for people, and goes on record with who asked.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_permit
from agent.act import Refused
from agent.alarms.alarm import Alarm
from agent.alarms.calibration import CONDITION as CALIBRATION
from agent.alarms.rules.expression import ExpressionJudge
from agent.alarms.rules.judging import Input
from agent.alarms.states import Signal
from agent.gateway import Gateway
from agent.records import Json
from config.condition import Expression
from config.interlock import Statement
from config.model import Device, Point, Requirement, StartPermit, Text
from config.source import NodeSource

NS_PER_S: Final = 10**9
STALE_MIN_S: Final = 10.0
STALE_PERIODS: Final = 3
"""A polled value that is older than both has not been renewed: its line or its slot is lost."""

Finding = tuple[str, Text]
"""What is not fit (a point, a rule, a statement, a device), and why."""


class Permits:
    """Looks at the permits of a running agent."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    def listed(self) -> Json:
        """Return every permit with what it requires."""
        permits = self._gateway.plant.permits.values()
        told = [
            {"permit": p.id, "name": asdict(p.name), "requires": [each.text for each in p.requires]}
            for p in permits
        ]
        return {"permits": told}

    async def check(self, asked: Json, by: str) -> Json:
        """Say whether everything is fit; an event, whatever the answer."""
        permit = self._permit(asked)
        findings = self.findings(permit)
        text = words_permit.checked(permit.name, len(findings))
        result: Json = {
            "permit": permit.id,
            "name": asdict(permit.name),
            "fit": not findings,
            "findings": [{"what": what, "text": asdict(why)} for what, why in findings],
            "text": asdict(text),
        }
        self._gateway.on_event({"kind": "start-permit", **result, "by": by})
        return result

    def findings(self, permit: StartPermit) -> list[Finding]:
        """Return what is not fit, each once."""
        found = (each for requirement in permit.requires for each in self._of(requirement))
        return list(dict.fromkeys(found))

    def _permit(self, asked: Json) -> StartPermit:
        name, permits = asked.get("permit", ""), self._gateway.plant.permits
        if name not in permits:
            raise Refused(words_permit.unknown(name, tuple(permits)), HTTPStatus.NOT_FOUND)
        return permits[name]

    def _of(self, requirement: Requirement) -> Iterator[Finding]:
        points = [self._points[id_] for id_ in requirement.points]
        for point in points:
            yield from self._of_point(point)
            yield from self._of_device(self._gateway.plant.devices[point.device_id])
        if requirement.rule is None:
            for alarm in self._alarms_on(requirement.points):
                yield from self._of_alarm(alarm)
        elif (alarm_of_rule := self._gateway.engine.alarm(requirement.rule)) is not None:
            yield from self._of_alarm(alarm_of_rule)
        if requirement.statement is not None:
            yield from self._of_statement(requirement.statement, points)

    def _of_point(self, point: Point) -> Iterator[Finding]:
        latest, now_ns = self._gateway.latest.of(point.id), self._gateway.clock.now_ns()
        if latest.value is None:
            yield point.id, words_permit.no_value(point.name, latest.quality.word)
            return
        oldest_s = max(STALE_MIN_S, STALE_PERIODS * point.period_s)
        is_held = isinstance(point.source, NodeSource)  # silent while it stays
        if not is_held and now_ns - latest.utc_ns > oldest_s * NS_PER_S:
            yield point.id, words_permit.stale(point.name, (now_ns - latest.utc_ns) // NS_PER_S)
        if not latest.quality.is_good:
            yield point.id, words_permit.uncertain(point.name, latest.quality.word)

    def _of_device(self, device: Device) -> Iterator[Finding]:
        due = device.calibration_due
        today = datetime.fromtimestamp(self._gateway.clock.now_ns() // NS_PER_S, self._zone).date()
        if due is not None and device.calibration_is_due(today):
            yield device.id, words_permit.calibration_overdue(device.name, due)

    def _alarms_on(self, points: tuple[str, ...]) -> Iterator[Alarm]:
        devices = {point.partition(".")[0] for point in points}
        for alarm in self._gateway.engine.alarms:
            subject = alarm.subject
            read = self._read_by.get(subject.rule, (subject.point,))
            if subject.condition == CALIBRATION:  # told with its date already
                continue
            is_of_device = subject.point is None and subject.device in devices
            if is_of_device or not set(read).isdisjoint(points):
                yield alarm

    def _of_alarm(self, alarm: Alarm) -> Iterator[Finding]:
        saved, rule = alarm.kept, alarm.subject.rule
        if alarm.rests:
            yield rule, words_permit.rests(alarm.subject.name)
        if alarm.is_in_test:
            yield rule, words_permit.in_test(alarm.subject.name)
        if saved.standing is not None:
            yield rule, words_permit.standing(alarm.subject.name)
        if not alarm.is_watched:
            yield rule, words_permit.not_evaluated(alarm.subject.name)
        for act, word in (
            (saved.shelved, words_permit.SHELVED),
            (saved.out_of_service, words_permit.TAKEN_OUT),
        ):
            if act is not None:
                yield rule, words_permit.suppressed(alarm.subject.name, word, str(act["by"]))

    def _of_statement(self, statement: Statement, points: list[Point]) -> Iterator[Finding]:
        judge = ExpressionJudge(Expression(statement.points, statement.of, statement.text), tuple(points))
        for place, point in enumerate(points):
            latest = self._gateway.latest.of(point.id)
            assert not isinstance(latest.value, str)  # config lets nobody compare a text
            value = None if latest.value is None else float(latest.value)
            judge.take(place, Input(value, latest.quality, 0))
        judged = judge.judge(0)
        if judged.blind:
            yield statement.text, words_permit.not_known(statement.text)
        elif judged.signal is not Signal.BEYOND:
            yield statement.text, words_permit.not_true(statement.text)

    @cached_property
    def _points(self) -> dict[str, Point]:
        return {point.id: point for point in self._gateway.plant.points}

    @cached_property
    def _read_by(self) -> dict[str, tuple[str, ...]]:
        return {rule.id: tuple(point.id for point in rule.points) for rule in self._gateway.plant.rules}
