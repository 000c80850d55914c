"""What of a rule outlives a restart; written in the transaction of its event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import orjson

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Saved:
    """The alarm that stands, and the loss of protection that stands, each as its event was forwarded."""

    alarm: Json | None = None
    lost: Json | None = None

    def __bool__(self) -> bool:
        """Whether anything stands."""
        return self.alarm is not None or self.lost is not None

    def pack(self) -> bytes:
        """Return the bytes that are stored under `alarm/<rule>`."""
        return orjson.dumps({"alarm": self.alarm, "lost": self.lost})

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` wrote."""
        return cls(**orjson.loads(packed))


def alarm_id(alarm: Json) -> UUID:
    """Return the id that every event of this alarm carries."""
    return UUID(str(alarm["id"]))


def since_ns(alarm: Json) -> int:
    """Return when it was raised."""
    return int(str(alarm["utc_ns"]))
