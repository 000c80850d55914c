"""What a store consists of beside its rows: tables and their indexes, as the migrations make them.

Nothing else belongs there: a trigger or a view can change what a table says, or takes,
without a row that was touched.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import cache
from typing import Final

from buffering.database import create_tables

Object = tuple[str, str, str, str | None]
"""type, name, table, statement"""

OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
ADDED: Final = "schema-added"
ALTERED: Final = "schema-altered"
GONE: Final = "schema-gone"


def strange_objects(objects: Iterable[Object]) -> Iterator[tuple[str, str]]:
    """Yield (ADDED, ALTERED or GONE, type and name) of what is not as in every store."""
    known, found = _known(), _by_name(objects)
    for each in sorted({*known, *found}):
        if known.get(each) != found.get(each):
            yield (ADDED if each not in known else GONE if each not in found else ALTERED), " ".join(each)


@cache
def _known() -> Mapping[tuple[str, str], tuple[str, str | None]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        create_tables(db)
        return _by_name(db.execute(OBJECTS))


def _by_name(objects: Iterable[Object]) -> Mapping[tuple[str, str], tuple[str, str | None]]:
    return {(kind, name): (table, sql) for kind, name, table, sql in objects}
