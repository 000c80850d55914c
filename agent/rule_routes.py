"""What the control socket answers of rules beyond their alarms: baselines, start permits."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.act import act_route
from agent.baseline_acts import BaselineActs
from agent.gateway import Gateway
from agent.permits import Permits


def rule_routes(gateway: Gateway) -> list[Route]:
    """Return the routes."""
    baselines, permits = BaselineActs(gateway), Permits(gateway)

    async def get_baselines(_request: Request) -> Response:
        return JSONResponse(baselines.listed())

    async def get_permits(_request: Request) -> Response:
        return JSONResponse(permits.listed())

    return [
        Route("/api/v1/baselines", get_baselines),
        act_route("/api/v1/baselines/record", baselines.record),
        Route("/api/v1/permits", get_permits),
        act_route("/api/v1/permits/check", permits.check, is_look=True),
    ]
