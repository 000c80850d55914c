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
@page { size: A4; margin: 14mm 12mm }
body { font: 9pt/1.35 "Noto Sans CJK SC", "Microsoft YaHei", "SimSun", sans-serif; color: #000; margin: 0 auto; max-width: 186mm }
h1 { font-size: 15pt; margin: 0 0 2mm } h2 { font-size: 10.5pt; margin: 4mm 0 1mm; break-after: avoid }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid } thead { display: table-header-group }
th, td { border: 0.2mm solid #777; padding: 0.6mm 1.2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee; font-weight: 600 } td.number { text-align: right; white-space: nowrap }
small { color: #444; font-size: 85% } code { font: 7pt/1.2 monospace; overflow-wrap: anywhere }
p { margin: 1mm 0 } .bad { font-weight: 700 } .sign { margin-top: 6mm }
"""  # noqa: E501 - CSS reads by the rule, not by the column


def shown(cell: Cell) -> str:
    """Return a cell's HTML; Chinese with the English under it."""
    if isinstance(cell, Markup):
        return cell.html
    if isinstance(cell, str):
        return escape(cell)
    if cell.zh == cell.en or not cell.en:
        return escape(cell.zh)
    return f"{escape(cell.zh)}<br><small>{escape(cell.en)}</small>"


def inline(text: Text) -> Markup:
    """Return a sentence in both languages on one line."""
    return Markup(f"{escape(text.zh)} <small>{escape(text.en)}</small>")


def number(text: str) -> Markup:
    """Return a cell that stands to the right."""
    return Markup(f'<span class="n">{escape(text)}</span>')


def code(text: str) -> Markup:
    """Return hexadecimal digits, small."""
    return Markup(f"<code>{escape(text)}</code>")


def joined(*cells: Cell) -> Markup:
    """Return several in one cell, under each other."""
    return Markup("<br>".join(map(shown, cells)))


def heading(text: Text) -> str:
    """Return a section's heading."""
    return f"<h2>{inline(text).html}</h2>"


def paragraph(text: Text, *, is_bad: bool = False) -> str:
    """Return a paragraph."""
    mark = ' class="bad"' if is_bad else ""
    return f"<p{mark}>{inline(text).html}</p>"


def table(headings: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table."""
    cells = "".join(f"<th>{shown(cell)}</th>" for cell in headings)
    head = f"<thead><tr>{cells}</tr></thead>" if cells else ""
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table>{head}<tbody>\n{body}\n</tbody></table>"


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
