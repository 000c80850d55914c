"""What can be wrong with a layout: every kind has its word or its reason, every text names a place."""

from collections.abc import Mapping
from typing import Final

from config.fault import Findings
from config.layout import LayoutFile
from config.layout_words import ALWAYS, FORMATS, ITEMS, KINDS, LIST, WORDS_OF
from config.position import Layers, Loc
from config.validation import choice_fields

FORMS: Final = ("$from", "$format", "$look_up", "$otherwise", "$map", "$to", "$value")
HJ212_KINDS: Final = ("reading", "backfill", "heartbeat")


def check_layout(layout: LayoutFile, source: Layers, findings: Findings) -> None:
    """Tell every fault of a layout, at its place in its own file."""
    checker = _Checker(layout, source, findings)
    checker.kinds()
    if layout.format == "hj212":
        checker.hj212()
    else:
        checker.templates()


class _Checker:
    """Goes through one layout."""

    def __init__(self, layout: LayoutFile, source: Layers, findings: Findings) -> None:
        self._layout = layout
        self._source = source
        self._findings = findings

    def kinds(self) -> None:
        """Each kind is in `kinds` or in `left_out`: what a platform does not see is said, never forgotten."""
        for section in ("kinds", "left_out"):
            for kind in getattr(self._layout, section):
                if kind not in KINDS:
                    suffix, fields = choice_fields(kind, KINDS)
                    self._tell_key((section, kind), "layout-kind-unknown" + suffix, kind=kind, **fields)
        lacking = [k for k in KINDS if k not in self._layout.kinds and k not in self._layout.left_out]
        if lacking:
            self._tell_key(("kinds",), "layout-kinds-lacking", kinds=tuple(lacking))
        for kind in self._layout.left_out:
            if kind in self._layout.kinds:
                self._tell_key(("left_out", kind), "layout-kind-twice", kind=kind)

    def hj212(self) -> None:
        """HJ 212 has its own shape: only its words can be chosen."""
        for kind in self._layout.kinds:
            if kind not in HJ212_KINDS:
                self._tell_key(("kinds", kind), "layout-hj212-kind", kind=kind, known=HJ212_KINDS)
        if self._layout.body:
            self._tell_key(("body",), "layout-hj212-body")
        for kind, entry in self._layout.kinds.items():
            if entry.body is not None:
                self._tell_key(("kinds", kind, "body"), "layout-hj212-body")
        if self._layout.pending is not None:
            self._tell_key(("pending",), "layout-hj212-pending")

    def templates(self) -> None:
        """Check the common template, and those that kinds have of their own."""
        self._object(self._layout.body, ("body",), ALWAYS)
        for kind, entry in self._layout.kinds.items():
            if entry.body is not None:
                self._object(entry.body, ("kinds", kind, "body"), ALWAYS)
            elif not self._layout.body:
                self._tell_key(("kinds", kind), "layout-body-missing", kind=kind)
        if self._layout.pending is not None:
            self._object(self._layout.pending.query.body, ("pending", "query", "body"), ALWAYS)

    def _node(self, node: object, loc: Loc, places: Mapping[str, str]) -> None:
        if isinstance(node, str):
            self._place(node, loc, places)
        elif isinstance(node, dict):
            if any(key.startswith("$") for key in node):
                self._form(node, loc, places)
            else:
                self._object(node, loc, places)
        elif isinstance(node, list):
            for index, item in enumerate(node):
                self._node(item, (*loc, index), places)

    def _object(self, node: Mapping[str, object], loc: Loc, places: Mapping[str, str]) -> None:
        for key, value in node.items():
            self._node(value, (*loc, key), places)

    def _form(self, node: Mapping[str, object], loc: Loc, places: Mapping[str, str]) -> None:
        for key in node:
            if key not in FORMS:
                suffix, fields = choice_fields(key, FORMS)
                self._tell_key((*loc, key), "layout-form-unknown" + suffix, key=key, **fields)
                return
        if "$map" in node:
            self._map(node, loc, places)
        elif "$from" in node:
            self._from(node, loc, places)
        elif set(node) != {"$value"}:
            self._tell(loc, "layout-form-incomplete")

    def _map(self, node: Mapping[str, object], loc: Loc, places: Mapping[str, str]) -> None:
        name = node["$map"]
        if set(node) != {"$map", "$to"}:
            self._tell(loc, "layout-map-incomplete")
        elif not isinstance(name, str) or places.get(name) != LIST:
            lists = [place for place, kind in places.items() if kind == LIST]
            suffix, fields = choice_fields(name, lists)
            self._tell((*loc, "$map"), "layout-list-unknown" + suffix, list=name, **fields)
        else:
            self._node(node["$to"], (*loc, "$to"), {**places, **ITEMS[name]})

    def _from(self, node: Mapping[str, object], loc: Loc, places: Mapping[str, str]) -> None:
        name = node["$from"]
        if "$value" in node or "$to" in node:
            self._tell(loc, "layout-form-incomplete")
        elif not isinstance(name, str):
            self._tell((*loc, "$from"), "layout-place-expected")
        elif self._place(name, (*loc, "$from"), places):
            self._format(node, name, loc, FORMATS[places[name]])
            self._table(node, name, loc)

    def _place(self, name: str, loc: Loc, places: Mapping[str, str]) -> bool:
        if places.get(name) == LIST:
            self._tell(loc, "layout-place-is-list", name=name)
        elif name not in places:
            suffix, fields = choice_fields(name, places)
            self._tell(loc, "layout-place-unknown" + suffix, name=name, **fields)
        return places.get(name, LIST) != LIST

    def _format(self, node: Mapping[str, object], name: str, loc: Loc, fitting: tuple[str, ...]) -> None:
        if "$format" not in node or node["$format"] in fitting:
            return
        suffix, fields = choice_fields(node["$format"], fitting)
        code = "layout-format-unknown" + suffix if fitting else "layout-format-none"
        self._tell((*loc, "$format"), code, format=node["$format"], name=name, **fields)

    def _table(self, node: Mapping[str, object], name: str, loc: Loc) -> None:
        if "$look_up" not in node:
            if "$otherwise" in node:
                self._tell((*loc, "$otherwise"), "layout-form-incomplete")
            return
        table = self._layout.look_up.get(str(node["$look_up"]))
        if table is None:
            suffix, fields = choice_fields(node["$look_up"], self._layout.look_up)
            self._tell((*loc, "$look_up"), "layout-table-unknown" + suffix, table=node["$look_up"], **fields)
        elif "$otherwise" not in node and (lacking := [w for w in WORDS_OF.get(name, ()) if w not in table]):
            table_name = str(node["$look_up"])
            self._tell_key(("look_up", table_name), "layout-table-lacks", words=tuple(lacking))

    def _tell(self, loc: Loc, code: str, **fields: object) -> None:
        self._findings.fault(self._source.place(*loc), code, **fields)

    def _tell_key(self, loc: Loc, code: str, **fields: object) -> None:
        self._findings.fault(self._source.place(*loc, at_key=True), code, **fields)
