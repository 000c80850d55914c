"""The platform's HTTPS endpoint: takes the ministry's envelope, answers {code, msg, rejected}.

Code 200 means stored. A message that cannot be read is answered clearly at
once; a readable one meets whatever `Temper` has drawn for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulator.bureau.envelope import Credentials, Refusal, Unauthorised, Undecodable, open_envelope
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import PROMISES, RETRY_AFTER_S, Conduct, Temper, Treatment
from simulator.bureau.parcel import Parcel, from_json
from simulator.bureau.promises import Promises
from simulator.clock import Clock

BODY_BYTES_MAX: Final = 8_000_000


class Endpoint:
    """Receives for one destination and keeps its books."""

    def __init__(
        self,
        destination: str,
        issued: Credentials,
        ledger: Ledger,
        temper: Temper,
        clock: Clock,
        promises: Promises | None = None,
    ) -> None:
        """Take `promises` where the layout says how results are asked for."""
        self.destination = destination
        self._promises = promises
        self._issued = issued
        self._ledger = ledger
        self._temper = temper
        self._clock = clock

    async def report(self, request: Request) -> Response:
        """Take one message."""
        body = await request.body()
        received_ns = self._clock.now_ns()
        try:
            parcel = self._read(body, request.headers.get("appsecret"))
        except Refusal as refusal:
            outcome = "unauthorised" if isinstance(refusal, Unauthorised) else "undecodable"
            self._ledger.note(self.destination, received_ns=received_ns, outcome=outcome)
            return _answer(refusal.status, refusal.reason)
        return await self._treat(parcel, received_ns, self._temper.draw(), request.state.sever)

    def routes(self) -> Iterator[Route]:
        """Yield where messages are taken, and questions for results."""
        path = path_of(self.destination)
        yield Route(path, self.report, methods=["POST"])
        if self._promises is not None:
            yield Route(self._promises.path(path), self.result, methods=["POST"])

    async def result(self, request: Request) -> Response:
        """Answer a question for the result of a message."""
        assert self._promises is not None
        body, secret = await request.body(), request.headers.get("appsecret")
        try:
            asked = open_envelope(body, secret, self._issued)
        except Refusal as refusal:
            return _answer(refusal.status, refusal.reason)
        told = self._promises.keep(asked, received_ns=self._clock.now_ns())
        return JSONResponse({"code": told.code, "msg": "result", "rejected": list(told.rejected)})

    def _read(self, body: bytes, appsecret: str | None) -> Parcel:
        if len(body) > BODY_BYTES_MAX:
            raise Undecodable(f"body is longer than {BODY_BYTES_MAX} bytes")
        return from_json(open_envelope(body, appsecret, self._issued))

    async def _treat(
        self, parcel: Parcel, received_ns: int, conduct: Conduct, sever: Callable[[], None]
    ) -> Response:
        treatment = conduct.treatment
        if treatment is Treatment.REFUSED:
            self._ledger.note(self.destination, received_ns=received_ns, outcome=treatment)
            return _refusal(conduct.status) if conduct.status else _silence(sever)
        if treatment in PROMISES:
            if self._promises is None:
                treatment = Treatment.STORED
            else:
                self._ledger.discard(self.destination, parcel, received_ns=received_ns, outcome=treatment)
                return JSONResponse(self._promises.make(parcel, treatment))
        if treatment in _LIES:
            self._ledger.discard(self.destination, parcel, received_ns=received_ns, outcome=treatment)
            return _LIES[treatment]()
        self._ledger.record(self.destination, parcel, received_ns=received_ns, outcome=treatment)
        if conduct.wait_s:
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(conduct.wait_s * 1e9))
        return _silence(sever) if treatment is Treatment.LOST else _answer(200, "stored")


def path_of(destination: str) -> str:
    """Return the path under which a destination takes messages."""
    return f"/gateway/{destination}/report"


def application(endpoints: Iterable[Endpoint], status: Callable[[], object]) -> Starlette:
    """Return the endpoints as an application; GET /status answers what `status` returns."""

    async def show(_: Request) -> Response:
        return JSONResponse(status())

    reports = [route for endpoint in endpoints for route in endpoint.routes()]
    return Starlette(routes=[*reports, Route("/status", show)])


_PORTAL: Final = "<!doctype html><title>Login</title><p>The session has expired."
_LIES: Final[Mapping[Treatment, Callable[[], Response]]] = {
    Treatment.DISCARDED: lambda: _answer(200, "stored"),
    Treatment.BUSY: lambda: JSONResponse({"code": 500, "msg": "busy", "rejected": []}),
    Treatment.HTML: lambda: HTMLResponse(_PORTAL),
}


def _answer(code: int, message: str) -> Response:
    return JSONResponse({"code": code, "msg": message, "rejected": []}, status_code=code)


def _refusal(status: int) -> Response:
    response = _answer(status, "refused by the simulated platform")
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _silence(sever: Callable[[], None]) -> Response:
    """Cut the connection; what is returned goes nowhere."""
    sever()
    return Response()
