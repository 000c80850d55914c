"""What the control socket answers of rules beyond their alarms: baselines."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.act import act_route
from agent.baseline_acts import BaselineActs
from agent.gateway import Gateway


def rule_routes(gateway: Gateway) -> list[Route]:
    """Return the routes."""
    baselines = BaselineActs(gateway)

    async def get_baselines(_request: Request) -> Response:
        return JSONResponse(baselines.listed())

    return [
        Route("/api/v1/baselines", get_baselines),
        act_route("/api/v1/baselines/record", baselines.record),
    ]
