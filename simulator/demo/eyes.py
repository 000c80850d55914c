"""How the live view looks at a running demo: the agent over its control socket, the platform over HTTPS."""

import json
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

_PATIENCE_S: Final = 1.0

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen; None where nobody answered. `asked_ns` (UTC) is before both answers."""

    asked_ns: int
    agent: Json | None = None
    platform: Json | None = None

    @property
    def drained(self) -> bool:
        """Whether the agent says that it has nothing left to send to anyone who is there."""
        return self.agent is not None and all(
            destination["backlog_records"] == 0
            for destination in self.agent["destinations"]
            if not destination["absent"]
        )


class Eyes:
    """Looks at both."""

    def __init__(self, agent: httpx.AsyncClient, platform: httpx.AsyncClient, platform_url: str) -> None:
        self._agent = agent
        self._platform = platform
        self._platform_url = platform_url

    async def look(self, now_ns: int) -> Sight:
        """Ask both; who does not answer within a second is not there."""
        return Sight(
            now_ns,
            agent=await _ask(self._agent, "http://agent/api/v1/status"),
            platform=await _ask(self._platform, self._platform_url),
        )


def read_address(path: Path) -> Json:
    """Read where the platform's own people look (platform.json); raises OSError, ValueError."""
    address: Json = json.loads(path.read_text(encoding="utf-8"))
    return address


@asynccontextmanager
async def eyes(state: Path, address: Json) -> AsyncIterator[Eyes]:
    """Open both views; raises OSError where the state folder or the authority's certificate is missing."""
    # A unix socket's address holds 107 bytes; a deep state folder is reached through its descriptor.
    folder = os.open(state, os.O_PATH | os.O_DIRECTORY)
    try:
        socket = httpx.AsyncHTTPTransport(uds=f"/proc/self/fd/{folder}/control.sock")
        trust = ssl.create_default_context(cafile=address["ca"])
        async with (
            httpx.AsyncClient(transport=socket, timeout=_PATIENCE_S) as agent,
            httpx.AsyncClient(verify=trust, timeout=_PATIENCE_S) as platform,
        ):
            yield Eyes(agent, platform, address["status"])
    finally:
        os.close(folder)


async def _ask(client: httpx.AsyncClient, url: str) -> Json | None:
    try:
        answer = (await client.get(url)).raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return None
    assert isinstance(answer, dict)
    return answer
