"""`edge-agent opcua trust` of a certificate that cannot be used yet, or that replaces another one."""

import re
from pathlib import Path

import pytest

from drivers.opcua.trust import TrustStore
from tests.agent.opcua_commands import Command, plant_file
from tests.drivers.opcua_pki import certificate
from tests.drivers.opcua_secured import SecuredServer, mark

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_still_keeps_the_agent_away_is_said_last(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    await server.become(certificate(hosts=["plc-2"]))
    plant = plant_file(tmp_path, server)
    for said in (
        await edge_agent("trust", plant, "furnace", "--yes"),
        await edge_agent("trust", plant, "furnace"),
    ):
        assert said.code == 0
        assert "within seconds" not in said.err
        but, last = said.err.splitlines()[-2:]
        assert "the agent still does not connect" in but
        assert "certificate_host" in last


async def test_after_a_renewal_the_old_certificate_is_named_with_the_way_to_remove_it(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    old = await server.become()
    plant = plant_file(tmp_path, server)
    await edge_agent("trust", plant, "furnace", "--yes")
    new = await server.become(certificate())
    refused = await edge_agent("trust", plant, "furnace", "--yes")
    assert (refused.code, "--yes --changed" in refused.err) == (1, True)
    assert [mark(each.certificate) for each in TrustStore(tmp_path / "state" / "pki").all()] == [mark(old)]
    said = await edge_agent("trust", plant, "furnace", "--yes", "--changed")
    assert said.code == 0
    [command] = re.findall(r"take that back: edge-agent opcua (.*)", said.err)
    assert mark(old) in command
    assert (await edge_agent(*command.split())).code == 0
    again = await edge_agent("trust", plant, "furnace")
    assert "still trusted" not in again.err
    assert [mark(each.certificate) for each in TrustStore(tmp_path / "state" / "pki").all()] == [mark(new)]


async def test_a_changed_certificate_is_accepted_by_its_fingerprint(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    plant = plant_file(tmp_path, server)
    await edge_agent("trust", plant, "furnace", "--yes")
    new = await server.become(certificate())
    said = await edge_agent("trust", plant, "furnace", "--fingerprint", mark(new))
    assert said.code == 0, said.err
