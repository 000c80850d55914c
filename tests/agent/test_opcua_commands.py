"""`edge-agent opcua certificate`, `trust` and `browse`, against a real server with security."""

import io
import json
import os
import re
import stat
from pathlib import Path

import pytest
from cryptography import x509

from config.load import load_plant
from config.source import NodeSource
from drivers.opcua import identity
from drivers.opcua.certificate import certificate_path, key_path
from drivers.opcua.trust import TrustStore
from tests.agent.opcua_commands import Command, plant_file
from tests.drivers.conftest import free_port
from tests.drivers.opcua_pki import certificate
from tests.drivers.opcua_secured import POLICIES, SecuredServer, mark
from tests.drivers.opcua_server import endpoint

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_certificate_is_made_with_what_servers_look_for(edge_agent: Command, tmp_path: Path) -> None:
    said = await edge_agent("certificate", "--host", "gateway-7", "--host", "10.0.0.7", "--days", "400")
    assert said.code == 0
    pki = tmp_path / "state" / "pki"
    made = identity.load(certificate_path(pki).read_bytes())
    assert mark(made) in said.out
    assert str(certificate_path(pki)) in said.out
    assert identity.uris(made) == ("urn:gateway-7:edge-gateway-agent",)
    assert identity.hosts(made) == ("gateway-7", "10.0.0.7")
    assert made.public_key().key_size == 2048  # type: ignore[union-attr]
    assert 400 <= (made.not_valid_after_utc - made.not_valid_before_utc).days <= 401
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert usage.key_encipherment
    assert usage.data_encipherment
    assert stat.S_IMODE(key_path(pki).stat().st_mode) == 0o600


async def test_a_certificate_that_is_there_is_shown_and_replaced_only_by_force(edge_agent: Command) -> None:
    first = json.loads((await edge_agent("certificate", "--json")).out)
    again = json.loads((await edge_agent("certificate", "--json")).out)
    forced = json.loads((await edge_agent("certificate", "--force", "--json")).out)
    assert (first["made"], again["made"], forced["made"]) == (True, False, True)
    assert first["sha256"] == again["sha256"] != forced["sha256"]
    assert again["application_uri"].startswith("urn:")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
async def test_what_root_makes_belongs_to_the_owner_of_the_state_folder(
    edge_agent: Command, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, 12345, 12345)
    assert (await edge_agent("certificate")).code == 0
    for path in (state / "pki", certificate_path(state / "pki"), key_path(state / "pki")):
        assert path.stat().st_uid == 12345


async def test_a_certificate_without_its_key_is_told_and_not_replaced(
    edge_agent: Command, tmp_path: Path
) -> None:
    await edge_agent("certificate")
    key_path(tmp_path / "state" / "pki").write_text("no key")
    said = await edge_agent("certificate")
    assert said.code == 1
    assert "--force" in said.err


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "x"], ["--host", "a b"]])
async def test_what_can_not_stand_in_a_certificate_is_wrong_usage(
    edge_agent: Command, wrong: list[str]
) -> None:
    assert (await edge_agent("certificate", *wrong)).code == 2


