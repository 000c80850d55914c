"""A simulated OPC UA server as the plant file asks for it: security, users, nodes of all kinds, polling.

Goal: what `simulate` plays, the agent's own driver can read with the overlay, and with nothing
else. Method: the driver runs against the played server; what it brings is held against the log.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config.load import load_plant
from config.model import Device
from config.opcua_link import OpcUa
from config.position import merge
from config.source import NodeSource
from drivers.clock import SystemClock
from drivers.opcua.certificate import make_own
from drivers.reading import Scan
from simulator.overlay import PLANT_NAME
from tests.drivers.plant import Recorder, good, running
from tests.simulator.plants import device, plant, point
from tests.simulator.playing import Played, playing

URI = "http://plant.example/ua"
ENCRYPTED = "Basic256Sha256/SignAndEncrypt"


def furnaces(**settings: Any) -> OpcUa:
    return OpcUa.model_validate(
        {"endpoint": "opc.tcp://192.0.2.1:4840", "publishing_interval": "50 ms", "timeout": "2 s"} | settings
    )


def furnace(*addresses: NodeSource) -> Device:
    points = [point(f"tilt-1.p{n}", source, period_s=0.1) for n, source in enumerate(addresses)]
    return device("tilt-1", "furnaces", points)


def as_overlaid(settings: OpcUa, played: Played) -> OpcUa:
    """Return the settings as they are with the overlay laid over them."""
    said: Mapping[str, Any] = played.connections["furnaces"]["opcua"]
    written = settings.model_dump(exclude_none=True)
    for key in ("publishing_interval", "timeout", "silence", "max_clock_skew"):
        written[key] = f"{written[key]} s"
    return OpcUa.model_validate(merge(written, said))


@cache
def own_pki(folder: Path) -> Path:
    """Return a folder with a certificate of our own, made once: keys are slow to make."""
    make_own(folder, ["gateway"], days=100, now_ns=SystemClock().now_ns())
    return folder


@pytest.fixture
def pki(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our own certificate, and no trust but the overlay's."""
    shared = own_pki(tmp_path_factory.getbasetemp() / "shared-pki")
    return Path(shutil.copytree(shared, tmp_path / "pki"))


async def first_good(seen: Recorder) -> Scan:
    return await seen.scan(good)


@pytest.mark.parametrize(
    "settings",
    [
        {"security": ENCRYPTED},
        {"security": "Aes256Sha256RsaPss/Sign", "certificate_host": "plc-7"},
        {"security": ENCRYPTED, "user": {"name": "operator", "password": "${credential:plc}"}},
        {"security": "None", "user": {"name": "operator", "password": "${credential:plc}"}},
        {"security": ENCRYPTED, "user": {"certificate": "op.der", "key": "${credential:plc}"}},
    ],
    ids=["encrypted", "signed-another-host", "password", "password-on-a-plain-channel", "user-certificate"],
)
async def test_a_secured_plant_file_is_played_and_read_with_its_overlay(
    tmp_path: Path, pki: Path, settings: dict[str, Any]
) -> None:
    link = furnaces(**settings)
    played_plant = plant({"furnaces": link}, furnace(NodeSource("ns=2;s=tilt")))
    async with (
        playing(played_plant, tmp_path) as played,
        running(as_overlaid(link, played), played_plant.devices.values(), pki=pki) as seen,
    ):
        await first_good(seen)
    assert seen.link_history == ["up"]


PLANT = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections:
  furnaces:
    opcua:
      endpoint: opc.tcp://192.0.2.1:4840
      security: Basic256Sha256/SignAndEncrypt
      user: {name: operator, password: "${credential:plc}"}
devices:
  tilt-1: {name: 炉, connection: furnaces, period: 0.1 s, points: {tilt: {name: 倾角, opcua: {id: ns=2;s=t}}}}
