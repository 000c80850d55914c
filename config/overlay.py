"""Overlays: where things are, for this run only; never what they are.

An overlay moves connections and uplinks to other addresses (a simulated plant on
loopback) and may mark an uplink absent. It cannot change a limit, a period or a
device, so that what is rehearsed is what runs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from config.document import read_document
from config.fault import Findings
from config.position import Document, Layers, Loc, merge
from config.validation import choice_fields

ANY: Final = "*"

ALLOWED: Final[frozenset[Loc]] = frozenset(
    {
        ("connections", ANY, "modbus-tcp", "host"),
        ("connections", ANY, "modbus-tcp", "port"),
        ("connections", ANY, "modbus-tcp", "bind"),
        ("connections", ANY, "modbus-rtu", "port"),
        ("connections", ANY, "modbus-rtu-tcp", "host"),
        ("connections", ANY, "modbus-rtu-tcp", "port"),
        ("connections", ANY, "modbus-rtu-tcp", "bind"),
        ("connections", ANY, "modbus-dtu", "listen"),
        ("connections", ANY, "opcua", "endpoint"),
        ("connections", ANY, "opcua", "trusted"),
        ("connections", ANY, "opcua", "user", "name"),
        ("connections", ANY, "opcua", "user", "password"),
        ("connections", ANY, "opcua", "user", "certificate"),
        ("connections", ANY, "opcua", "user", "key"),
        ("uplinks", ANY, "ministry-http", "url"),
        ("uplinks", ANY, "ministry-http", "appid"),
        ("uplinks", ANY, "ministry-http", "appsecret"),
        ("uplinks", ANY, "ministry-http", "sm4", "key"),
        ("uplinks", ANY, "ministry-http", "sm4", "iv"),
        ("uplinks", ANY, "ministry-http", "tls", "ca"),
        ("uplinks", ANY, "ministry-http", "tls", "certificate"),
        ("uplinks", ANY, "ministry-http", "tls", "key"),
        ("uplinks", ANY, "ministry-http", "proxy"),
        ("uplinks", ANY, "ministry-http", "source"),
        ("uplinks", ANY, "ministry-http", "second"),
        ("uplinks", ANY, "mqtt", "host"),
        ("uplinks", ANY, "mqtt", "port"),
        ("uplinks", ANY, "mqtt", "tls"),
        ("uplinks", ANY, "mqtt", "tls", "ca"),
        ("uplinks", ANY, "mqtt", "username"),
        ("uplinks", ANY, "mqtt", "password"),
        ("uplinks", ANY, "mqtt", "source"),
        ("uplinks", ANY, "mqtt", "second"),
        ("uplinks", ANY, "hj212", "host"),
        ("uplinks", ANY, "hj212", "port"),
        ("uplinks", ANY, "hj212", "password"),
        ("uplinks", ANY, "hj212", "source"),
        ("uplinks", ANY, "hj212", "second"),
        ("uplinks", ANY, "absent"),
        ("console", "listen"),
    }
)


def lay_over(plant: Document, overlays: Sequence[Path], findings: Findings) -> Layers:
    """Return the plant file with the overlays laid over it, later ones winning.

    What an overlay may not say is told at its place and left out.
    """
    layers: list[tuple[Document, Loc]] = [(plant, ())]
    data = plant.data
    for path in overlays:
        document = read_document(path, findings)
        if document is None or document.data is None:
            continue
        allowed = _allowed_part(document.data, plant.data, (), document, findings)
        layers.append((document, ()))
        data = merge(data, allowed)
    return Layers(layers, data)


def _allowed_part(data: object, plant: object, loc: Loc, overlay: Document, findings: Findings) -> object:
    """Return `data` less what is not allowed; `plant` is what the plant file says at `loc`."""
    if not isinstance(data, dict):
        return data
    kept: dict[str, object] = {}
    for key, value in data.items():
        below = (*loc, key)
        written = plant.get(key) if isinstance(plant, dict) else None
        is_known = _exists_or_may_be_added(below, written) and _is_way(below)
        if is_known and (isinstance(value, dict) or _pattern(below) in ALLOWED):
            kept[key] = _allowed_part(value, written, below, overlay, findings)
        else:
            _tell(below, plant, overlay, findings)
    return kept


def _tell(loc: Loc, plant: object, overlay: Document, findings: Findings) -> None:
    place = overlay.find(loc, at_key=True)[1]
    if len(loc) == 2 and loc[0] in ("connections", "uplinks"):
        suffix, fields = choice_fields(loc[1], plant if isinstance(plant, dict) else ())
        findings.fault(place, "overlay-id-unknown" + suffix, id=loc[1], **fields)
    elif len(loc) == 3 and _is_way(loc):
        findings.fault(place, "overlay-other-protocol", id=loc[1], key=loc[2])
    else:
        depth = len(loc) - 1
        known = {str(way[depth]) for way in ALLOWED if len(way) > depth and _leads(way, loc[:-1])}
        findings.fault(place, "overlay-not-allowed", key=loc[-1], known=tuple(sorted(known)))


def _exists_or_may_be_added(loc: Loc, written: object) -> bool:
    """Ids and protocols must stand in the plant file; what lies below them may be added."""
    is_given = written is not None
    return is_given or len(loc) not in (2, 3) or loc[0] == "console" or loc[-1] == "absent"


def _is_way(loc: Loc) -> bool:
    return any(_leads(way, loc) for way in ALLOWED)


def _leads(way: Loc, loc: Loc) -> bool:
    return len(way) >= len(loc) and all(a in (ANY, b) for a, b in zip(way, loc, strict=False))


def _pattern(loc: Loc) -> Loc:
    """Return `loc` with the id replaced by ANY, as it stands in ALLOWED."""
    if len(loc) > 1 and loc[0] in ("connections", "uplinks"):
        return (loc[0], ANY, *loc[2:])
    return loc
