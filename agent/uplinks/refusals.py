"""What is said of numbers that a platform will not hold, or not whole: an event names each, with its reason.

An event about a refused event would be refused in its turn, without end. Such
numbers are told together once the platform takes events again; those that are still
parked then, after each start anew.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Final

from agent.records import Json
from agent.uplinks import messages
from agent.uplinks.quarantine import GivenUp, Quarantine
from agent.uplinks.uplink import OnEvent
from buffering.record import Lane, Message
from buffering.status import Parked
from config.model import Text

log = logging.getLogger(__name__)

TOLD_MAX: Final = 100
"""Refused events that one event names; the rest is named by the next."""


class Refusals:
    """Speaks for one stream of one destination."""

    def __init__(
        self, destination: str, quarantine: Quarantine, parked: Iterable[Parked], on_event: OnEvent
    ) -> None:
        """Take `parked`, what is kept back since earlier runs."""
        self._destination = destination
        self._quarantine = quarantine
        self._on_event = on_event
        events = (each for each in parked if each.message.lane is Lane.EVENT)
        self._untold = [_named(each.message, each.reason) for each in events]

    def of_message(self, message: Message, reason: Text) -> None:
        """Tell that a message is set aside, and why."""
        log.error("destination %s: message %d: %s", self._destination, message.number, reason.en)
        if message.lane is Lane.EVENT:
            self._quarantine.resent.discard(message.number)
            self._untold.append(_named(message, reason.en))
            return
        self._tell(message, message.last - message.first + 1, reason, is_parked=True)

    def of_items(self, message: Message, reason: Text, items: int) -> None:
        """Tell that so many items of a message of readings will not arrive, and why."""
        log.error("destination %s: message %d: %s", self._destination, message.number, reason.en)
        self._tell(message, items, reason)

    def within(self, message: Message, items: str) -> None:
        """Tell that a platform named items that it does not take, in a message that it has."""
        reason = messages.items_refused(items)
        log.error("destination %s: message %d: %s", self._destination, message.number, reason.en)
        if message.lane is not Lane.EVENT:
            self._tell(message, 0, reason)

    def left_out(self, message: Message, kinds: Collection[str]) -> None:
        """Tell that nothing of a message goes, because the platform has no word for it."""
        items = message.last - message.first + 1
        self._tell(message, items, messages.left_out(self._destination, ", ".join(kinds)))

    def of_reading(self, message: Message, kept: GivenUp, items: int) -> None:
        """Give up a reading, and with it `items` in all of the message; tell it with its point."""
        is_parked = self._quarantine.give_up(kept)
        say = messages.point_parked if is_parked else messages.reading_refused
        text = say(self._destination, kept.point, kept.reason)
        log.error(text.en)
        self._on_event(
            {
                "kind": "point-parked" if is_parked else "refused",
                "destination": self._destination,
                "number": message.number,
                "items": items if is_parked else 1,
                "point": kept.point,
                "records": [message.epoch, message.lane.value, kept.seq, kept.seq],
                "text": asdict(text),
            },
            state=self._quarantine.state,
        )

    def taken(self, message: Message, kept: Collection[GivenUp]) -> None:
        """Tell of readings that were kept back, and were taken in this message: their records came again."""
        if kept:
            points = list(dict.fromkeys(each.point for each in kept))
            self._on_event(
                {
                    "kind": "quarantine-taken",
                    "destination": self._destination,
                    "number": message.number,
                    "readings": [[each.point, each.epoch, each.seq] for each in kept],
                    "text": asdict(messages.readings_taken(self._destination, len(kept), points)),
                },
                state=self._quarantine.state,
            )

    def events_are_taken(self) -> None:
        """Name the refused events, now that another one got through; not those that are sent after all."""
        self._untold = [each for each in self._untold if each["number"] not in self._quarantine.resent]
        told, self._untold = self._untold[:TOLD_MAX], self._untold[TOLD_MAX:]
        if told:
            text = messages.events_refused(self._destination, len(told), told[0]["reason"])
            self._on_event(
                {"kind": "refused", "destination": self._destination, "refused": told, "text": asdict(text)}
            )

    def _tell(self, message: Message, items: int, reason: Text, *, is_parked: bool = False) -> None:
        self._on_event(
            {
                "kind": "refused",
                "destination": self._destination,
                "number": message.number,
                "items": items,
                "records": [message.epoch, message.lane.value, message.first, message.last],
                **({"parked": True} if is_parked else {}),
                "text": asdict(reason),
            }
        )


def _named(message: Message, reason: str) -> Json:
    return {
        "number": message.number,
        "items": message.last - message.first + 1,
        "records": [message.epoch, message.lane.value, message.first, message.last],
        "reason": reason,
    }
