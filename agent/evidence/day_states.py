"""Two tables of a day's page: areas at a planned stop with the rules that rested, and what interlocks did."""

from collections.abc import Iterator, Mapping
from typing import Final

from agent.evidence.day import Day
from agent.evidence.day_cells import text_of, time_of
from agent.evidence.markup import Cell, joined, listed, unbroken, under
from agent.words_report import label, resting

BY_ITSELF: Final = {"tag": "by-tag", "calendar": "by-calendar"}


def stops(day: Day) -> Iterator[list[Cell]]:
    """Yield a row for each planned stop."""
    areas = {str(each.get("id")): each for each in day.catalogue.get("areas", ())}
    for stop in day.stops:
        yield [
            time_of(stop.from_ns, day),
            label("still") if stop.to_ns is None else time_of(stop.to_ns, day),
            joined(text_of(areas.get(stop.area, {}).get("name")), unbroken(stop.area)),
            under(*(_said(each, day) for each in stop.said)) if stop.said else "–",
            under(resting(len(stop.rules)), listed(unbroken(rule) for rule in stop.rules)),
        ]


def interlocks(day: Day) -> Iterator[list[Cell]]:
    """Yield a row for each effect of each interlock that was set off."""
    for noted in day.interlocks:
        content = noted.content
        for effect in content["effects"]:
            yield [
                time_of(int(content["trigger"]["by_ns"]), day),
                joined(text_of(content.get("name")), unbroken(str(content["rule"]))),
                text_of(effect["name"]),
                label(f"verdict-{effect['verdict']}"),
                unbroken(_took(effect)),
                unbroken(f"{effect['within_s']:g} s"),
            ]


def _said(said: Mapping[str, object], day: Day) -> Cell:
    source = str(said.get("source"))
    if source in BY_ITSELF:
        return label(BY_ITSELF[source])
    until_ns = said.get("until_ns")
    until: Cell = "" if until_ns is None else joined(label("until"), time_of(int(str(until_ns)), day))
    return joined(str(said.get("by") or "–"), str(said.get("reason") or ""), until)


def _took(effect: Mapping[str, object]) -> str:
    low, high = effect.get("low_s"), effect.get("high_s")
    shown_low = f"{max(0.0, low):.2f}" if isinstance(low, int | float) else "?"
    return f"{shown_low} – {max(0.0, high):.2f} s" if isinstance(high, int | float) else f"> {shown_low} s"
