"""An event as it stands in the store."""

from dataclasses import dataclass

from agent.records import Json


@dataclass(frozen=True, slots=True)
class Noted:
    """Its name, its time, and what it says."""

    epoch: int
    seq: int
    utc_ns: int
    content: Json
