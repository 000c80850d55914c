"""Reads one YAML file into a `Document`; what is wrong with the text itself is found here.

YAML 1.2's core rules are used rather than YAML 1.1's, because 1.1 reads `012` as
ten, `12:30` as 750 and `on` as true: a unit number or a name would change
silently. Duplicate keys, which YAML readers accept silently, are faults.

Limits: a file is at most FILE_BYTES_MAX long and, its aliases written out, has at
most NODES_MAX nodes (a few lines of nested aliases can stand for billions), nested
at most DEPTH_MAX deep. A whole number has at most DIGITS_MAX digits.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

import yaml

from config.fault import Findings, Place
from config.position import MERGE_TAG, Document, children

FILE_BYTES_MAX: Final = 8_000_000
NODES_MAX: Final = 500_000
DEPTH_MAX: Final = 50
DIGITS_MAX: Final = 18  # beyond, it is text, and the model says what it wanted there

_TAG: Final = "tag:yaml.org,2002:"
_RESOLVERS: Final = (
    ("null", r"^(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", tuple("tTfF")),
    ("int", r"^[-+]?[0-9]+$|^0x[0-9a-fA-F]+$", tuple("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", tuple("-+.0123456789")),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", tuple("0123456789")),
    ("merge", r"^<<$", ("<",)),
)
_GLUED: Final = re.compile(r"^\s*[A-Za-z0-9_-]+:(?=[^\s:/])")
_FULL_WIDTH: Final = {"：": ":", "，": ",", "｛": "{", "｝": "}", "【": "[", "】": "]", "　": " "}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The C parser where the wheel has it (six times faster), with YAML 1.2's scalars."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _name, _pattern, _first in _RESOLVERS:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), list(_first))


def read_document(path: Path, findings: Findings) -> Document | None:
    """Read a YAML file; None if it could not be read at all, with the fault in `findings`."""
    text = _read_text(path, findings)
    return None if text is None else parse_document(text, str(path), findings)


def parse_document(text: str, file: str, findings: Findings) -> Document | None:
    """Read YAML text; `file` is only its name. None if the text is no YAML."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    text = text.removeprefix("\ufeff")
    try:
        if place := _too_deep(text, file):
            findings.fault(place, "yaml-too-deep", most=DEPTH_MAX)
            return None
        root = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        _tell_syntax(text, file, error, findings)
        return None
    except yaml.reader.ReaderError as error:
        place = _place_of(text, error.position, file)
        findings.fault(place, "yaml-character", character=hex(error.character))
        return None
    return Document(file, root, _Builder(file, findings).build(root), sha256)


