"""A window of the week as people write it, `Mon-Fri 08:00-20:00`, in minutes from Monday 00:00."""

import re
from typing import Final

from config.fault import Objection
from config.production import DAY_MINUTES, WEEK_MINUTES

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EVERY_DAY: Final = "daily"

_WRITTEN: Final = re.compile(r"\s*(\S+)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")

Minutes = tuple[int, int]
"""[first, end) within one week."""


def parse_window(text: str) -> list[Minutes]:
    """Return the minutes of a window, one pair for each day, two where it goes over the week's end.

    A window that ends before it begins goes over midnight. Raises Objection.
    """
    match = _WRITTEN.fullmatch(text)
    days = _days(match[1]) if match else []
    if match is None or not days:
        raise Objection("calendar-window", value=text)
    first, end = _minute(match[2], match[3], text), _minute(match[4], match[5], text)
    if first in (end, DAY_MINUTES):
        raise Objection("calendar-window", value=text)
    lasts = (end - first) % DAY_MINUTES or DAY_MINUTES
    return [pair for day in days for pair in _in_week(day * DAY_MINUTES + first, lasts)]


def _days(text: str) -> list[int]:
    if text == EVERY_DAY:
        return list(range(7))
    found: list[int] = []
    for part in text.split(","):
        names = part.split("-")
        if len(names) > 2 or any(name not in DAYS for name in names):
            return []
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        found += [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]
    return found


def _minute(hours: str, minutes: str, text: str) -> int:
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > DAY_MINUTES:
        raise Objection("calendar-window", value=text)
    return minute


def _in_week(first: int, lasts: int) -> list[Minutes]:
    end = first + lasts
    return [(first, end)] if end <= WEEK_MINUTES else [(first, WEEK_MINUTES), (0, end - WEEK_MINUTES)]
