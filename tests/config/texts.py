"""Plant files as text, for tests that need no fixture."""

from pathlib import Path
from textwrap import dedent

from config.fault import Fault, InvalidPlant
from config.load import load_plant
from config.model import Plant

HEAD = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections:
  line: {modbus-rtu: {port: /dev/serial/by-id/usb-a}}
  plc: {modbus-tcp: {host: 192.168.1.2}}
  ua: {opcua: {endpoint: "opc.tcp://192.168.1.3:4840"}}
"""
CO = "  co-1: {name: 探头, profile: gas-detector/co, connection: line, unit: 1, standard: GB 6222}\n"


def write(folder: Path, body: str = "devices:\n" + CO, *, name: str = "plant.yaml", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + dedent(body), encoding="utf-8")
    return path


def load(folder: Path, body: str = "devices:\n" + CO) -> Plant:
    return load_plant(write(folder, body), profile_dirs=())


def faults_of(
    path: Path, *, overlays: tuple[Path, ...] = (), profile_dirs: tuple[Path, ...] = ()
) -> list[Fault]:
    try:
        load_plant(path, overlays=overlays, profile_dirs=profile_dirs)
    except InvalidPlant as invalid:
        return list(invalid.faults)
    return []


def codes(faults: list[Fault]) -> list[str]:
    return [fault.code for fault in faults]
