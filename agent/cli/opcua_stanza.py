"""From nodes found on a server to a device as it stands in a plant file, ready to be pasted."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml
from asyncua import ua

from agent.cli import words_browse as words
from agent.commissioning.pasting import note, paste_below
from drivers.opcua.access import Access
from drivers.opcua.browse import Found, Leaf

ELEMENTS_MAX: Final = 64
"""Of an array: longer ones are tables or texts, not channels."""

_INTEGERS: Final = frozenset({"SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64"})
_DATATYPES: Final = {
    "Float": "float",
    "Double": "float",
    "Boolean": "bool",
    "String": "string",
} | dict.fromkeys(_INTEGERS, "int")
_ID_MAX: Final = 64


def stanza(device: str, access: Access, found: Sequence[Found], namespaces: Sequence[str]) -> str:
    """Return the device with a point for each variable that can be read, to be pasted below `devices:`."""
    points: dict[str, dict[str, Any]] = {}
    for node in found:
        for name, point in _points(node, namespaces):
            points[_unused(name, points)] = point
    entry = {device: {"name": device, "connection": access.connection_id, "points": points}}
    text = yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=None)
    head = (*note(paste_below("devices")), *note(words.stanza_head()))
    return "".join(f"{line}\n" for line in (*head, *(f"  {line}" for line in text.splitlines())))


def makes_point(node: Found) -> bool:
    """Return whether a node is a variable that can be read, of a type and a length that points have."""
    leaf = node.leaf
    if leaf is None or leaf.type not in _DATATYPES or "r" not in leaf.access:
        return False
    return leaf.size is None or 0 < leaf.size <= ELEMENTS_MAX


def _points(node: Found, namespaces: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    leaf = node.leaf
    if leaf is None or not makes_point(node):
        return
    address = _address(node.node, namespaces)
    name = node.path[-1].partition(":")[2]
    if leaf.size is None:
        yield name, _point(node.display, leaf, {"id": address})
    else:
        for index in range(leaf.size):
            title = f"{node.display} {index}"
            yield f"{name}-{index}", _point(title, leaf, {"id": address, "index": index})


def _point(title: str, leaf: Leaf, source: dict[str, Any]) -> dict[str, Any]:
    point: dict[str, Any] = {"name": title}
    datatype = _DATATYPES[leaf.type]
    if datatype != "float":
        point["datatype"] = datatype
    if leaf.unit:
        point["unit"] = leaf.unit
    if leaf.range is not None and datatype in ("float", "int"):
        point["range"] = list(leaf.range)
    return point | {"opcua": source}


def _address(node: ua.NodeId, namespaces: Sequence[str]) -> str:
    """Name the namespace by its URI, which a restart of the server does not change."""
    text = node.to_string()
    index = node.NamespaceIndex
    if 0 < index < len(namespaces) and ";" not in namespaces[index]:
        return f"nsu={namespaces[index]};{text.rpartition('ns=')[2].partition(';')[2]}"
    return text


def _unused(name: str, used: dict[str, dict[str, Any]]) -> str:
    """Return an id made of a name: `Tilt angle` is `tilt-angle`; a second one is `tilt-angle-2`."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name)
    plain = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[: _ID_MAX - 4].strip("-") or "point"
    number = 1
    while (candidate := plain if number == 1 else f"{plain}-{number}") in used:
        number += 1
    return candidate
