"""The time line as one HTML page to print and keep; it loads nothing from elsewhere."""

import html
from collections.abc import Iterator, Sequence
from typing import Final

from config.model import Plant
from simulator.rehearsal.course import Course, Happened
from simulator.rehearsal.heading import Heading
from simulator.rehearsal.messages import both
from simulator.rehearsal.picture import picture
from simulator.rehearsal.plots import Plot
from simulator.rehearsal.ran import Ran
from simulator.rehearsal.rows import Row, Words, rows
from simulator.rehearsal.spans import clock_time

_STYLE: Final = (
    "body{font:14px/1.45 sans-serif;max-width:60em;margin:2em auto;color:#111}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.15em .6em;vertical-align:top;text-align:left}"
    "td.t{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.n,th{white-space:nowrap}"
    "tr.event{background:#eef3fa}tr.alarm,tr.failed{color:#b00}tr.lost{color:#960}tr.over,tr.acted{color:#375}"
    "h2{font-size:1.1em;margin:1.2em 0 .2em;border-bottom:1px solid #999}.en{color:#555;display:block}"
    "svg{width:100%;font:11px sans-serif}svg path{fill:none;stroke:#333}svg .values{stroke:#146}"
    "svg .limit{stroke:#b00;stroke-dasharray:4 3}svg text.limit{stroke:none;fill:#b00}"
    "svg .raised{stroke:#b00;stroke-width:2}svg .event{fill:#dbe6f5}svg .stood{fill:#d66}"
    "@media print{body{margin:0;font-size:11px}}"
)


def page(plant: Plant, heading: Heading, ran: Ran, course: Course, plots: Sequence[Plot]) -> str:
    """Return the whole page."""
    zh, en = both("title")
    title = html.escape(f"{zh} / {en}: {heading.plant_id}, {heading.scenario}")
    body = [
        f"<h1>{_text('title')}</h1>",
        "<table>" + "".join(_head(code, said) for code, said in heading.rows(ran)) + "</table>",
        *(f"<p>{html.escape(said)}" for said in heading.how(ran)),
        f"<p>{_text('times')}",
        f"<p>{_text('simulated')}",
        *_table(rows(plant, course, heading.length_s)),
        *(_section(plot, course, heading.length_s) for plot in plots),
    ]
    head = f"<meta charset='utf-8'><title>{title}</title><style>{_STYLE}</style>"
    return (
        f"<!doctype html><html lang='zh'><head>{head}</head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _head(code: str, said: str) -> str:
    return f"<tr><td>{_text(code)}<td>{html.escape(said)}"


def _table(shown: Sequence[Row]) -> Iterator[str]:
    if not any(row.mark == "alarm" for row in shown):
        yield f"<p>{_text('none')}"
    if shown:
        titles = "".join(f"<th>{_text(code)}" for code in ("time", "what", "delay", "value"))
        yield f"<table><tr>{titles}"
        yield from (_row(row) for row in shown)
        yield "</table>"


def _row(row: Row) -> str:
    kind = "over" if row.is_end and row.mark != "event" else row.mark
    cells = f"<td class='t'>{clock_time(row.at_s)}<td>{_said(row.what)}<td class='n'>{_said(row.delay)}"
    return f"<tr class='{kind}'>{cells}<td class='n'>{html.escape(row.value)}"


def _section(plot: Plot, course: Course, length_s: float) -> str:
    events: list[Happened] = [event for event in course.events if event.id == plot.point.device_id]
    zh, en = (f"{name} ({plot.point.unit})" if plot.point.unit else name for name in plot.name)
    return f"<h2>{_said((zh, en))}</h2>\n{picture(plot, events, length_s)}"


def _text(code: str) -> str:
    return _said(both(code))


def _said(words: Words) -> str:
    zh, en = words
    return html.escape(zh) if zh == en else f"{html.escape(zh)} <span class='en'>{html.escape(en)}</span>"
