"""Warnings: what does not keep a plant from starting, and should be known before it does."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Final

from config.approvals import judge_approvals
from config.credential import MissingCredential, references, resolve
from config.fault import Findings
from config.gates import advise_gates
from config.judged import judge
from config.lacking import advise_lacking
from config.modbus_link import ModbusDtu, ModbusRtu
from config.model import Device, Plant
from config.opcua_check import advise_opcua
from config.policy import advise_policies
from config.position import Layers
from config.rate import advise_rates
from config.unseen import advise_unseen
from config.unwitnessed import advise_unwitnessed
from config.uplink_check import advise_layouts, advise_secrets

_THIS_MACHINE: Final = ("127.0.0.1", "::1", "localhost")
_NUMBERED_PORT: Final = re.compile(r"^/dev/tty\w*(USB|ACM)\d+$")
"""Numbered in the order of plugging in; makers' own drivers have names like ttyXRUSB0, ttyCH343USB0."""


def advise(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of what the files alone show."""
    _connections(plant, source, findings)
    advise_opcua(plant, source, findings)
    _profiles(plant, source, findings)
    _same_tags(plant, source, findings)
    _uplinks(plant, source, findings)
    advise_layouts(plant, source, findings)
    advise_unseen(plant, source, findings)
    advise_policies(plant, source, findings)
    advise_rates(plant, source, findings)
    advise_lacking(plant, source, findings)
    advise_gates(plant, source, findings)
    advise_unwitnessed(plant, source, findings)


def _connections(plant: Plant, source: Layers, findings: Findings) -> None:
    for id_, connection in plant.connections.items():
        if isinstance(connection, ModbusRtu) and _NUMBERED_PORT.match(connection.port):
            place = source.place("connections", id_, "modbus-rtu", "port")
            findings.warn(place, "port-numbered", port=connection.port)
        elif isinstance(connection, ModbusDtu) and _takes_anybody(connection):
            place = source.place("connections", id_, "modbus-dtu", at_key=True)
            findings.warn(place, "dtu-unregistered", listen=connection.listen)


def _takes_anybody(dtu: ModbusDtu) -> bool:
    return dtu.registration is None and dtu.address[0] not in _THIS_MACHINE


def advise_today(
    plant: Plant, source: Layers, findings: Findings, *, environ: Mapping[str, str], today: date
) -> None:
    """Tell what this machine lacks (credentials) and what has run out by `today`.

    An approval that ran out is a fault, but here only: the agent starts all the same, and raises an alarm.
    """
    for section, suffix in (("connections", "-connection"), ("uplinks", "")):
        entries = source.data.get(section) if isinstance(source.data, dict) else None
        for loc, template in references(entries, (section,)):
            try:
                resolve(template, environ)
            except MissingCredential as missing:
                findings.warn(source.place(*loc), f"{missing.kind}-missing{suffix}", name=missing.name)
    advise_secrets(plant, source, findings, environ=environ)
    judge_approvals(plant, source, findings, today=today)
    judge(plant, source, findings)
    for device in plant.devices.values():
        if device.calibration_is_due(today):
            place = source.place("devices", device.id, "calibration_due")
            findings.warn(place, "calibration-overdue", device=device.id, due=device.calibration_due)


def _profiles(plant: Plant, source: Layers, findings: Findings) -> None:
    used: dict[str, list[Device]] = {}
    for device in plant.devices.values():
        if device.profile is not None:
            used.setdefault(device.profile, []).append(device)
    for profile, devices in used.items():
        place = source.place("devices", devices[0].id, "profile")
        fields: dict[str, object] = {"profile": profile, "devices": tuple(device.id for device in devices)}
        if not devices[0].verified:
            findings.warn(place, "profile-unverified", **fields)
        if (caveat := devices[0].caveat) is not None:
            findings.warn(place, "profile-caveat", **fields, caveat=asdict(caveat))


def _uplinks(plant: Plant, source: Layers, findings: Findings) -> None:
    for id_, uplink in plant.uplinks.items():
        if uplink.mqtt is None:
            continue
        if uplink.mqtt.tls is None and uplink.mqtt.host not in _THIS_MACHINE:
            findings.warn(source.place("uplinks", id_, "mqtt"), "mqtt-plain", host=uplink.mqtt.host)
        if uplink.mqtt.version == "3.1.1":
            findings.warn(source.place("uplinks", id_, "mqtt", "version"), "mqtt-refusals-unseen")


def _same_tags(plant: Plant, source: Layers, findings: Findings) -> None:
    first: dict[str, str] = {}
    for device in plant.devices.values():
        if device.tag is not None and (other := first.setdefault(device.tag, device.id)) != device.id:
            place = source.place("devices", device.id, "tag")
            findings.warn(place, "tag-twice", tag=device.tag, other=other)
