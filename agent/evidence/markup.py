"""HTML for paper: A4, nothing from outside of the file, everything escaped on its way in.

Nothing but `Markup` is put on a page as it is; every text becomes Markup by being
escaped, so that a name in a plant file, or a text from a device, stays a text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from config.model import Text


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that was made here."""

    html: str


Cell = Markup | Text | str

STYLE: Final = """
@page { size: A4; margin: 8mm 9mm }
body { font: 6.6pt/1.17 "Noto Sans CJK SC", "Microsoft YaHei", "SimSun", sans-serif; color: #000; margin: 0 auto; max-width: 192mm }
h1 { font-size: 12pt; margin: 0 0 1mm } h2 { font-size: 8pt; margin: 1.4mm 0 0.4mm; break-after: avoid }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid } thead { display: table-header-group }
th, td { border: 0.15mm solid #777; padding: 0.15mm 1mm; text-align: left; vertical-align: top; overflow-wrap: break-word }
th { background: #eee; font-weight: 600 } .number { text-align: right; width: 1% } .n, .t { white-space: nowrap }
small { color: #444; font-size: 88% } code { font: 5pt/1.15 monospace; overflow-wrap: anywhere }
p { margin: 0.6mm 0 } .bad { font-weight: 700 } .sign { margin-top: 2mm; text-align: right }
"""  # noqa: E501 - CSS reads by the rule, not by the column


def shown(cell: Cell) -> str:
    """Return a cell's HTML; Chinese with the English after it: a day is to fit on a page."""
    if isinstance(cell, Markup):
        return cell.html
    if isinstance(cell, str):
        return escape(cell)
    if cell.zh == cell.en or not cell.en:
        return escape(cell.zh)
    return inline(cell).html


def inline(text: Text) -> Markup:
    """Return a sentence in both languages on one line."""
    return Markup(f"{escape(text.zh)} <small>{escape(text.en)}</small>")


def number(text: str) -> Markup:
    """Return a cell that stands to the right."""
    return Markup(f'<span class="n">{escape(text)}</span>')


def unbroken(cell: Cell) -> Markup:
    """Return a cell that stays on one line."""
    return Markup(f'<span class="t">{shown(cell)}</span>')


def aside(text: str) -> Markup:
    """Return what is less than the rest, small."""
    return Markup(f"<small>{escape(text)}</small>")


def code(text: str) -> Markup:
    """Return hexadecimal digits, small."""
    return Markup(f"<code>{escape(text)}</code>")


def joined(*cells: Cell) -> Markup:
    """Return several in one cell, after each other."""
    return Markup(" ".join(filter(None, map(shown, cells))))


def listed(cells: Iterable[Cell]) -> Markup:
    """Return several in one cell, as a list."""
    return Markup(", ".join(map(shown, cells)))


def under(*cells: Cell) -> Markup:
    """Return several in one cell, under each other."""
    return Markup("<br>".join(map(shown, cells)))


def heading(text: Text, *, remark: Cell = "") -> str:
    """Return a section's heading; a remark stands beside it."""
    return f"<h2>{joined(inline(text), remark).html}</h2>"


def paragraph(text: Text, *, is_bad: bool = False) -> str:
    """Return a paragraph."""
    mark = ' class="bad"' if is_bad else ""
    return f"<p{mark}>{inline(text).html}</p>"


def table(headings: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table."""
    cells = "".join(f"<th>{_heading(cell)}</th>" for cell in headings)
    head = f"<thead><tr>{cells}</tr></thead>" if cells else ""
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table>{head}<tbody>\n{body}\n</tbody></table>"


def _heading(cell: Cell) -> str:
    """Return a column's heading: the column may be narrow."""
    return under(cell.zh, inline(Text("", cell.en))).html if isinstance(cell, Text) else shown(cell)


def _cell(cell: Cell) -> str:
    is_number = isinstance(cell, Markup) and cell.html.startswith('<span class="n">')
    return f'<td class="number">{shown(cell)}</td>' if is_number else f"<td>{shown(cell)}</td>"


def page(title: str, body: Iterable[str]) -> str:
    """Return a whole page."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )
