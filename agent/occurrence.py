"""Something that a device told of itself: an event, and what must be known of it after a restart."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.records import Json
from config.model import Point, Text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, the state that is written beside it, and its sentence (None: nothing for the log)."""

    content: Json
    state: Mapping[str, bytes | None]
    text: Text | None = None


def occurrence(
    kind: str, point: Point, fields: Mapping[str, object], state: Mapping[str, bytes | None]
) -> Occurrence:
    """Return what happened at one point; a `Text` among the fields is its sentence."""
    text = fields.get("text")
    content: Json = {"kind": kind, "device": point.device_id, "point": point.id, **fields}
    if isinstance(text, Text):
        content["text"] = {"zh": text.zh, "en": text.en}
        return Occurrence(content, state, text)
    return Occurrence(content, state)
