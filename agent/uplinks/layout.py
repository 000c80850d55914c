"""A layout at work: its templates compiled once to closures, then one call per message.

What can be wrong with a layout was found when the plant file was checked
(config/layout_check.py); nothing here can fail but by our own mistake.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from agent.uplinks.content import Content
from agent.uplinks.places import LISTS, Sender, Take, Told, item_places, message_places
from agent.uplinks.uplink import Kind
from config.layout import LayoutFile, LayoutLimits
from config.model import Plant

Render = Callable[[Content], bytes | None]
"""Renders a message; None where the platform has no words for what it says."""

Query = Callable[[Content, str | None], bytes]
"""Renders the question for the result of a message, with the platform's receipt if it gave one."""

_SECONDS_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Layout:
    """How messages read on one platform, and what it takes at most."""

    render: Render
    kinds: frozenset[Kind]
    limits: LayoutLimits
    code: Callable[[str], str | None]  # point → the platform's code, or the point's own id
    query: Query | None = None  # where results come later


def sender_of(plant: Plant, name: str) -> Sender:
    """Return who reports over the uplink `name`."""
    codes = plant.codes.get(name, {})
    return Sender(plant.id, {"zh": plant.name.zh, "en": plant.name.en}, plant.region, plant.id, codes)


def json_layout(file: LayoutFile, sender: Sender, zone: ZoneInfo) -> Layout:
    """Return the layout that a file describes."""
    compiler = _Compiler(file, sender, zone)
    takes: dict[Kind, tuple[str, Take]] = {}
    for name, entry in file.kinds.items():
        body = file.body if entry.body is None else entry.body
        takes[Kind(name)] = (entry.word, compiler.node(body))

    def render(content: Content) -> bytes | None:
        found = takes.get(content.kind)
        if found is None:
            return None
        word, take = found
        return orjson.dumps(take(Told(content, word)))

    query = None if file.pending is None else _query(compiler.node(file.pending.query.body), takes)
    return Layout(render, frozenset(takes), file.limits, sender.code, query)


def _query(take: Take, takes: Mapping[Kind, tuple[str, Take]]) -> Query:
    def render(content: Content, receipt: str | None) -> bytes:
        return orjson.dumps(take(Told(content, takes[content.kind][0], receipt)))

    return render


class _Compiler:
    """Makes closures of templates."""

    def __init__(self, file: LayoutFile, sender: Sender, zone: ZoneInfo) -> None:
        self._tables = file.look_up
        self._places = message_places(sender) | item_places(sender)
        self._formats = _formats(zone)

    def node(self, node: object) -> Take:
        """Return what takes the value of a template's node out of a message or an item."""
        if isinstance(node, str):
            return self._places[node]
        if isinstance(node, list):
            items = [self.node(item) for item in node]
            return lambda told: [take(told) for take in items]
        if not isinstance(node, dict):
            return lambda _: node
        return self._form(node) if any(key.startswith("$") for key in node) else self._object(node)

    def _object(self, node: Mapping[str, object]) -> Take:
        fields = [(key, self.node(value)) for key, value in node.items()]
        return lambda told: {key: take(told) for key, take in fields}

    def _form(self, node: Mapping[str, Any]) -> Take:
        if "$value" in node:
            constant = node["$value"]
            return lambda _: constant
        if "$map" in node:
            items, take = LISTS[node["$map"]], self.node(node["$to"])
            return lambda told: [take(item) for item in items(told)]
        take = self._places[node["$from"]]
        if "$look_up" in node:
            return _looked_up(take, self._tables[node["$look_up"]], node)
        if "$format" in node:
            return _formatted(take, self._formats[node["$format"]])
        return take


def _looked_up(take: Take, table: Mapping[str, object], node: Mapping[str, object]) -> Take:
    """A word that the table lacks goes as `$otherwise`, else as it is."""
    otherwise = node.get("$otherwise")

    def look(told: object) -> object:
        word = take(told)
        return table.get(str(word), word if otherwise is None else otherwise)

    return look


def _formatted(take: Take, write: Callable[[Any], object]) -> Take:
    def written(told: object) -> object:
        value = take(told)
        return None if value is None else write(value)

    return written


def _formats(zone: tzinfo) -> Mapping[str, Callable[[Any], object]]:
    """Return every format of config/layout_words.py; None is never written."""
    iso, short, plain = (
        _local(zone, form) for form in ("%Y-%m-%dT%H:%M:%S%z", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S")
    )
    utc = _local(UTC, "%Y-%m-%dT%H:%M:%S")
    return {
        "unix-s": lambda ns: ns // 10**9,
        "unix-ms": lambda ns: ns // 10**6,
        "unix-ns": lambda ns: ns,
        "iso": lambda ns: iso(ns // 10**9),
        "iso-utc": lambda ns: f"{utc(ns // 10**9)}.{_ms(ns)}Z",
        "yyyyMMddHHmmss": lambda ns: short(ns // 10**9),
        "yyyyMMddHHmmssSSS": lambda ns: short(ns // 10**9) + _ms(ns),
        "yyyy-MM-dd HH:mm:ss": lambda ns: plain(ns // 10**9),
        "yyyy-MM-dd HH:mm:ss.SSS": lambda ns: f"{plain(ns // 10**9)}.{_ms(ns)}",
        "text": _text,
        "whole": round,
        "0-1": int,
        **{f"decimals-{digits}": _rounded(digits) for digits in (1, 2, 3, 4, 6)},
    }


def _local(zone: tzinfo, form: str) -> Callable[[int], str]:
    @lru_cache(_SECONDS_KEPT)  # the readings of one scan share their second
    def write(second: int) -> str:
        return datetime.fromtimestamp(second, zone).strftime(form)

    return write


def _ms(ns: int) -> str:
    return f"{ns // 10**6 % 1000:03d}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _rounded(digits: int) -> Callable[[float], float]:
    return lambda value: round(value, digits)
