"""From a key in a YAML file to its line and column.

`Document` is one file: its node tree and the plain data made from it. `Layers`
is several of them laid over each other (a plant file and its overlays, a profile
family and one of its variants): the data merged, and for every key the file that
had the last word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import yaml

from config.fault import Place

Key = str | int
Loc = tuple[Key, ...]

MERGE_TAG: Final = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML file, read: `data` is plain dicts, lists and scalars."""

    file: str
    root: yaml.Node | None  # None: an empty file
    data: object = field(repr=False)
    sha256: str = ""  # of the text

    def find(self, loc: Loc, *, at_key: bool = False) -> tuple[int, Place]:
        """Return how many parts of `loc` exist here, and the place of the deepest one.

        `at_key` asks for the place of the last key itself rather than of its value.
        """
        node, place, depth = self.root, Place(self.file), 0
        if node is not None:
            place = self._place(node)
        for part in loc:
            found = _child(node, part)
            if found is None:
                break
            key, node = found
            depth += 1
            place = self._place(key if at_key and depth == len(loc) else node)
        return depth, place

    def inside(self, loc: Loc, offset: int) -> Place:
        """Return the place of a character of a text; of one over several lines, where it begins."""
        node, place = self.root, self.find(loc)[1]
        for part in loc:
            found = _child(node, part)
            node = found[1] if found else None
        if not isinstance(node, yaml.ScalarNode) or node.start_mark.line != node.end_mark.line:
            return place
        return Place(place.file, place.line, place.column + offset + (1 if node.style else 0))

    def _place(self, node: yaml.Node) -> Place:
        mark = node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Documents laid over each other, each from `prefix` downwards; later ones win."""

    layers: Sequence[tuple[Document, Loc]]
    data: object = field(repr=False)

    def place(self, *loc: Key, at_key: bool = False) -> Place:
        """Return the place of `loc` in the last layer that has it.

        Where none has it (a missing key), the deepest mapping that exists.
        """
        deepest, where = -1, None
        for document, prefix in self.layers:
            depth, place = document.find((*prefix, *loc), at_key=at_key)
            depth -= len(prefix)
            if depth > deepest or depth == len(loc):
                deepest, where = depth, place
        assert where is not None  # there is always one layer
        return where

    def inside(self, *loc: Key, offset: int) -> Place:
        """Return the place of a character of the text at `loc`."""
        written = [
            (d, (*prefix, *loc))
            for d, prefix in self.layers
            if d.find((*prefix, *loc))[0] == len(prefix) + len(loc)
        ]
        document, whole = written[-1]
        return document.inside(whole, offset)

    def has(self, *loc: Key) -> bool:
        """Return whether any layer has this key."""
        return any(
            document.find((*prefix, *loc))[0] == len(prefix) + len(loc) for document, prefix in self.layers
        )


def merge(below: object, above: object) -> object:
    """Lay `above` over `below`: mappings are merged key by key, anything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    merged = dict(below)
    for key, value in above.items():
        merged[key] = merge(below[key], value) if key in below else value
    return merged


def children(
    node: yaml.MappingNode, within: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield keys and values of a mapping: its own, then those merged in by `<<`, nearest first.

    `within` are the mappings that are being merged, so that one which merges itself ends.
    """
    merged = []
    for key, value in node.value:
        if key.tag == MERGE_TAG:
            merged.append(value)
        else:
            yield key, value
    for value in merged:
        sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for source in sources:
            if isinstance(source, yaml.MappingNode) and source is not node and source not in within:
                yield from children(source, (*within, node))


def _child(node: yaml.Node | None, part: Key) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in children(node):
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a part of the configuration is written: a file and the way down to it."""

    layers: Layers
    loc: Loc

    def place(self, *more: Key, at_key: bool = False) -> Place:
        """Return the place of a key below, or of the deepest part of it that exists."""
        return self.layers.place(*self.loc, *more, at_key=at_key)

    def inside(self, *more: Key, offset: int) -> Place:
        """Return the place of a character of the text below."""
        return self.layers.inside(*self.loc, *more, offset=offset)

    def has(self, *more: Key) -> bool:
        """Return whether a key below is written, rightly or wrongly."""
        return self.layers.has(*self.loc, *more)

    def at(self, *more: Key) -> "Origin":
        """Return the origin of a part below."""
        return Origin(self.layers, (*self.loc, *more))
