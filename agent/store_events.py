"""What the outbox did to records of its own accord, as events: said, kept and forwarded like the rest.

The outbox asks for them in its writer's thread, inside the transaction that does what they tell.
"""

import logging
from dataclasses import asdict
from uuid import uuid4

from agent import words_store
from agent.records import Json, Packer
from buffering.notices import (
    EpochBegun,
    GivenUp,
    Joined,
    Left,
    Lost,
    Notice,
    Pruned,
    Salvaged,
    SentAgain,
    StateDamaged,
)
from buffering.record import Draft, Lane

log = logging.getLogger(__name__)


class StoreEvents:
    """Makes records of notices; used by one thread."""

    def __init__(self) -> None:
        self._packer = Packer()

    def __call__(self, notice: Notice, now_ns: int) -> Draft:
        """Return the event that tells of a notice."""
        content = {"utc_ns": now_ns, **event_of(notice)}
        if "text" in content:
            log.warning("store: %s", content["text"]["en"])
        return Draft(Lane.EVENT, self._packer.pack(content), now_ns, now_ns, 1, uuid4())


def event_of(notice: Notice) -> Json:
    """Return the event's content (docs/storage-format.md, "Lane event")."""
    match notice:
        case GivenUp():
            return {
                "kind": "gap",
                "cause": notice.cause,
                "destination": notice.destination,
                "records": [notice.epoch, notice.lane.value, notice.first, notice.last],
                "items": notice.items,
                "from_ns": notice.from_ns,
                "to_ns": notice.to_ns,
                "text": asdict(words_store.given_up(notice)),
            }
        case Pruned():
            return {
                "kind": "pruned",
                "cause": notice.cause,
                "epoch": notice.epoch,
                "lane": notice.lane.value,
                "ranges": [[one.first, one.last] for one in notice.ranges],
                "chain": notice.chain.hex(),
            }
        case Joined():
            return {
                "kind": "destination",
                "destination": notice.destination,
                "joined": True,
                "was": notice.was,
            }
        case Left():
            return {"kind": "destination", "destination": notice.destination, "joined": False}
        case SentAgain():
            return {
                "kind": "resend",
                "destination": notice.destination,
                "by": notice.by,
                "records": [
                    [each.epoch, each.lane.value, one.first, one.last]
                    for each in notice.stretches
                    for one in each.ranges
                ],
                "items": notice.items,
                "from_ns": notice.from_ns,
                "to_ns": notice.to_ns,
                "text": asdict(words_store.sent_again(notice)),
            }
        case EpochBegun() | Lost() | Salvaged() | StateDamaged():
            return _mended(notice)


def _mended(notice: EpochBegun | Lost | Salvaged | StateDamaged) -> Json:
    match notice:
        case StateDamaged():
            return {
                "kind": "state-damaged",
                "key": notice.key,
                "aside": notice.aside,
                "text": asdict(words_store.state_damaged(notice)),
            }
        case EpochBegun():
            return {
                "kind": "epoch",
                "cause": notice.cause,
                "epoch": notice.epoch,
                "before": notice.before,
                "aside": notice.aside,
                "detail": notice.detail,
                "text": asdict(words_store.epoch_begun(notice)),
            }
        case Lost():
            return {
                "kind": "gap",
                "cause": "damage",
                "records": [notice.epoch, notice.lane.value, notice.first, notice.last],
                "items": notice.items,
                "from_ns": notice.from_ns,
                "to_ns": notice.to_ns,
                "text": asdict(words_store.lost(notice)),
            }
        case Salvaged():
            return {
                "kind": "salvaged",
                "aside": notice.aside,
                "records": notice.records,
                "lost": notice.lost,
                "text": asdict(words_store.salvaged(notice)),
            }
