"""What is told besides alarms: events of areas and gates, with the state that is stored beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from config.model import Text


@dataclass(frozen=True, slots=True)
class Told:
    """One event for the record; `state` (None = delete) is written in its transaction."""

    kind: str
    utc_ns: int
    text: Text
    fields: Mapping[str, object] = field(default_factory=dict)
    state: Mapping[str, bytes | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the event as it is stored and forwarded (docs/storage-format.md)."""
        text = {"zh": self.text.zh, "en": self.text.en}
        return {"kind": self.kind, "utc_ns": self.utc_ns, **self.fields, "text": text}


Tell = Callable[[Told], None]
"""Takes an event at once."""
