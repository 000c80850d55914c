"""The commands `edge-agent opcua …` on a state folder of a test's own, and a real server for them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from asyncua import ua

from agent.cli.main import main
from tests.agent.opcua_commands import Command, Said
from tests.drivers.conftest import free_port
from tests.drivers.opcua_secured import SecuredServer, secured_server


@pytest.fixture
def edge_agent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run a command on a state folder of its own, while the server goes on in this loop."""

    async def run(*words: str) -> Said:
        code = await asyncio.to_thread(_main, ["opcua", *words, "--state", str(tmp_path / "state")])
        return Said(code, *capsys.readouterr())

    return run


def _main(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as usage:  # argparse ends the program
        return int(usage.code or 0)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running_server() -> AsyncIterator[SecuredServer]:
    async with secured_server(free_port(), tilt=1.5) as secured:
        await _furnish(secured)
        yield secured


async def _furnish(secured: SecuredServer) -> None:
    """Add what plants have: folders, units, ranges, arrays, texts, methods' worth of odd names."""
    server = secured.server
    namespace = await server.register_namespace("http://plant.example/ua")
    plc = await server.nodes.objects.add_object(namespace, "PLC/1")
    oil = await plc.add_variable(f"ns={namespace};s=Oil temperature", "OilTemperature", 41.5)
    unit = ua.EUInformation(DisplayName=ua.LocalizedText("°C"))
    await oil.add_property(0, "EngineeringUnits", unit)
    await oil.add_property(0, "EURange", ua.Range(-20.0, 120.0))
    await plc.add_variable(f"ns={namespace};i=7", "Channels", [1.0, 2.0, 3.0], ua.VariantType.Float)
    await plc.add_variable(f"ns={namespace};s=run", "run", True)
    await plc.add_variable(f"ns={namespace};s=count", "count", 3, ua.VariantType.Int32)
    await plc.add_variable(f"ns={namespace};s=mode", "模式", "auto")


@pytest_asyncio.fixture(loop_scope="module")
async def server(running_server: SecuredServer) -> SecuredServer:
    await running_server.become()
    return running_server
