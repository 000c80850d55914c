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


def shelving_ends(subject: Subject, act: Act, utc_ns: int, most_s: float) -> int:
    """Return when a shelving ends. Raises ActRefused without an end, or with one beyond a shift."""
    ends_ns = _end(subject, act, utc_ns)
    if (ends_ns - utc_ns) // 10**9 > most_s:
        raise ActRefused(words.shelved_too_long(subject, most_s))
    return ends_ns


def service_returns(subject: Subject, act: Act, utc_ns: int) -> int:
    """Return when a rule is in service again. Raises ActRefused without an end, or with one too far off."""
    ends_ns = _end(subject, act, utc_ns)
    if (ends_ns - utc_ns) // 10**9 > OUT_MAX_S:
        raise ActRefused(words.out_for_too_long(subject, OUT_MAX_S / 86400))
    return ends_ns


def _end(subject: Subject, act: Act, utc_ns: int) -> int:
    if act.until_ns is None or act.until_ns <= utc_ns:
        raise ActRefused(words.no_end(subject))
    return act.until_ns
