"""What tests of several drivers need."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.drivers.opcua_gateway import write_own
from tests.drivers.opcua_pki import certificate
from tests.drivers.opcua_secured import SecuredServer, secured_server


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def port() -> int:
    """A port on which nothing listens yet."""
    return free_port()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running_server() -> AsyncIterator[SecuredServer]:
    async with secured_server(free_port(), tilt=1.5) as secured:
        yield secured


@pytest_asyncio.fixture(loop_scope="module")
async def server(running_server: SecuredServer) -> SecuredServer:
    """The server, with its own certificate and everything on offer."""
    await running_server.become()
    return running_server


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """A folder with our own certificate, and no trust in anybody."""
    own = certificate("own", uri="urn:gateway:edge", hosts=["gateway"])
    write_own(tmp_path, own)
    return tmp_path
