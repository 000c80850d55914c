"""What a person may do to a running agent, over the control socket: a closed list.

Each act goes on record with who did it: the name that was given, and the uid that
the kernel says is at the other end of the socket.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from json import JSONDecodeError
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import words_acts
from agent.gateway import Gateway
from agent.peer import uid_of
from agent.records import Json
from buffering.again import Gone, records_in
from buffering.errors import StoreFailed
from config.model import Text

NAME_MAX: Final = 64
NS_PER_S: Final = 10**9
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

Act = Callable[[Json, str], Awaitable[Json]]
"""From what is asked for, and by whom, to what became of it. Raises Refused."""


class Refused(Exception):
    """An act is refused; `text` says why."""

    def __init__(self, text: Text, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(text.en)
        self.text = text
        self.status = status


def act_routes(gateway: Gateway) -> list[Route]:
    """Return the routes of all acts."""
    return [_route("/api/v1/resend", Resending(gateway).resend)]


def _route(path: str, act: Act) -> Route:
    async def answer(request: Request) -> Response:
        try:
            asked = await _asked(request)
            return JSONResponse(await act(asked, _person(asked, uid_of(request))))
        except Refused as refused:
            return JSONResponse({"text": asdict(refused.text)}, status_code=refused.status)
        except StoreFailed:
            text = words_acts.store_closed()
            return JSONResponse({"text": asdict(text)}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)

    return Route(path, answer, methods=["POST"])


async def _asked(request: Request) -> Json:
    try:
        asked = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        raise Refused(words_acts.not_understood())
    return asked


def _person(asked: Json, uid: int) -> str:
    name = asked.get("as", "").strip()
    if len(name) > NAME_MAX or not name.isprintable():
        raise Refused(words_acts.name_unfit(NAME_MAX))
    return f"{name} (uid {uid})" if name else f"uid {uid}"


class Resending:
    """Has a destination get again what it had confirmed and lost."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    async def resend(self, asked: Json, by: str) -> Json:
        """Send what was recorded `from` … `to` again to `destination`, as back-fill. Raises Refused."""
        destination = known_destination(self._gateway, asked)
        from_ns, to_ns = self._ns(asked, "from", fold=0), self._ns(asked, "to", fold=1)
        if from_ns >= to_ns:
            raise Refused(words_acts.times_in_wrong_order())
        found = await self._gateway.outbox.again.find(from_ns, to_ns)
        if found.gone:
            raise Refused(self._not_there(found.gone, from_ns, to_ns), HTTPStatus.GONE)
        sent = await self._gateway.outbox.again.send(
            destination, found.stretches, by=by, now_ns=self._gateway.clock.now_ns()
        )
        records, there = records_in(sent), records_in(found.stretches)
        text = words_acts.sent_again(destination, records, still_to_come=there - records)
        return {"records": records, "still_to_come": there - records, "text": asdict(text)}

    def _ns(self, asked: Json, key: str, *, fold: int) -> int:
        """Return a time; one that the clocks show twice is the first at `from`, the second at `to`."""
        written = asked.get(key, "")
        try:
            time = datetime.fromisoformat(written)
        except ValueError:
            raise Refused(words_acts.no_time(key, written)) from None
        if time.tzinfo is None:
            time = time.replace(tzinfo=self._zone, fold=fold)
        return (time - BEGINNING) // timedelta(microseconds=1) * 1000

    def _not_there(self, gone: tuple[Gone, ...], from_ns: int, to_ns: int) -> Text:
        there, begin = [], from_ns
        for before, after in gone:
            if before is not None and before > begin:
                there.append((begin, before))
            begin = max(begin, after)
        if begin < to_ns:
            there.append((begin, to_ns))
        lost = [(max(before or from_ns, from_ns), min(after, to_ns)) for before, after in gone]
        return words_acts.not_there_any_more(self._spans(lost), self._spans(there))

    def _spans(self, spans: list[tuple[int, int]]) -> str:
        return ", ".join(f"{self._shown(begin)} – {self._shown(end)}" for begin, end in spans)

    def _shown(self, ns: int) -> str:
        return datetime.fromtimestamp(ns // NS_PER_S, self._zone).isoformat(sep=" ")


def known_destination(gateway: Gateway, asked: Json) -> str:
    """Return the destination that is asked for. Raises Refused."""
    name: str = asked.get("destination", "")
    if name not in gateway.plant.uplinks:
        raise Refused(words_acts.no_such_destination(name, gateway.plant.uplinks), HTTPStatus.NOT_FOUND)
    return name