def _too_deep(text: str, file: str) -> Place | None:
    """Return where nesting goes beyond DEPTH_MAX. Composing recurses in C, without a guard of its own."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX and event.start_mark is not None:
                return Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _read_text(path: Path, findings: Findings) -> str | None:
    place = Place(str(path))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        findings.fault(place, "file-missing")
    except IsADirectoryError:
        findings.fault(place, "file-is-folder")
    except OSError as error:
        findings.fault(place, "file-unreadable", reason=error.strerror)
    else:
        if len(raw) > FILE_BYTES_MAX:
            findings.fault(place, "file-too-large", megabytes=FILE_BYTES_MAX // 10**6)
            return None
        return _decode(raw, place, findings)
    return None


def _decode(raw: bytes, place: Place, findings: Findings) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        findings.fault(Place(place.file, line, column), "not-utf-8")
        return None


def _tell_syntax(text: str, file: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    lines = text.splitlines()
    tabs = [(n, line) for n, line in enumerate(lines, 1) if "\t" in line[: len(line) - len(line.lstrip())]]
    for number, line in tabs:
        findings.fault(Place(file, number, line.index("\t") + 1), "yaml-tab")
    if tabs:
        return
    mark = error.problem_mark or error.context_mark
    line_index, column = (mark.line, mark.column) if mark else (0, 0)
    place = Place(file, line_index + 1, column + 1)
    if glued := _glued_colon(lines, line_index):
        findings.fault(Place(file, glued[0] + 1, glued[1] + 1), "yaml-colon")
        return
    # A full-width colon is found only where the parser gives up, often one line further down.
    for index in range(line_index, max(line_index - 2, -1), -1):
        line = lines[index] if index < len(lines) else ""
        if index < len(lines) and (wide := _outside_comment(line)):
            at, character = wide
            place = Place(file, index + 1, at + 1)
            findings.fault(place, "yaml-full-width", character=character, plain=_FULL_WIDTH[character])
            return
    _tell_problem(place, error, file, findings)


def _glued_colon(lines: list[str], line_index: int) -> tuple[int, int] | None:
    """Return line and column of a colon without its space; the parser gives up only one line later."""
    for index in range(min(line_index, len(lines) - 1), max(line_index - 2, -1), -1):
        if match := _GLUED.match(lines[index]):
            return index, match.end() - 1
    return None


def _outside_comment(line: str) -> tuple[int, str] | None:
    for index, character in enumerate(line.partition(" #")[0]):
        if character in _FULL_WIDTH:
            return index, character
    return None


def _tell_problem(place: Place, error: yaml.MarkedYAMLError, file: str, findings: Findings) -> None:
    problem, context = error.problem or "", error.context or ""
    start = error.context_mark
    opened = Place(file, start.line + 1, start.column + 1) if start else place
    if "mapping values are not allowed" in problem:
        findings.fault(place, "yaml-colon")
    elif "flow" in context:
        findings.fault(opened, "yaml-bracket-open", line=place.line)
    elif "quoted scalar" in context:
        findings.fault(opened, "yaml-quote-open")
    elif "cannot start any token" in problem:
        findings.fault(place, "yaml-needs-quotes")
    elif "simple key" in context:
        findings.fault(opened, "yaml-no-colon")
    elif "alias" in problem:
        findings.fault(place, "yaml-alias-unknown")
    elif "another document" in problem:
        findings.fault(place, "yaml-second-document")
    elif "block" in context:
        findings.fault(place, "yaml-indent")
    else:
        findings.fault(place, "yaml-syntax", detail=problem or context)


def _place_of(text: str, position: int, file: str) -> Place:
    before = text[:position]
    return Place(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


class _Builder:
    """Makes plain data of nodes; tells duplicate keys, foreign tags and endless aliases."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._nodes = 0
        self._open: set[int] = set()

    def build(self, node: yaml.Node | None) -> object:
        if node is None:
            return None
        self._nodes += 1
        if id(node) in self._open or self._nodes > NODES_MAX:
            self._fault(node, "yaml-alias-endless")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node)
            return [self.build(item) for item in node.value]
        finally:
            self._open.remove(id(node))

    def _mapping(self, node: yaml.MappingNode) -> Mapping[str, object]:
        own: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, "yaml-key-not-text")
            elif key.tag != MERGE_TAG and (first := own.setdefault(key.value, key)) is not key:
                self._fault(key, "duplicate-key", key=key.value, first=first.start_mark.line + 1)
        data: dict[str, object] = {}
        for key, value in children(node):
            if isinstance(key, yaml.ScalarNode) and key.value not in data:
                data[key.value] = self.build(value)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" if len(text) > DIGITS_MAX:
                return text
            case "int" | "float":
                return self._number(node)
            case "str":
                return text
            case "timestamp":
                return self._date(node)
            case _:
                self._fault(node, "yaml-tag", tag=node.tag)
                return None

    def _number(self, node: yaml.ScalarNode) -> float | None:
        text: str = node.value
        try:
            if node.tag.endswith("float"):
                return float(text)
            return int(text, 16 if text.startswith("0x") else 10)
        except ValueError:  # `!!int` before what is no number
            self._fault(node, "yaml-tag", tag=node.tag)
            return None

    def _date(self, node: yaml.ScalarNode) -> date | str:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return str(node.value)  # the model says what it wanted there

    def _fault(self, node: yaml.Node, code: str, **fields: object) -> None:
        mark = node.start_mark
        self._findings.fault(Place(self._file, mark.line + 1, mark.column + 1), code, **fields)
