"""What is to be known of a plant's OPC UA connections: files they name, and what `check` warns of."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from config.connection import Connection
from config.fault import Findings
from config.model import Plant
from config.opcua_link import OpcUa
from config.position import Layers
from config.source import NodeSource

FILES: Final = (("trusted",), ("user", "certificate"))
"""Keys that name a file beside the plant file."""


def locate_files(
    connections: Mapping[str, Connection], folder: Path, source: Layers, findings: Findings
) -> dict[str, Connection]:
    """Return the connections with their files' whole paths; a file that is not there is a fault."""
    return {
        id_: _located(id_, settings, folder, source, findings) if isinstance(settings, OpcUa) else settings
        for id_, settings in connections.items()
    }


def _located(id_: str, settings: OpcUa, folder: Path, source: Layers, findings: Findings) -> OpcUa:
    def located(name: str, *way: str) -> str:
        path = folder / name
        if not path.is_file():
            place = source.place("connections", id_, "opcua", *way)
            findings.fault(place, "certificate-file-missing", file=str(path))
        return str(path)

    changes: dict[str, object] = {}
    if settings.trusted is not None:
        changes["trusted"] = located(settings.trusted, "trusted")
    user = settings.user
    if user is not None and user.certificate is not None:
        certificate = located(user.certificate, "user", "certificate")
        changes["user"] = user.model_copy(update={"certificate": certificate})
    return settings.model_copy(update=changes)


def advise_opcua(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of values that travel unprotected, and of deadbands that are wider than a limit allows."""
    for id_, settings in plant.connections.items():
        if isinstance(settings, OpcUa) and plant.devices_on(id_):
            if not settings.is_secured and not _is_this_machine(settings.endpoint):
                place = source.place("connections", id_, "opcua")
                findings.warn(place, "opcua-plain", endpoint=settings.endpoint)
            if settings.mode == "subscribe":
                _deadbands(plant, id_, source, findings)


def _is_this_machine(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _deadbands(plant: Plant, connection_id: str, source: Layers, findings: Findings) -> None:
    """A value may stand beyond its limit by as much as the deadband, and nobody is told."""
    for device in plant.devices_on(connection_id):
        for rule in device.rules:
            node = rule.point.source
            deadband = node.deadband if isinstance(node, NodeSource) else None
            if deadband is not None and deadband > rule.deadband:
                place = source.place("devices", device.id, at_key=True)
                findings.warn(
                    place,
                    "deadband-hides-limit",
                    rule=rule.id,
                    deadband=deadband,
                    own=rule.deadband,
                    limit=rule.limit,
                    unit=rule.point.unit,
                )
