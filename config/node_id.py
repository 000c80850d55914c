"""How a node of an OPC UA server is named in a plant file: by node id, or by browse path.

Node ids (OPC 10000-6, 5.3.1.10): `ns=2;s=furnace.tilt`, or with the namespace's
URI, `nsu=http://plant.example/ua;s=furnace.tilt`: indices may change whenever the
server restarts, URIs do not. Identifiers: `i=` a number, `s=` a text, `g=` a GUID,
`b=` base64.

Browse paths begin at the Objects folder: `/2:Furnace/2:Tilt`, or with URIs,
`/nsu=http://plant.example/ua;Furnace/…`. A slash or ampersand inside a name is
written `&/` or `&&`.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from config.fault import Objection

NAMESPACE_MAX: Final = 65_535
NUMBER_MAX: Final = 2**32 - 1
LENGTH_MAX: Final = 4096
"""Characters of a text identifier: OPC 10000-3, 8.2.4."""

_NODE_ID: Final = re.compile(r"^(?:(?:ns=(?P<index>\d+)|nsu=(?P<uri>[^;]+));)?(?P<kind>[isgb])=(?P<id>.+)$")
_SEGMENT: Final = re.compile(r"(?:nsu=(?P<uri>[^;]+);|(?P<index>\d+):)?(?P<name>(?:&.|[^/&])+)(?:/|$)")
_ESCAPED: Final = re.compile(r"&(.)")

Namespace = int | str
"""An index, or a URI."""


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node id; `identifier` is an int, a text, a UUID or bytes."""

    namespace: Namespace
    identifier: int | str | UUID | bytes


@dataclass(frozen=True, slots=True)
class BrowsePath:
    """The names that lead from the Objects folder to a node, each with its namespace."""

    segments: tuple[tuple[Namespace, str], ...]


NodeAddress = NodeName | BrowsePath


def parse_address(text: str) -> NodeAddress:
    """Return the node that `text` names: a browse path if it begins with a slash, else a node id.

    Raises Objection (a ValueError).
    """
    return parse_path(text) if text.startswith("/") else parse_node_id(text)


def parse_node_id(text: str) -> NodeName:
    """Return the node id that `text` is. Raises Objection: `node-id-wrong`."""
    match = _NODE_ID.match(text)
    if match is None:
        raise Objection("node-id-wrong", value=text)
    index = int(match["index"] or 0)
    identifier = _identifier(match["kind"], match["id"])
    if index > NAMESPACE_MAX or identifier is None:
        raise Objection("node-id-wrong", value=text)
    return NodeName(match["uri"] or index, identifier)


def parse_path(text: str, namespace: Namespace = 0) -> BrowsePath:
    """Return the browse path that `text` is; `namespace` holds for names that state none.

    A leading slash and the name of the Objects folder may be left out.
    Raises Objection: `browse-path-wrong`.
    """
    rest = text.removeprefix("/")
    rest = re.sub(r"^(0:)?Objects(/|$)", "", rest)
    segments: list[tuple[Namespace, str]] = []
    position, ends_with_slash = 0, False
    while position < len(rest):
        match = _SEGMENT.match(rest, position)
        if match is None or int(match["index"] or 0) > NAMESPACE_MAX:
            raise Objection("browse-path-wrong", value=text)
        index = namespace if match["index"] is None else int(match["index"])
        segments.append((match["uri"] or index, _ESCAPED.sub(r"\1", match["name"])))
        position, ends_with_slash = match.end(), match.end() > match.end("name")
    if not segments or ends_with_slash:
        raise Objection("browse-path-wrong", value=text)
    return BrowsePath(tuple(segments))


def write_path(path: BrowsePath) -> str:
    """Return the text of a browse path, which `parse_address` reads again."""
    return "".join(f"/{_written(namespace)}{_escape(name)}" for namespace, name in path.segments)


def _written(namespace: Namespace) -> str:
    return f"{namespace}:" if isinstance(namespace, int) else f"nsu={namespace};"


def _escape(name: str) -> str:
    return re.sub(r"[&/]", r"&\g<0>", name)


def _identifier(kind: str, text: str) -> int | str | UUID | bytes | None:
    """Return the identifier; None if `text` is none of its kind."""
    try:
        match kind:
            case "i":
                number = int(text) if text.isdecimal() else NUMBER_MAX + 1
                return number if number <= NUMBER_MAX else None
            case "g":
                return UUID(text)
            case "b":
                return base64.b64decode(text, validate=True)
            case _:
                return text if len(text) <= LENGTH_MAX else None
    except (ValueError, binascii.Error):
        return None
