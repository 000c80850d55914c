"""The last column of an exported table, `其他(YAML)`: see export_extra.py for its three parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.document import parse_document
from config.fault import Findings, Objection


@dataclass(frozen=True, slots=True)
class Extra:
    """What a row says beside its columns, in the grammar of the plant file."""

    point: Mapping[str, object] = field(default_factory=dict)
    limits: Mapping[str, object] = field(default_factory=dict)  # kind of limit → its settings
    device: Mapping[str, object] = field(default_factory=dict)


def read_extra(text: str) -> Extra:
    """Return what the cell says. Raises Objection where it, or a part of it, is no mapping."""
    findings = Findings()
    document = parse_document(text, "", findings)
    if document is None or findings.faults:
        raise Objection("table-extra-unreadable")
    point = _mapping(document.data)
    limits, device = (_mapping(point.pop(key, {})) for key in ("rules", "device"))
    return Extra(point, limits, device)


def _mapping(data: object) -> dict[str, object]:
    if not isinstance(data, dict):
        raise Objection("table-extra-unreadable")
    return data
