"""Gas-response tests, over the control socket: begun with person, gas and lot; ended before their time."""

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Final

from agent import words_acts
from agent.act import Refused
from agent.act_said import TEXT_MAX, need
from agent.alarm_acts import AlarmActs
from agent.alarms.acting import ActRefused
from agent.gateway import Gateway
from agent.records import Json
from config.model import Point

_LOT: Final = re.compile(r"\b(lot|batch|no\.)|批号|编号", re.IGNORECASE)


class GasTestActs:
    """Begins and ends tests on a running agent."""

    def __init__(self, gateway: Gateway, alarms: AlarmActs) -> None:
        self._gateway = gateway
        self._alarms = alarms

    async def begin(self, asked: Json, by: str) -> Json:
        """Begin a test. Raises Refused."""
        point = self._point(asked)
        gas = asked.get("gas", "").strip()
        for key in ("as", "gas", "for"):
            need(asked, key)
        if not _LOT.search(gas):
            raise Refused(words_acts.no_lot(gas))
        if len(gas) > TEXT_MAX or not gas.isprintable():
            raise Refused(words_acts.text_unfit("gas", TEXT_MAX))
        act = replace(self._alarms.said({"for": asked["for"], "as": asked["as"]}, by), reason=gas)
        tests, before = self._gateway.engine.tests, self._gateway.latest.of(point.id).value
        return self._done(lambda utc_ns, mono_ns: tests.begin(point, act, before, utc_ns, mono_ns))

    async def end(self, asked: Json, by: str) -> Json:
        """End a test before its time; the answer says what came of it. Raises Refused."""
        point, act = self._point(asked), self._alarms.said({"as": asked.get("as", "")}, by)
        tests = self._gateway.engine.tests
        return self._done(lambda utc_ns, mono_ns: tests.end(point.id, act, utc_ns, mono_ns))

    def _done(self, do: Callable[[int, int], None]) -> Json:
        try:
            return {"text": asdict(self._gateway.pipeline.act(do))}
        except ActRefused as refused:
            raise Refused(refused.text, HTTPStatus.CONFLICT) from refused

    def _point(self, asked: Json) -> Point:
        points = {point.id: point for point in self._gateway.plant.points}
        name = asked.get("point", "")
        if name not in points:
            raise Refused(words_acts.no_such_point(name, tuple(points)), HTTPStatus.NOT_FOUND)
        return points[name]
