"""The control socket: HTTP over a unix socket in the state folder, for the command line and the live view.

Only who may enter the state folder reaches it. It answers questions; the few
acts that a person may do enter here (act.py), as audited events.
"""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.act import act_route, answered
from agent.alarm_acts import DOES, AlarmActs
from agent.area_acts import area_routes
from agent.exposition import CONTENT_TYPE
from agent.gas_test_acts import GasTestActs
from agent.gateway import Gateway
from agent.kept_back import KeptBack
from agent.link_status import frames_of
from agent.metrics import metrics
from agent.peer import PeerProtocol
from agent.resending import Resending
from agent.rule_routes import rule_routes
from agent.state_folder import SOCKET_NAME, socket_address
from agent.status import status
from config.modbus_link import Modbus

SOCKET_MODE: Final = 0o660


class _Server(uvicorn.Server):
    """Leaves SIGTERM to the daemon, which has an order to stop in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


async def serve(gateway: Gateway, folder: Path) -> None:
    """Answer until cancelled."""

    async def get_status(_request: Request) -> Response:
        return JSONResponse(status(gateway))

    async def get_health(_request: Request) -> Response:
        trouble = gateway.outbox.trouble
        return JSONResponse(
            {"ok": trouble is None, "store": None if trouble is None else trouble.reason},
            status_code=200 if trouble is None else 503,
        )

    async def get_metrics(_request: Request) -> Response:
        return Response(metrics(gateway), media_type=CONTENT_TYPE)

    async def get_frames(request: Request) -> Response:
        wanted = request.query_params.get("connection")
        for driver in gateway.drivers:
            if driver.connection_id == wanted:
                has_frames = isinstance(gateway.plant.connections[wanted], Modbus)
                frames = frames_of(driver.frames) if has_frames else None
                return JSONResponse({"connection": wanted, "frames": frames})
        return JSONResponse({"connections": [d.connection_id for d in gateway.drivers]}, status_code=404)

    kept_back, alarms = KeptBack(gateway), AlarmActs(gateway)
    tests = GasTestActs(gateway, alarms)

    async def get_alarms(_request: Request) -> Response:
        return JSONResponse(alarms.listed())

    async def get_quarantine(request: Request) -> Response:
        return answered(lambda: kept_back.listed(dict(request.query_params)))

    app = Starlette(
        routes=[
            Route("/api/v1/status", get_status),
            Route("/api/v1/frames", get_frames),
            Route("/metrics", get_metrics),
            Route("/healthz", get_health),
            Route("/api/v1/quarantine", get_quarantine),
            act_route("/api/v1/quarantine/resend", kept_back.resend),
            act_route("/api/v1/quarantine/drop", kept_back.drop),
            act_route("/api/v1/resend", Resending(gateway).resend),
            Route("/api/v1/alarms", get_alarms),
            *area_routes(gateway),
            *(act_route(f"/api/v1/alarms/{what}", alarms.doing(what)) for what in DOES),
            act_route("/api/v1/alarms/test", tests.begin),
            act_route("/api/v1/alarms/test-end", tests.end),
            *rule_routes(gateway),
        ]
    )
    config = uvicorn.Config(
        app,
        http=PeerProtocol,
        log_config=None,
        lifespan="off",
        ws="none",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    with _bound(folder) as listener:
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


@contextlib.contextmanager
def _bound(folder: Path) -> Generator[socket.socket, None, None]:
    """Bind the socket; one that a killed run left behind goes first."""
    path = folder / SOCKET_NAME
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket_address(folder) as address:
            listener.bind(address)
        path.chmod(SOCKET_MODE)
        listener.listen()
        yield listener
    finally:
        listener.close()
        path.unlink(missing_ok=True)
