"""The cells of a b-tree page, and the rows in them, read without SQLite.

Everything may be damaged: a cell that cannot be is left out, and no page is
followed twice. Format: sqlite.org/fileformat2.html, sections 1.6 and 2.1.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final

from buffering.database import PAGE_BYTES
from buffering.pages import Pages

Value = int | float | str | bytes | None
Row = tuple[Value, ...]
GetPage = Callable[[int], bytes]

TABLE_LEAF: Final = 0x0D
TABLE_INTERIOR: Final = 0x05
INDEX_LEAF: Final = 0x0A
INDEX_INTERIOR: Final = 0x02
HEADER_BYTES: Final = 100  # of the file, before the cells of page 1
INTEGER_BYTES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
LEAST_LOCAL: Final = (PAGE_BYTES - 12) * 32 // 255 - 23
MOST_LOCAL: Final = {True: PAGE_BYTES - 35, False: (PAGE_BYTES - 12) * 64 // 255 - 23}  # by: is it a table
ROW_BYTES_MAX: Final = 200_000_000
DEPTH_MAX: Final = 40  # a tree of ours has four levels at 20 GB; more is damage


class Unreadable(Exception):
    """These bytes are no row, or not one that is whole."""


def rows_of_leaf(page: bytes, get: GetPage) -> Iterator[Row | None]:
    """Yield the rows of a table's leaf page, None for each that is not whole; `get` finds what overflows."""
    for place in _cells(page, 0):
        try:
            yield _row(page, place, get, is_table=True)
        except (Unreadable, IndexError, struct.error, UnicodeDecodeError):
            yield None


class Tree:
    """A b-tree from its root: `rows` yields what can be read, `is_whole` says whether that was all."""

    def __init__(self, pages: Pages, root: int) -> None:
        self._pages = pages
        self._root = root
        self._seen: set[int] = set()
        self.is_whole = True

    def rows(self) -> Iterator[Row]:
        """Yield the rows, in order of the tree."""
        yield from self._below(self._root, DEPTH_MAX)

    def _below(self, number: int, depth: int) -> Iterator[Row]:
        page = b"" if number in self._seen or not depth else self._pages.get(number)
        self._seen.add(number)
        start = HEADER_BYTES if number == 1 else 0
        kind = page[start] if page else 0
        if kind not in (TABLE_LEAF, TABLE_INTERIOR, INDEX_LEAF, INDEX_INTERIOR):
            self.is_whole = False
            return
        is_interior = kind in (TABLE_INTERIOR, INDEX_INTERIOR)
        for place in _cells(page, start):
            if is_interior:
                yield from self._below(struct.unpack_from(">I", page, place)[0], depth - 1)
            if kind != TABLE_INTERIOR:
                yield from self._row_at(page, place + 4 * is_interior, is_table=kind == TABLE_LEAF)
        if is_interior:
            yield from self._below(struct.unpack_from(">I", page, start + 8)[0], depth - 1)

    def _row_at(self, page: bytes, place: int, *, is_table: bool) -> Iterator[Row]:
        try:
            yield _row(page, place, self._pages.get, is_table=is_table)
        except (Unreadable, IndexError, struct.error, UnicodeDecodeError):
            self.is_whole = False


def _cells(page: bytes, start: int) -> Iterator[int]:
    """Yield where the page's cells begin."""
    first = start + (12 if page[start] in (TABLE_INTERIOR, INDEX_INTERIOR) else 8)
    [count] = struct.unpack_from(">H", page, start + 3)
    for number in range(min(count, (PAGE_BYTES - first) // 2)):
        [place] = struct.unpack_from(">H", page, first + 2 * number)
        if first <= place < PAGE_BYTES - 4:
            yield place


def _row(page: bytes, place: int, get: GetPage, *, is_table: bool) -> Row:
    size, place = _varint(page, place)
    if is_table:
        _, place = _varint(page, place)  # rowid
    if size > ROW_BYTES_MAX:
        raise Unreadable
    local = _local(size, is_table=is_table)
    body = page[place : place + local]
    if local < size:
        [following] = struct.unpack_from(">I", page, place + local)
        body += _overflow(following, size - local, get)
    if len(body) != size:
        raise Unreadable
    return _values(body)


def _local(size: int, *, is_table: bool) -> int:
    """Return how many bytes of a row lie on the page itself."""
    most = MOST_LOCAL[is_table]
    if size <= most:
        return size
    local = LEAST_LOCAL + (size - LEAST_LOCAL) % (PAGE_BYTES - 4)
    return local if local <= most else LEAST_LOCAL


def _overflow(number: int, size: int, get: GetPage) -> bytes:
    parts: list[bytes] = []
    left = size
    while left > 0:
        page = get(number) if number else b""
        if not page:
            raise Unreadable
        parts.append(page[4 : 4 + left])
        left -= PAGE_BYTES - 4
        [number] = struct.unpack_from(">I", page)
    return b"".join(parts)


def _values(body: bytes) -> Row:
    end, place = _varint(body, 0)
    kinds = []
    while place < end:
        kind, place = _varint(body, place)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, place = _value(body, place, kind)
        values.append(value)
    if place != len(body):
        raise Unreadable
    return tuple(values)


def _value(body: bytes, place: int, kind: int) -> tuple[Value, int]:
    if kind in INTEGER_BYTES:
        end = place + INTEGER_BYTES[kind]
        return int.from_bytes(body[place:end], "big", signed=True), end
    if kind in (8, 9):
        return kind - 8, place
    if kind == 0:
        return None, place
    if kind == 7:
        return struct.unpack_from(">d", body, place)[0], place + 8
    if kind < 12:
        raise Unreadable
    end = place + (kind - 12) // 2
    return (body[place:end] if kind % 2 == 0 else body[place:end].decode("utf-8")), end


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(8):
        byte = data[place + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + count + 1
    return value << 8 | data[place + 8], place + 9
