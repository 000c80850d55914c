"""The table of a day's page about refusals: what a destination would not take, and what was done about it."""

from collections.abc import Iterator
from typing import Final

from agent import words_report
from agent.evidence.day import Day
from agent.evidence.day_cells import text_of, time_of
from agent.evidence.markup import Cell, joined, under
from agent.evidence.refusals import Told
from agent.words_report import label

NAMED_MAX: Final = 8


def refused(day: Day) -> Iterator[list[Cell]]:
    """Yield a row for each refusal and each act of the day, and for what is parked now."""
    for told in day.refused:
        content = told.noted.content
        yield [
            time_of(told.noted.utc_ns, day),
            _destination(told),
            _done(told) if told.is_act else _what(told),
            text_of(content.get("text") or content.get("reason")),
        ]
    for name, messages in day.parked.items():
        yield ["", name, "", words_report.parked(messages)]


def _destination(told: Told) -> Cell:
    """Name a destination as it is called now, and as it was then, where that is another name."""
    then = str(told.noted.content["destination"])
    return then if then == told.destination else under(told.destination, joined(label("formerly"), then))


def _what(told: Told) -> str:
    records = ", ".join("/".join(map(str, each.get("records", ()))) for each in told.anew)
    return str(told.noted.content.get("point") or records)


def _done(told: Told) -> Cell:
    """Say what was done, with which points, records or numbers of messages; with the first of many."""
    content = told.noted.content
    points = dict.fromkeys(str(point) for point, *_ in content.get("readings", ()))
    records = ("/".join(map(str, each)) for each in content.get("records", ()))
    what = [*points, *records, *map(str, content.get("messages", ()))]
    few = [*what[:NAMED_MAX], *(["…"] if len(what) > NAMED_MAX else [])]
    return joined(label(str(content["kind"])), ", ".join(few))
