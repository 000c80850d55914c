"""What a person may do to alarms, over the control socket: acknowledge, handle, shelve, take out."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_acts
from agent.act import Act as ActOf
from agent.act import Refused
from agent.act_said import act_of, need
from agent.alarms.acting import ActRefused
from agent.alarms.alarm import Alarm
from agent.alarms.event import Act
from agent.area_state import gates_now, planned_stops
from agent.gateway import Gateway
from agent.out_of_use import out_of_use
from agent.records import Json
from config.model import Priority
from config.statutory import statutory_rules

Do = Callable[[Alarm, Act, int, int], None]
"""Alarm, what the person says, now in UTC and on the monotonic clock. Raises ActRefused."""

DOES: Final[dict[str, Do]] = {
    "ack": Alarm.acknowledge,
    "handle": Alarm.handle,
    "reset": Alarm.reset,
    "shelve": Alarm.shelve,
    "unshelve": Alarm.unshelve,
    "take-out": Alarm.take_out,
    "put-back": Alarm.put_back,
}
NEEDED: Final = {
    "handle": (("cause",), ("measure",)),
    "shelve": (("for", "until"), ("reason",)),
    "take-out": (("for", "until"), ("reason",)),
}
"""What has to be said with an act, in one way or another."""
ENGINEERS_ONLY: Final = {"shelve", "take-out"}


class AlarmActs:
    """Acts on the alarms of a running agent; each is an event with who did it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)
        self._statutory = statutory_rules(gateway.plant)

    def listed(self) -> Json:
        """Return every alarm that stands, waits for somebody or is suppressed, the most urgent first."""
        alarms = self._gateway.engine.alarms
        told = [self._told(alarm) for alarm in alarms if alarm.kept or alarm.chattering_ns is not None]
        told.sort(key=lambda each: (list(Priority).index(each["priority"]), each["rule"]))
        flood = self._gateway.engine.flood
        return {
            "timezone": self._gateway.plant.timezone,
            "flood": flood,
            "alarms": told,
            "out_of_use": out_of_use(self._gateway),
            "planned_stops": planned_stops(self._gateway),
            "gates": gates_now(self._gateway),
        }

    def doing(self, what: str) -> ActOf:
        """Return the act of that name."""

        async def do(asked: Json, by: str) -> Json:
            alarm = self._alarm(asked)
            for keys in NEEDED.get(what, ()):
                need(asked, *keys)
            act = self.said(asked, by)
            if what in ENGINEERS_ONLY:
                self._need_engineer(alarm, asked["as"].strip())
            try:
                text = self._gateway.pipeline.act(partial(DOES[what], alarm, act))
            except ActRefused as refused:
                raise Refused(refused.text, HTTPStatus.CONFLICT) from refused
            return {**self._told(alarm), "text": asdict(text)}

        return do

    def _need_engineer(self, alarm: Alarm, name: str) -> None:
        engineers = self._gateway.plant.alarms.engineers
        if engineers and alarm.subject.rule in self._statutory and name not in engineers:
            refused = words_acts.engineers_only(alarm.subject.name, engineers)
            raise Refused(refused, HTTPStatus.FORBIDDEN)

    def _alarm(self, asked: Json) -> Alarm:
        name = asked.get("alarm", "")
        alarm = self._gateway.engine.alarm(name)
        if alarm is None:
            rules = [each.subject.rule for each in self._gateway.engine.alarms]
            raise Refused(words_acts.no_such_alarm(name, rules), HTTPStatus.NOT_FOUND)
        return alarm

    def said(self, asked: Json, by: str) -> Act:
        """Return what a person says of an act. Raises Refused."""
        return act_of(asked, by, zone=self._zone, now_ns=self._gateway.clock.now_ns())

    def _told(self, alarm: Alarm) -> Json:
        subject, saved = alarm.subject, alarm.kept
        return {
            "rule": subject.rule,
            "name": asdict(subject.name),
            "priority": subject.priority.value,
            "state": saved.state.value,
            "alarm": saved.alarm,
            "lost": saved.lost,
            "acknowledged": saved.acknowledged,
            "shelved": saved.shelved,
            "out_of_service": saved.out_of_service,
            "suppressed": alarm.rests,
            "open": saved.open,
            "chattering_ns": alarm.chattering_ns,
        }
