"""What of a rule outlives a restart; written in the transaction of its event."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import orjson

from agent.alarms.states import State

Json = Mapping[str, object]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """What stands: each alarm and loss as its event was forwarded, each suppression as its act was.

    `alarm` is there while the alarm stands, or is over and not acknowledged.
    """

    state: State = State.NORMAL
    alarm: Json | None = None
    lost: Json | None = None
    acknowledged: Json | None = None
    shelved: Json | None = None
    out_of_service: Json | None = None
    open: tuple[Json, ...] = ()  # alarms of which nobody has said yet what was done, oldest first
    escalated: tuple[str, ...] = ()  # what is late and was told, see overdue.py

    def __bool__(self) -> bool:
        """Whether anything stands."""
        return any((self.alarm, self.lost, self.shelved, self.out_of_service, self.open))

    @property
    def standing(self) -> Json | None:
        """The alarm, while it stands."""
        return self.alarm if self.state.is_raised else None

    def pack(self) -> bytes:
        """Return the bytes that are stored under `alarm/<rule>`."""
        return orjson.dumps(
            {
                "state": self.state.settled,
                "alarm": self.alarm,
                "lost": self.lost,
                "acknowledged": self.acknowledged,
                "shelved": self.shelved,
                "out_of_service": self.out_of_service,
                "open": self.open,
                "escalated": self.escalated,
            }
        )

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` wrote; the oldest stores hold `alarm` and `lost` only."""
        stored = orjson.loads(packed)
        standing = State.UNACKNOWLEDGED if stored["alarm"] else State.NORMAL
        return cls(
            state=State(stored.get("state", standing)),
            alarm=stored["alarm"],
            lost=stored["lost"],
            acknowledged=stored.get("acknowledged"),
            shelved=stored.get("shelved"),
            out_of_service=stored.get("out_of_service"),
            open=tuple(stored.get("open", ())),
            escalated=tuple(stored.get("escalated", ())),
        )


def read_saved(packed: bytes) -> Saved:
    """Read what `pack` wrote. What cannot be read is nothing: a start must not fail for one rule's state."""
    try:
        return Saved.unpack(packed)
    except (ValueError, KeyError, TypeError, AttributeError):
        log.exception("the stored state of an alarm cannot be read; it is judged anew")
        return Saved()


def alarm_id(alarm: Json) -> UUID:
    """Return the id that every event of this alarm carries."""
    return UUID(str(alarm["id"]))


def sources_of(alarm: Json) -> tuple[str, ...]:
    """Return who said it, where it was not our rule alone."""
    found = alarm.get("sources")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def since_ns(alarm: Json) -> int:
    """Return when it was raised."""
    return int(str(alarm["utc_ns"]))
