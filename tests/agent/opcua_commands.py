"""What tests of `edge-agent opcua …` need: a plant file, and what a command answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.drivers.opcua_secured import SecuredServer
from tests.drivers.opcua_server import endpoint

SECURED = "Basic256Sha256/SignAndEncrypt"
PLANT = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections:
  furnace: {opcua: {endpoint: "ENDPOINT", security: SECURITY}}
  line: {modbus-tcp: {host: 127.0.0.1}}
devices:
  tilt-1: {name: 炉, connection: furnace, points: {tilt: {name: 倾角, opcua: {id: ns=2;s=tilt}}}}
"""


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Command = Callable[..., Awaitable[Said]]


def plant_file(folder: Path, server: SecuredServer, security: str = SECURED) -> str:
    path = folder / "plant.yaml"
    text = PLANT.replace("ENDPOINT", endpoint(server.port)).replace("SECURITY", security)
    path.write_text(text, encoding="utf-8")
    return str(path)
