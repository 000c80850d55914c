"""A sheet of a contractor's table: cells with their places, whatever file they came from."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.fault import Place

ROWS_MAX: Final = 20_000
COLUMNS_MAX: Final = 200

FORMULA_MARK: Final = re.compile("^'(?=[=+@'])")
"""Put before a text so that a spreadsheet does not run it as a formula; it is none of the text."""

_DASHES: Final = dict.fromkeys(map(ord, "−–‐‑‒﹣"), "-")
_SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u3000\u2002\u2003\u2009"), " ")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None)
_OTHER: Final = {
    ord("〜"): "~",
    ord("∼"): "~",
    ord("—"): "~",
    ord("―"): "~",
    ord("、"): ",",
    ord("。"): ".",
    ord("μ"): "µ",
    ord("Ω"): "Ω",
}
_PLAIN: Final = {**_DASHES, **_SPACES, **_INVISIBLE, **_OTHER}


def plain(text: str) -> str:
    """Return text as a program reads it: full-width digits and signs made plain, blanks trimmed.

    `４０００１` is 40001, `㎎／㎥` is mg/m3, `０～１．６` is 0~1.6. Not for names that people read.
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).split())


def column_letters(column: int) -> str:
    """Return a spreadsheet's name of a column counted from 1: A, Z, AA."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as written, and its place; `trouble` names what is wrong with it as it stands.

    A cell in a merged area has the area's text, and `merged_from` is the place of its first cell.
    """

    place: Place
    text: str
    trouble: str | None = None
    merged_from: Place | None = None

    @property
    def value(self) -> str:
        """The text in plain characters; empty where there is none."""
        return plain(FORMULA_MARK.sub("", self.text))

    @property
    def name(self) -> str:
        """The text for people: only blanks and invisible characters are cleaned away."""
        text = FORMULA_MARK.sub("", self.text)
        return " ".join(text.translate({**_SPACES, **_INVISIBLE}).split())


Row = Sequence[Cell]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet, or the whole of a CSV file. Rows may differ in length."""

    file: str  # with the sheet's name in brackets, as places have it
    rows: Sequence[Row]
