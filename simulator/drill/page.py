"""The verdict as it is printed on a terminal, and as one HTML page to print and keep."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from simulator.drill.messages import both, sentence
from simulator.drill.played import Note
from simulator.drill.verdict import Verdict

_STYLE: Final = (
    "body{font:14px/1.45 sans-serif;max-width:60em;margin:2em auto;color:#111}"
    "table{border-collapse:collapse;width:100%}td{padding:.15em .6em;vertical-align:top}"
    "h2{font-size:1.1em;margin:1.2em 0 .2em;border-bottom:1px solid #999}"
    ".en{color:#555}.bad{color:#b00;font-weight:bold}"
    "@media print{body{margin:0;font-size:11px}}"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the verdict is about."""

    plant_id: str
    plant_name: str
    file: str
    sha256: str
    version: str
    seconds: float
    seed: int
    begin_ns: int

    @property
    def begun(self) -> datetime:
        """When the first drill began."""
        return datetime.fromtimestamp(self.begin_ns / 1e9, UTC)

    @property
    def rows(self) -> Iterator[tuple[str, str]]:
        """What stands at the top: a code of messages.py, and what there is to say."""
        yield "plant", f"{self.plant_id} {self.plant_name}"
        yield "plant-file", f"{self.file} ({self.sha256})"
        yield "played-at", f"{self.begun:%Y-%m-%d %H:%M:%S}"
        yield "played-with", f"edge-agent {self.version}, {self.seconds:g} s, {self.seed}"


def lines(verdict: Verdict) -> Iterator[str]:
    """Yield one verdict for a terminal."""
    yield f"{_mark(verdict.passed)} {verdict.drill}: {sentence('passed' if verdict.passed else 'failed')}"
    for note in verdict.notes:
        yield f"  {' ' if note.is_right else '✗'} {sentence(note.code, **note.fields)}"


def page(heading: Heading, verdicts: Sequence[Verdict]) -> str:
    """Return the whole page."""
    passed = all(verdict.passed for verdict in verdicts)
    body = [
        f"<h1>{_text('title')}</h1>",
        "<table>"
        + "".join(f"<tr><td>{_text(c)}<td>{html.escape(said)}" for c, said in heading.rows)
        + "</table>",
        f"<p>{_text('how')}",
        f"<p class='{'good' if passed else 'bad'}'>{_text('all-passed' if passed else 'not-all-passed')}",
        *(_section(verdict) for verdict in verdicts),
    ]
    title = html.escape(f"{sentence('title')}: {heading.plant_id}")
    head = f"<meta charset='utf-8'><title>{title}</title><style>{_STYLE}</style>"
    return (
        f"<!doctype html><html lang='zh'><head>{head}</head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _section(verdict: Verdict) -> str:
    outcome = _text("passed" if verdict.passed else "failed")
    rows = "\n".join(_row(note) for note in verdict.notes)
    head = f"{_mark(verdict.passed)} {verdict.drill}: {_text(f'drill-{verdict.drill}')} — {outcome}"
    return f"<h2>{head}</h2>\n<table>\n{rows}\n</table>"


def _row(note: Note) -> str:
    kind = "" if note.is_right else " class='bad'"
    return f"<tr{kind}><td>{_mark(note.is_right)}<td>{_text(note.code, **note.fields)}"


def _text(code: str, **fields: object) -> str:
    zh, en = both(code, **fields)
    return f"{html.escape(zh)} <span class='en'>{html.escape(en)}</span>"


def _mark(is_right: bool) -> str:
    return "✓" if is_right else "✗"
