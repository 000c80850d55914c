"""What stands in cells all over a day's page: times, and texts of the store."""

from collections.abc import Mapping
from typing import Final

from agent.evidence.day import Day
from agent.evidence.markup import Markup, unbroken
from agent.evidence.noted import Noted
from agent.evidence.zone import shown
from agent.words_report import no_taking, takes
from config.model import Text

CLOCK_DIGITS: Final = len("00:00:00.000")


def time_of(ns: int, day: Day) -> Markup:
    """Return a time of the day, which the page's head names with its zone; another day's with its date."""
    text = shown(ns, day.zone)
    date, _, time = text.partition(" ")
    return unbroken(time[:CLOCK_DIGITS] if date == str(day.date) else text)


def terms_of(destination: str, taking: Noted | None) -> Text:
    """Return what a destination takes, by the event that says so, or that nothing does."""
    if taking is None:
        return no_taking(destination)
    content = taking.content
    if content.get("destination") == destination:
        return text_of(content.get("text"))
    try:  # it has another name since
        return takes(destination, content["left_out"], str(content["readings"]), content["points"])
    except (KeyError, TypeError):
        return text_of(content.get("text"))


def text_of(told: object) -> Text:
    """Return a text of the store, in whatever shape it came."""
    if isinstance(told, Mapping):
        return Text(str(told.get("zh") or told.get("en") or ""), str(told.get("en") or ""))
    return Text(str(told or ""), str(told or ""))
