"""What a person may do about areas, over the control socket: look, declare a state, end that, check."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import words_acts, words_area_check
from agent.act import Refused, act_route, answered
from agent.act_said import act_of, need
from agent.alarms import words_area
from agent.alarms.acting import ActRefused
from agent.alarms.area import AreaWatch
from agent.area_state import area_now, areas_now
from agent.gateway import Gateway
from agent.records import Json
from config.model import Text
from config.production import ProductionState
from config.validation import nearest

DECLARABLE: Final = (ProductionState.RUNNING, ProductionState.IDLE, ProductionState.PLANNED_STOP)


class AreaActs:
    """Acts on the areas of a running agent; each is an event with who did it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    def listed(self) -> Json:
        """Return every area with its state."""
        return {"timezone": self._gateway.plant.timezone, "areas": areas_now(self._gateway)}

    def checked(self, asked: Json) -> Json:
        """Return what the checklist of an area finds. Raises Refused."""
        return self._gateway.pipeline.check.of(self._name(asked))

    async def declare(self, asked: Json, by: str) -> Json:
        """Take it that a person says what an area does. Raises Refused."""
        watch = self._watch(asked)
        written = asked.get("to", "")
        if written not in DECLARABLE:
            raise Refused(words_acts.no_such_state(written, DECLARABLE))
        need(asked, "for", "until")
        need(asked, "reason")
        act = act_of(asked, by, zone=self._zone, now_ns=self._gateway.clock.now_ns())
        return self._done(watch, partial(watch.declare, ProductionState(written), act))

    async def end(self, asked: Json, by: str) -> Json:
        """End what was declared before its time. Raises Refused."""
        watch = self._watch(asked)
        act = act_of(asked, by, zone=self._zone, now_ns=self._gateway.clock.now_ns())
        return self._done(watch, partial(watch.end, act))

    def _done(self, watch: AreaWatch, do: Callable[[int, int], None]) -> Json:
        try:
            text = self._gateway.pipeline.act(do)
        except ActRefused as refused:
            raise Refused(refused.text, HTTPStatus.CONFLICT) from refused
        return {**area_now(watch.area, watch, self._gateway.engine), "text": asdict(text)}

    def _watch(self, asked: Json) -> AreaWatch:
        name = self._name(asked)
        watch = self._gateway.engine.areas.watches.get(name)
        if watch is None:
            raise Refused(words_area.no_state(self._gateway.plant.areas[name]), HTTPStatus.CONFLICT)
        return watch

    def _name(self, asked: Json) -> str:
        name: str = asked.get("area", "")
        areas = self._gateway.plant.areas
        if name not in areas:
            near = nearest(name, areas)
            hint = Text(f"，是不是 {near}", f"; did you mean {near}?") if near else Text("", "")
            text = words_area_check.no_such_area(name, hint, ", ".join(areas) or "–")
            raise Refused(text, HTTPStatus.NOT_FOUND)
        return name


def area_routes(gateway: Gateway) -> list[Route]:
    """Return the routes of it."""
    areas = AreaActs(gateway)

    async def get_areas(_request: Request) -> Response:
        return JSONResponse(areas.listed())

    async def get_check(request: Request) -> Response:
        return answered(lambda: areas.checked(dict(request.query_params)))

    return [
        Route("/api/v1/areas", get_areas),
        Route("/api/v1/areas/check", get_check),
        act_route("/api/v1/areas/declare", areas.declare),
        act_route("/api/v1/areas/end", areas.end),
    ]
