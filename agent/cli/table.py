"""A table for the terminal: columns align although Chinese characters are twice as wide."""

from collections.abc import Sequence

from agent.commissioning.width import width

GAP = "  "


def render(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: str = "") -> str:
    """Return a table of texts; columns whose letter in `right` is `r` are set to the right.

    `right` has one letter per column (`"lr"`); what it leaves out stands to the left.
    """
    whole = [headings, *rows]
    widths = [max(width(row[column]) for row in whole) for column in range(len(headings))]
    return "\n".join(_line(row, widths, right) for row in whole)


def _line(row: Sequence[str], widths: Sequence[int], right: str) -> str:
    cells = []
    for column, (text, wide) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (wide - width(text))
        cells.append(blank + text if right[column : column + 1] == "r" else text + blank)
    return GAP.join(cells).rstrip()