async def test_a_server_is_trusted_after_its_certificate_was_shown(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    shown = await server.become()
    plant = plant_file(tmp_path, server)
    said = await edge_agent("trust", plant, "furnace", "--yes")
    assert said.code == 0
    for fact in (mark(shown), "CN=server", "urn:plant:server", "127.0.0.1"):
        assert fact in said.err
    [trusted] = TrustStore(tmp_path / "state" / "pki").all()
    assert (trusted.connection_id, mark(trusted.certificate)) == ("furnace", mark(shown))
    again = await edge_agent("trust", plant, "furnace")
    assert again.code == 0
    assert "trusted already" in again.err


async def test_without_an_answer_nothing_is_trusted(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    said = await edge_agent("trust", plant_file(tmp_path, server), "furnace")
    assert said.code == 1
    assert "--fingerprint" in said.err
    assert TrustStore(tmp_path / "state" / "pki").all() == ()


class Terminal(io.StringIO):
    """Somebody sits at it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("y\n", 1), ("\n", 1), ("", 1)])
async def test_a_person_is_asked_and_must_say_yes(
    edge_agent: Command,
    server: SecuredServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = await edge_agent("trust", plant_file(tmp_path, server), "furnace")
    assert said.code == code
    assert len(TrustStore(tmp_path / "state" / "pki").all()) == (1 if code == 0 else 0)


async def test_a_fingerprint_that_was_learnt_elsewhere_is_trusted_and_no_other(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    shown = await server.become()
    plant = plant_file(tmp_path, server)
    wrong = await edge_agent("trust", plant, "furnace", "--fingerprint", "00:11")
    assert wrong.code == 1
    assert "stand in between" in wrong.err
    right = await edge_agent("trust", plant, "furnace", "--fingerprint", mark(shown).lower(), "--json")
    assert right.code == 0
    assert json.loads(right.out)["sha256"] == mark(shown)


async def test_what_is_wrong_with_a_certificate_is_shown_before_the_question(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    await server.become(certificate(hosts=["plc-2"]))
    said = await edge_agent("trust", plant_file(tmp_path, server), "furnace")
    assert "! " in said.err
    assert "certificate_host" in said.err


async def test_trust_is_listed_and_taken_back(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    shown = await server.become()
    assert "no server certificate" in (await edge_agent("trust", "--list")).err
    await edge_agent("trust", plant_file(tmp_path, server), "furnace", "--yes")
    listed = await edge_agent("trust", "--list")
    assert f"furnace  {mark(shown)}" in listed.out
    assert json.loads((await edge_agent("trust", "--list", "--json")).out)[0]["sha256"] == mark(shown)
    assert (await edge_agent("trust", "--remove", "FFFF00")).code == 1
    assert (await edge_agent("trust", "--remove", mark(shown)[:11])).code == 0
    assert TrustStore(tmp_path / "state" / "pki").all() == ()


async def test_a_server_that_is_not_there_or_refuses_is_told(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    await server.become(policies=[POLICIES.NoSecurity])
    plant = plant_file(tmp_path, server)
    said = await edge_agent("trust", plant, "furnace", "--yes")
    assert (said.code, "does not offer" in said.err) == (1, True)
    nobody = plant_file(tmp_path, SecuredServer(server.server, free_port()))
    said = await edge_agent("trust", nobody, "furnace", "--yes")
    assert (said.code, "refuses connections" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["trust"], 2, "plant.yaml furnace"),
        (["trust", "PLANT"], 2, "plant.yaml furnace"),
        (["trust", "PLANT", "furnce"], 2, "did you mean 'furnace'"),
        (["trust", "PLANT", "line"], 2, "there are: furnace"),
        (["trust", "/nowhere.yaml", "furnace"], 3, "/nowhere.yaml"),
        ([], 2, "PART"),
    ],
)
async def test_what_is_not_understood_is_wrong_usage(
    edge_agent: Command, server: SecuredServer, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    plant = plant_file(tmp_path, server)
    said = await edge_agent(*(plant if word == "PLANT" else word for word in words))
    assert said.code == code
    assert says in said.err


async def test_a_servers_nodes_are_shown_as_a_tree(edge_agent: Command, server: SecuredServer) -> None:
    said = await edge_agent("browse", endpoint(server.port))
    lines = said.out.splitlines()
    assert said.code == 0
    assert "tilt  ns=2;s=tilt  Double  1.5  r" in lines
    assert any(re.fullmatch(r"PLC/1  ns=3;i=\d+", line) for line in lines)
    assert "  OilTemperature  ns=3;s=Oil temperature  Double  41.5  °C  r" in lines
    assert "  Channels  ns=3;i=7  Float  [3]  r" in lines
    assert not any("ServerStatus" in line for line in lines)


async def test_a_servers_nodes_are_searched_and_the_search_begins_where_it_is_told(
    edge_agent: Command, server: SecuredServer
) -> None:
    said = await edge_agent("browse", endpoint(server.port), "--search", "oil")
    assert said.out == "/3:PLC&/1/0:OilTemperature  ns=3;s=Oil temperature  Double  41.5  °C  r\n"
    below = await edge_agent("browse", endpoint(server.port), "--start", "3:PLC&/1", "--json")
    assert [node["name"] for node in json.loads(below.out)] == [
        "OilTemperature",
        "Channels",
        "run",
        "count",
        "模式",
    ]
    shallow = await edge_agent("browse", endpoint(server.port), "--depth", "1")
    assert "OilTemperature" not in shallow.out
    status = await edge_agent("browse", endpoint(server.port), "--start", "i=2256", "--search", "State")
    assert "State" in status.out


@pytest.mark.parametrize("start", ["2:Nowhere", "nsu=http://no;s=x", "s="])
async def test_a_start_that_is_not_there_is_told(
    edge_agent: Command, server: SecuredServer, start: str
) -> None:
    said = await edge_agent("browse", endpoint(server.port), "--start", start)
    assert said.code == 1
    assert "--start" in said.err


async def test_nothing_found_is_a_failure(edge_agent: Command, server: SecuredServer) -> None:
    said = await edge_agent("browse", endpoint(server.port), "--search", "nothing like it")
    assert (said.code, said.out) == (1, "")


async def test_a_secured_server_is_browsed_with_what_the_plant_file_says(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    plant = plant_file(tmp_path, server)
    assert "opcua certificate" in (await edge_agent("browse", plant, "furnace")).err
    await edge_agent("certificate")
    untrusted = await edge_agent("browse", plant, "furnace")
    assert (untrusted.code, "opcua trust" in untrusted.err) == (1, True)
    await edge_agent("trust", plant, "furnace", "--yes")
    assert "ns=2;s=tilt" in (await edge_agent("browse", plant, "furnace")).out


async def test_the_stanza_is_accepted_where_it_is_pasted(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    plant = plant_file(tmp_path, server, "None")
    said = await edge_agent("browse", plant, "furnace", "--stanza", "tilt-2", "--start", "3:PLC&/1")
    assert said.code == 0
    assert said.out.startswith("  # 以下粘贴到配置文件中 devices: 这一行的下面")
    text = Path(plant).read_text(encoding="utf-8")
    Path(plant).write_text(text.replace("\ndevices:\n", f"\ndevices:\n{said.out}"), encoding="utf-8")
    device = load_plant(Path(plant)).devices["tilt-2"]
    got = {point.id: (point.datatype, point.unit, point.range, point.source) for point in device.points}
    uri = "nsu=http://plant.example/ua"
    assert got == {
        "tilt-2.oil-temperature": ("float", "°C", (-20, 120), NodeSource(f"{uri};s=Oil temperature")),
        "tilt-2.channels-0": ("float", "", None, NodeSource(f"{uri};i=7", 0)),
        "tilt-2.channels-1": ("float", "", None, NodeSource(f"{uri};i=7", 1)),
        "tilt-2.channels-2": ("float", "", None, NodeSource(f"{uri};i=7", 2)),
        "tilt-2.run": ("bool", "", None, NodeSource(f"{uri};s=run")),
        "tilt-2.count": ("int", "", None, NodeSource(f"{uri};s=count")),
        "tilt-2.point": ("string", "", None, NodeSource(f"{uri};s=mode")),
    }
    assert device.points[-1].name.zh == "模式"
