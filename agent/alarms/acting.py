"""What an act on an alarm needs, to be one: a state that it fits, and an end for all that is suppressed."""

from typing import Final

from agent.alarms import words
from agent.alarms.event import Act
from agent.alarms.subject import Subject
from config.model import Text

OUT_MAX_S: Final = 31 * 86400.0
"""No rule is out of service for longer, as no declared stop lasts longer: taken out anew, by a person [E]."""


class ActRefused(Exception):
    """An alarm is in no state for what a person wants; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def end_of(subject: Subject, act: Act, utc_ns: int, most_s: float, too_long: Text) -> int:
    """Return when what an act suppresses is over.

    Raises ActRefused: the act names no end, or one that is further off than `most_s`; `too_long` says so.
    """
    if act.until_ns is None or act.until_ns <= utc_ns:
        raise ActRefused(words.no_end(subject))
    if (act.until_ns - utc_ns) // 10**9 > most_s:
        raise ActRefused(too_long)
    return act.until_ns
