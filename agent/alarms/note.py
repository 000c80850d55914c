"""What the engine notices that is no alarm: an event, and what must be known of it after a restart."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from config.model import Text


@dataclass(frozen=True, slots=True)
class Note:
    """One event (docs/storage-format.md), and the state keys written beside it (None = delete)."""

    content: dict[str, object]
    text: Text
    state: Mapping[str, bytes | None] = field(default_factory=dict)


OnNote = Callable[[Note], None]
"""Takes a note at once."""


def note(
    kind: str, text: Text, fields: Mapping[str, object], state: Mapping[str, bytes | None] | None = None
) -> Note:
    """Return a note with its sentence."""
    return Note({"kind": kind, **fields, "text": asdict(text)}, text, state or {})
