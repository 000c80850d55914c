"""What a probe has found as stanzas to be pasted into a plant file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from agent.commissioning.flow import flow
from config.modbus_link import Modbus, ModbusRtu, ModbusRtuTcp, ModbusTcp

BY_ID: Final = Path("/dev/serial/by-id")
_KINDS: Final = {ModbusTcp: "modbus-tcp", ModbusRtu: "modbus-rtu", ModbusRtuTcp: "modbus-rtu-tcp"}


def connection_stanza(settings: Modbus, unit_ids: Iterable[int], *, by_id: Path = BY_ID) -> str:
    """Return `connections:` with one connection, only what differs from the defaults, and its units."""
    said = settings.model_dump(exclude_defaults=True, exclude={"timeout"})
    if isinstance(settings, ModbusRtu):
        # Speed and parity are said even where they are the default: they are what was looked for.
        sure = {"port": lasting_name(settings.port, by_id), "baudrate": settings.baudrate}
        said = {**sure, "parity": settings.parity, **{key: said[key] for key in said.keys() - {"port"}}}
    name = "line" if isinstance(settings, ModbusRtu) else "plc"
    units = ", ".join(map(str, unit_ids))
    comment = f"  # 站号 / units: {units}" if units else ""
    entry: Mapping[str, object] = {_KINDS[type(settings)]: said}
    return f"connections:\n  {name}: {flow(entry)}{comment}\n"


def lasting_name(port: str, by_id: Path = BY_ID) -> str:
    """Return the name under which a port is found again after the adapter was pulled, if it has one."""
    if not by_id.is_dir():
        return port
    same = [link for link in sorted(by_id.iterdir()) if link.resolve() == Path(port).resolve()]
    return str(same[0]) if same else port