"""


async def test_the_overlay_is_one_that_a_plant_file_takes(tmp_path: Path, pki: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, encoding="utf-8")
    async with playing(load_plant(path), tmp_path):
        overlaid = load_plant(path, overlays=[tmp_path / PLANT_NAME])
        [link] = overlaid.connections.values()
        async with running(link, overlaid.devices.values(), pki=pki) as seen:
            await first_good(seen)


async def test_without_the_overlays_word_the_simulated_server_is_not_trusted(
    tmp_path: Path, pki: Path
) -> None:
    link = furnaces(security=ENCRYPTED)
    played_plant = plant({"furnaces": link}, furnace(NodeSource("ns=2;s=tilt")))
    async with playing(played_plant, tmp_path) as played:
        stripped = as_overlaid(link, played).model_copy(update={"trusted": None})
        async with running(stripped, played_plant.devices.values(), pki=pki) as seen:
            await seen.status("certificate-untrusted")


async def test_nobody_else_is_let_in(tmp_path: Path, pki: Path) -> None:
    link = furnaces(security=ENCRYPTED, user={"name": "operator", "password": "${credential:plc}"})
    played_plant = plant({"furnaces": link}, furnace(NodeSource("ns=2;s=tilt")))
    async with playing(played_plant, tmp_path) as played:
        overlaid = as_overlaid(link, played)
        assert overlaid.user is not None
        guessed = overlaid.model_copy(update={"user": overlaid.user.model_copy(update={"password": "guess"})})
        async with running(guessed, played_plant.devices.values(), pki=pki) as seen:
            await seen.status("user-refused")


async def test_a_certificate_that_was_made_anew_at_a_restart_is_trusted_through_the_overlays_file(
    tmp_path: Path, pki: Path
) -> None:
    link = furnaces(security=ENCRYPTED)
    played_plant = plant({"furnaces": link}, furnace(NodeSource("ns=2;s=tilt")))
    shown = []
    for _ in range(2):
        async with playing(played_plant, tmp_path) as played:
            overlaid = as_overlaid(link, played)
            shown.append(Path(overlaid.trusted or "").read_bytes())
            async with running(overlaid, played_plant.devices.values(), pki=pki) as seen:
                await first_good(seen)
    assert shown[0] != shown[1]


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_nodes_stand_where_the_plant_file_names_them_and_the_log_tells_what_was_served(
    tmp_path: Path, pki: Path, mode: str
) -> None:
    link = furnaces(mode=mode)
    addresses = (
        NodeSource("ns=3;s=tilt"),
        NodeSource(f"nsu={URI};i=17"),
        NodeSource(f"/3:PLC/nsu={URI};Oil/3:Temperature"),
        NodeSource(f"/3:PLC/nsu={URI};Oil/3:Pressure"),
        NodeSource("ns=3;s=channels", 0),
        NodeSource("ns=3;s=channels", 4),
    )
    oven = furnace(*addresses)
    texts = replace(
        oven,
        points=(
            *oven.points,
            point("tilt-1.mode", NodeSource("ns=3;s=mode"), datatype="string", period_s=0.1),
        ),
    )
    played_plant = plant({"furnaces": link}, texts)
    async with playing(played_plant, tmp_path) as played:
        async with running(as_overlaid(link, played), played_plant.devices.values(), pki=pki) as seen:
            await seen.until(lambda: {p.id for s in seen.scans for p in s.plan.points} == ids(texts))
            await seen.until(lambda: len(brought(seen)) >= 3 * len(texts.points))
        served = {
            (point_id, line["source_ns"][point_id]): value
            for line in played.served(lambda line: line["outcome"] == "served")
            for point_id, value in line["values"].items()
        }
        blocks = {line["block"] for line in played.served()}
    assert blocks == {"poll" if mode == "poll" else "subscription"}
    assert seen.notes == []
    for key, value in brought(seen).items():
        assert served[key] == value


def ids(oven: Device) -> set[str]:
    return {each.id for each in oven.points}


def brought(seen: Recorder) -> dict[tuple[str, int | None], object]:
    """Return every value that came, by point and source time."""
    return {
        (each.id, source_ns): value
        for scan in seen.scans
        for each, value, source_ns in zip(scan.plan.points, scan.values, scan.source_ns or (), strict=False)
    }
