"""Every byte that leaves in a full run, on a connection of each kind, is there to read.

Goal: what docs/read-only.md promises the owner of a PLC. Method: recorders stand
between the agent, a process of its own, and simulated devices that answer, refuse,
are late, silent, away and back. What was recorded is read after the
specifications, to the last byte. That a write would be seen is shown on an agent
that writes.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from config.load import load_plant
from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.playing import playing
from tests.system.agent_process import AgentProcess, agent_on
from tests.system.platform import Json
from tests.system.recording import Sent, recorded
from tests.system.wire import Function, opcua_services, rtu_functions, tcp_functions

PLANT = Path(__file__).parents[1] / "fixtures" / "plants" / "lines.yaml"
MODBUS = {"plc": tcp_functions, "panel": rtu_functions, "server": rtu_functions, "dtu": rtu_functions}
READS: set[Function] = {1, 2, 3, 4, (43, 14)}
SERVICES = {
    "HEL",
    "OPN",
    "CLO",
    "GetEndpoints",
    "CreateSession",
    "ActivateSession",
    "CloseSession",
    "Read",
    "Browse",
    "BrowseNext",
    "TranslateBrowsePathsToNodeIds",
    "CreateSubscription",
    "CreateMonitoredItems",
    "Publish",
    "DeleteSubscriptions",
}
LENGTH_S = 20.0
FAULTS = [
    Event(0.05, 0.20, Target.DEVICE, "plc-1", "exception", {"code": 6}),
    Event(0.05, 0.20, Target.DEVICE, "panel-1", "silent"),
    Event(0.05, 0.20, Target.DEVICE, "server-2", "bad-crc"),
    Event(0.05, 0.20, Target.CONNECTION, "dtu", "late", {"delay": 0.4}),
    # A second time for an agent that was still starting at the first.
    *(
        Event(begin, begin + 0.10, Target.CONNECTION, connection, "reboot")
        for begin in (0.20, 0.60)
        for connection in ("plc", "server", "dtu", "furnace")
    ),
]
MUTANT = (sys.executable, "-m", "tests.mutants.launch_writes")


def all_up(status: Json) -> bool:
    return all(link["up"] for link in status["links"])


def all_good(status: Json) -> bool:
    return all(point["quality"] == "good" for device in status["devices"] for point in device["points"])


def all_made_again(kept: Mapping[str, Sent]) -> bool:
    """Whether every connection that can break was made a second time."""
    return all(len(kept[connection].pieces) >= 2 for connection in ("plc", "server", "dtu", "furnace"))


def all_talked(kept: Mapping[str, Sent]) -> bool:
    """Whether enough was said on every connection to say something of it."""
    is_enough = all(found[3] > 20 and found[1] > 10 for found in functions(kept).values())
    return is_enough and opcua_services(kept["furnace"].pieces)["Publish"] > 10


def assert_spoke_only_to(running: AgentProcess, kept: Mapping[str, Sent]) -> None:
    """Look at the sockets that the kernel says the agent has."""
    known = {port for sent in kept.values() for port in sent.ports}
    for connection in psutil.Process(running.process.pid).net_connections(kind="inet"):
        ports = {connection.laddr.port} | ({connection.raddr.port} if connection.raddr else set())
        assert ports & known, connection


def functions(kept: Mapping[str, Sent]) -> dict[str, Counter[Function]]:
    return {connection: read(kept[connection].pieces) for connection, read in MODBUS.items()}


async def test_nothing_but_reads_leaves_in_a_run_with_every_kind_of_connection(tmp_path: Path) -> None:
    plant = load_plant(PLANT)
    async with (
        playing(plant, tmp_path, *FAULTS, length_s=LENGTH_S) as played,
        recorded(played.connections, tmp_path / "overlay.yaml") as kept,
        agent_on(PLANT, tmp_path, tmp_path / "overlay.yaml") as running,
    ):
        await running.until(all_up)
        assert_spoke_only_to(running, kept)
        await running.until(
            lambda status: (
                status["uptime_s"] > 0.35 * LENGTH_S
                and all_good(status)
                and all_made_again(kept)
                and all_talked(kept)
            )
        )
        assert_spoke_only_to(running, kept)
        assert await running.stop() == 0
    for connection, found in functions(kept).items():
        assert set(found) <= READS, connection
    services = opcua_services(kept["furnace"].pieces)
    assert set(services) <= SERVICES
    assert services["CreateSession"] >= 2
    faults = running.log.read_text(encoding="utf-8")
    assert "failed; started again" not in faults


async def run_mutant(folder: Path, mutant: Sequence[str]) -> tuple[dict[str, Counter[Function]], Json]:
    plant = load_plant(PLANT)
    async with (
        playing(plant, folder, length_s=LENGTH_S) as played,
        recorded(played.connections, folder / "overlay.yaml") as kept,
        agent_on(PLANT, folder, folder / "overlay.yaml", agent=mutant) as running,
    ):
        status = await running.until(lambda status: status["uptime_s"] > 3)
        await running.stop()
    return functions(kept), status


@pytest.mark.mutant
async def test_a_write_that_left_would_be_seen(tmp_path: Path) -> None:
    found, _ = await run_mutant(tmp_path, MUTANT)
    for connection, codes in found.items():
        assert codes[6] > 0, connection


@pytest.mark.mutant
async def test_an_agent_that_would_write_goes_on_and_not_a_byte_of_it_leaves(tmp_path: Path) -> None:
    found, status = await run_mutant(tmp_path, (*MUTANT, "--guarded"))
    for connection, codes in found.items():
        assert set(codes) <= READS, connection
        assert status["process"]["faults"][f"driver[{connection}]"] >= 1
    assert next(link for link in status["links"] if link["connection"] == "furnace")["up"]
