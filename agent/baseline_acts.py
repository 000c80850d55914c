"""What a person may do about baselines, over the control socket: see them, and have one recorded."""

from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_acts
from agent.act import Refused, asked_time
from agent.act_said import need
from agent.alarms import words_baseline
from agent.alarms.acting import ActRefused
from agent.alarms.event import Act
from agent.alarms.rules.baseline_watch import BaselineWatch
from agent.gateway import Gateway
from agent.records import Json

NS_PER_S: Final = 10**9
TEXT_MAX: Final = 500


class BaselineActs:
    """The baselines of a running agent; each recording is an event with who asked for it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    def listed(self) -> Json:
        """Return every rule that needs a baseline, with what it has."""
        told = [self._told(watch) for watch in self._gateway.engine.baselines]
        return {"timezone": self._gateway.plant.timezone, "baselines": told}

    async def record(self, asked: Json, by: str) -> Json:
        """Begin a recording."""
        watch, reason = self._watch(asked), asked.get("reason", "").strip()
        need(asked, "as")
        if len(reason) > TEXT_MAX or not reason.isprintable():
            raise Refused(words_acts.text_unfit("reason", TEXT_MAX))
        changed_ns = None
        if asked.get("changed"):
            changed = asked_time(asked, "changed", self._zone)
            changed_ns = round(changed.timestamp()) * NS_PER_S
        try:
            text = self._gateway.pipeline.do(partial(watch.record, Act(by, reason), changed_ns))
        except ActRefused as refused:
            raise Refused(refused.text, HTTPStatus.CONFLICT) from refused
        return {**self._told(watch), "text": asdict(text)}

    def _watch(self, asked: Json) -> BaselineWatch:
        name, watches = asked.get("rule", ""), self._gateway.engine.baselines
        for watch in watches:
            if watch.rule.id == name:
                return watch
        raise Refused(words_acts.no_such_baseline(name, [w.rule.id for w in watches]), HTTPStatus.NOT_FOUND)

    def _told(self, watch: BaselineWatch) -> Json:
        kept = watch.kept
        age = words_baseline.age_of(kept.recorded, self._gateway.clock.now_ns()) if kept.recorded else None
        return {
            "rule": watch.rule.id,
            "name": asdict(watch.rule.name),
            "point": watch.rule.points[0].id,
            "unit": watch.unit,
            "recorded": asdict(kept.recorded) if kept.recorded else None,
            "age": asdict(age) if age else None,
            "recording": {**asdict(kept.asked), "ran_s": watch.ran_s} if kept.asked else None,
        }
