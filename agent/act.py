"""What a person may do to a running agent, over the control socket: how an act is asked for and answered.

Each act goes on record with who did it: the name that was given, and the uid that
the kernel says is at the other end of the socket.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
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
from buffering.errors import StoreFailed
from config.model import Text

NAME_MAX: Final = 64

Act = Callable[[Json, str], Awaitable[Json]]
"""From what is asked for, and by whom, to what became of it. Raises Refused."""


class Refused(Exception):
    """An act is refused; `text` says why."""

    def __init__(self, text: Text, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(text.en)
        self.text = text
        self.status = status


def act_route(path: str, act: Act, *, is_look: bool = False) -> Route:
    """Return the route of an act; one that only looks at something needs nobody's name."""

    async def answer(request: Request) -> Response:
        try:
            asked = await _asked(request)
            return JSONResponse(await act(asked, _person(asked, uid_of(request), is_needed=not is_look)))
        except Refused as refused:
            return said(refused)
        except StoreFailed:
            text = words_acts.store_closed()
            return JSONResponse({"text": asdict(text)}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)

    return Route(path, answer, methods=["POST"])


def answered(ask: Callable[[], Json]) -> Response:
    """Return the answer to a question that may be refused."""
    try:
        return JSONResponse(ask())
    except Refused as refused:
        return said(refused)


def said(refused: Refused) -> Response:
    """Return the answer to what is refused."""
    return JSONResponse({"text": asdict(refused.text)}, status_code=refused.status)


async def _asked(request: Request) -> Json:
    try:
        asked = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        raise Refused(words_acts.not_understood())
    return asked


def _person(asked: Json, uid: int, *, is_needed: bool) -> str:
    name = asked.get("as", "").strip()
    if is_needed and not name:
        raise Refused(words_acts.needed(("as",)))
    if len(name) > NAME_MAX or not name.isprintable():
        raise Refused(words_acts.name_unfit(NAME_MAX))
    return f"{name} (uid {uid})" if name else f"uid {uid}"


def asked_time(asked: Json, key: str, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """Return a time that is asked for, without a zone that of the plant. Raises Refused.

    Of a time that the clocks show twice, `fold` says which: 0 the first, 1 the second.
    """
    written = asked.get(key, "")
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        raise Refused(words_acts.no_time(key, written)) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=zone, fold=fold)


def known_destination(gateway: Gateway, asked: Json) -> str:
    """Return the destination that is asked for. Raises Refused."""
    name: str = asked.get("destination", "")
    if name not in gateway.plant.uplinks:
        raise Refused(words_acts.no_such_destination(name, gateway.plant.uplinks), HTTPStatus.NOT_FOUND)
    return name
