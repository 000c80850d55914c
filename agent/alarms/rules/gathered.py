"""What a rule has added up, kept over a restart: minutes in carbon monoxide, sparks within the hour.

It is written once a minute beside the readings that it was made of, and at a stop:
after a crash a rule goes on from what was kept last, at most a minute earlier, and
an event says from when (decision 0039).
"""

from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

import orjson

from config.model import Rule

GATHERED_PREFIX: Final = "gathered/"

Kept = Mapping[str, object]


class Unusable(Exception):
    """What was kept is of another rule, or cannot be read."""


@runtime_checkable
class Gathers(Protocol):
    """A judge that adds up over a longer time than its window of readings."""

    def kept(self, utc_ns: int, mono_ns: int) -> Kept | None:
        """Return what must outlive a restart, times in UTC; None: nothing is gathered."""

    def take_up(self, kept: Kept, down_ns: int, utc_ns: int, mono_ns: int) -> bool:
        """Go on from what was kept, `down_ns` ago. False: there was nothing that counts.

        Raises KeyError, TypeError, ValueError: it is not what `kept` returned.
        """


def packed(rule: Rule, kept: Kept, utc_ns: int) -> bytes:
    """Return the bytes that are stored under `gathered/<rule>`."""
    return orjson.dumps({"of": repr(rule.condition), "utc_ns": utc_ns, **kept})


def unpacked(rule: Rule, stored: bytes) -> tuple[Kept, int]:
    """Return what was kept, and when. Raises Unusable: the rule was written anew, or it is damaged."""
    try:
        kept = orjson.loads(stored)
        if kept["of"] != repr(rule.condition):
            raise Unusable
        return kept, int(kept["utc_ns"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Unusable from fault
