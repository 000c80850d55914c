"""The stanza is put through every check that a plant file goes through, before anybody sees it.

So that what `points import` writes is what `check` accepts. A fault that only
these checks find (a limit outside its range, say) is told at the row it comes from.
"""

from pathlib import Path
from typing import Final

from agent.commissioning.stanza import Line, Stanza
from config.document import parse_document, read_document
from config.fault import Fault, Findings, Place
from config.library import SITE_PROFILES, Library
from config.plant import PlantEntry
from config.position import Document, Layers, merge
from config.resolve import Resolver
from config.validation import validate

_NAME: Final = "stanza.yaml"
_STUB: Final = 'plant: {id: X, name: X, region: "000000"}\nconnections: {%s}\n'


def prove(stanza: Stanza, plant: Path | None, findings: Findings) -> None:
    """Tell what `check` would say of the stanza: in `plant` where one is given, else by itself."""
    found = Findings()
    whole = read_document(plant, found) if plant else _stub(stanza, found)
    part = parse_document(stanza.text, _NAME, found)
    if whole is not None and part is not None:
        _tell_known_devices(stanza, whole, plant, findings)
        source = Layers([(whole, ()), (part, ())], merge(whole.data, part.data))
        entry = validate(PlantEntry, source, found)
        if entry is not None:
            Resolver(entry, source, Library((SITE_PROFILES,), found), found).plant(plant or Path(_NAME), "")
    told = {(fault.place.file, fault.place.line) for fault in findings.faults}
    for fault in found.faults:
        row = _row_of(fault, stanza.lines)
        if (row.file, row.line) not in told:  # what the table's own faults bring about is no news
            findings.fault(row, fault.code, **fault.fields)


def _stub(stanza: Stanza, findings: Findings) -> Document | None:
    by_node = dict.fromkeys(stanza.node_connections, "{opcua: {endpoint: 'opc.tcp://x'}}")
    stubs = (f"{id_}: {by_node.get(id_, '{modbus-tcp: {host: x}}')}" for id_ in stanza.uses)
    return parse_document(_STUB % ", ".join(stubs), _NAME, findings)


def _tell_known_devices(stanza: Stanza, whole: Document, plant: Path | None, findings: Findings) -> None:
    devices = whole.data.get("devices") if isinstance(whole.data, dict) else None
    for id_ in stanza.devices:
        if isinstance(devices, dict) and id_ in devices:
            line = next(line for line in stanza.lines if line.text == f"  {id_}:")
            findings.fault(line.row or Place(_NAME), "table-device-known", device=id_, plant=str(plant))


def _row_of(fault: Fault, lines: tuple[Line, ...]) -> Place:
    """Return the row that a fault comes from; one between two devices names points, and stands at neither."""
    places = {line.point: line.row for line in lines if line.point}
    for point in (fault.fields.get("second_point"), fault.fields.get("first_point")):
        if isinstance(point, str) and (row := places.get(point)) is not None:
            return row
    place = fault.place
    if place.file != _NAME or place.line > len(lines):
        return place
    return lines[place.line - 1].row or place
