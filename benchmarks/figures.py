"""What a benchmark found, held against what is aimed at, and the table of all of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """Words of the table's last column."""

    MET = "met"
    MISSED = "MISSED"
    NONE = "-"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure is to be: at least, or at most, so much."""

    bound: float
    is_floor: bool

    def __str__(self) -> str:
        return f"{'>=' if self.is_floor else '<='} {_number(self.bound)}"

    def judge(self, value: float) -> Verdict:
        """Return whether `value` keeps to it."""
        is_met = value >= self.bound if self.is_floor else value <= self.bound
        return Verdict.MET if is_met else Verdict.MISSED


def at_least(bound: float) -> Aim:
    """Return the aim of a figure that is the better the larger."""
    return Aim(bound, is_floor=True)


def at_most(bound: float) -> Aim:
    """Return the aim of a figure that is the better the smaller."""
    return Aim(bound, is_floor=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; without an aim it is there to judge the others by."""

    what: str
    value: float
    unit: str
    aim: Aim | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the aim is met."""
        return Verdict.NONE if self.aim is None else self.aim.judge(self.value)


_HEADS: Final = ("bench", "figure", "value", "unit", "aim", "verdict")
_RIGHT: Final = (False, False, True, False, False, False)


def table(found: Iterable[tuple[str, Figure]]) -> str:
    """Return the figures of all benches as a table."""
    rows = [_HEADS, *(_row(bench, figure) for bench, figure in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(bench: str, figure: Figure) -> tuple[str, ...]:
    aim = "" if figure.aim is None else str(figure.aim)
    return bench, figure.what, _number(figure.value), figure.unit, aim, figure.verdict


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = zip(row, widths, _RIGHT, strict=True)
    return "  ".join(
        text.rjust(width) if right else text.ljust(width) for text, width, right in cells
    ).rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
