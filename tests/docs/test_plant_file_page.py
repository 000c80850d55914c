"""docs/plant-file.md lists every key of the schema with its default, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from config.overlay import ALLOWED
from config.quantity import parse_bytes, parse_seconds
from config.schema import plant_schema
from simulator.processes import PROCESSES

PAGE: Final = Path(__file__).parents[2] / "docs" / "plant-file.md"
SCHEMA: Final = plant_schema(())
PARTS: Final[dict[str, Any]] = {"root": SCHEMA, **SCHEMA["$defs"]}
REQUIRED: Final = "**required**"
NONE: Final = "–"

Rows = dict[str, str]
"""Key to what the page gives as its default."""


def tables() -> Iterator[tuple[str, Rows]]:
    """Yield every table that a comment `<!-- keys: Part -->` announces."""
    for name, body in re.findall(r"<!-- keys: (\w+) -->\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8")):
        rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()[2:]]
        yield name, {row[0].strip("`"): row[-1].strip(" |") for row in rows}


TABLES: Final = dict(tables())


def test_every_part_of_the_schema_has_its_table() -> None:
    assert set(TABLES) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_the_table_lists_the_keys_of_its_part_in_their_order(part: str) -> None:
    assert list(TABLES[part]) == list(PARTS[part]["properties"])


@pytest.mark.parametrize("part", PARTS)
def test_the_table_gives_the_default_that_holds(part: str) -> None:
    required = PARTS[part].get("required", ())
    for key, written in TABLES[part].items():
        assert (written == REQUIRED) == (key in required), key
        if key not in required:
            assert says(written, PARTS[part]["properties"][key]), f"{part}.{key}: {written}"


def says(written: str, schema: dict[str, Any]) -> bool:
    """Return whether `written` is the schema's default; parts of parts have tables of their own."""
    default = schema.get("default")
    if default is None:
        return written == NONE
    if isinstance(default, dict):
        return written == "see below" or written == "`{}`"
    text = written.strip("`")
    if "pattern" in schema and isinstance(default, int | float):
        return bool((parse_bytes if "GB" in schema["pattern"] else parse_seconds)(text) == default)
    return text in {
        str(default),
        f"{default:g}" if isinstance(default, float) else "",
        '""' if not default else "",
    }


def test_everything_that_an_overlay_may_say_is_listed() -> None:
    overlays = PAGE.read_text(encoding="utf-8").partition("## Overlays")[2].partition("\n## ")[0]
    for way in ALLOWED:
        assert str(way[-1]) in overlays, way


def test_every_process_that_can_be_simulated_is_listed() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("### simulate")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", section, re.MULTILINE)) == set(PROCESSES)
