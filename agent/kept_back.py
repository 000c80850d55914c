"""What platforms refused and is kept back from them: listed, sent after all, or given up.

To send a reading again is to send the record that holds it, and to send a parked
point again every record since it was parked: other readings of those records come
once more, under the names that they have.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_acts
from agent.act import Refused, known_destination
from agent.gateway import Gateway
from agent.records import Json
from agent.uplinks.quarantine import GivenUp, Quarantine
from buffering.again import SEQ_MAX
from buffering.notices import Stretch
from buffering.ranges import Range, merge
from buffering.record import Lane
from buffering.status import Parked
from config.model import Text

NS_PER_S: Final = 10**9


class KeptBack:
    """Acts on the quarantine of a destination and on its parked messages."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    def listed(self, asked: Json) -> Json:
        """Return what is kept back from `destination`, or of its `point` only. Raises Refused."""
        name, point = known_destination(self._gateway, asked), asked.get("point")
        kept = self._quarantine(name)
        messages = () if point is not None else self._gateway.outbox.parked(name)
        return {
            "destination": name,
            "points": [self._point(each) for each in kept.parked.values() if point in (None, each.point)],
            "readings": [self._reading(each) for each in kept.readings if point in (None, each.point)],
            "unlisted": kept.unlisted,
            "messages": [_message(each) for each in messages],
        }

    async def resend(self, asked: Json, by: str) -> Json:
        """Send what is kept back after all. Raises Refused."""
        name, point = known_destination(self._gateway, asked), asked.get("point")
        outbox, now_ns = self._gateway.outbox, self._gateway.clock.now_ns()
        kept = self._quarantine(name)
        messages = () if point is not None else outbox.parked(name)
        # Before anything of it can be rendered; on record only once it is to be sent: after a crash
        # in between it is still listed.
        released = self._release(kept, name, point, is_all=bool(messages))
        sent = await outbox.again.send(name, self._stretches(released), by=by, now_ns=now_ns)
        for parked in messages:
            kept.resent.add(parked.message.number)
            await outbox.again.unpark(parked.message)
        text = words_acts.quarantine_resent(name, by, _names(released), len(messages))
        self._record("quarantine-resent", name, by, released, messages, kept, text)
        return {"stretches": len(sent), "text": asdict(text)}

    async def drop(self, asked: Json, by: str) -> Json:
        """Give up what is kept back of a point, or `all`; what comes from now on is sent. Raises Refused."""
        if not asked.get("point") and not asked.get("all"):
            raise Refused(words_acts.drop_what())
        name, point = known_destination(self._gateway, asked), asked.get("point")
        outbox, now_ns = self._gateway.outbox, self._gateway.clock.now_ns()
        kept = self._quarantine(name)
        messages = () if point is not None else outbox.parked(name)
        released = self._release(kept, name, point, is_all=bool(messages or kept.unlisted))
        unlisted = 0
        if point is None:
            unlisted, kept.unlisted = kept.unlisted, 0
        for parked in messages:
            await outbox.again.drop(parked.message, now_ns=now_ns)
        text = words_acts.quarantine_dropped(name, by, _names(released), len(messages))
        given_up = [[e.point, e.epoch, e.seq, e.utc_ns, e.is_parked] for e in released]
        also = {"given_up": given_up, "unlisted": unlisted}
        self._record("quarantine-dropped", name, by, released, messages, kept, text, also)
        return {"text": asdict(text)}

    def _quarantine(self, name: str) -> Quarantine:
        """Return the forwarder's own; one that does not run has it in the store."""
        forwarder = self._gateway.forwarders.get(name)
        if forwarder is not None:
            return forwarder.quarantine
        return Quarantine(name, self._gateway.outbox.state)

    def _release(self, kept: Quarantine, name: str, point: str | None, *, is_all: bool) -> list[GivenUp]:
        points = kept.points if point is None else [point]
        released = [each for one in points for each in kept.release(one)]
        if not released and not is_all:
            raise Refused(words_acts.nothing_kept_back(name, point, kept.points))
        return released

    def _stretches(self, released: Iterable[GivenUp]) -> list[Stretch]:
        """Return the records of single readings, and all since a point was parked."""
        ranges: dict[int, list[Range]] = {}
        newest = self._gateway.outbox.opened.epoch
        for each in released:
            ranges.setdefault(each.epoch, []).append(Range(each.seq, SEQ_MAX if each.is_parked else each.seq))
            if each.is_parked and each.epoch != newest:
                ranges.setdefault(newest, []).append(Range(1, SEQ_MAX))
        return [Stretch(epoch, Lane.READING, merge(each)) for epoch, each in sorted(ranges.items())]

    def _record(
        self,
        kind: str,
        name: str,
        by: str,
        released: Iterable[GivenUp],
        messages: Iterable[Parked],
        kept: Quarantine,
        text: Text,
        also: Json | None = None,
    ) -> None:
        self._gateway.on_event(
            {
                "kind": kind,
                "destination": name,
                "by": by,
                "readings": [[each.point, each.epoch, each.seq] for each in released],
                "messages": [each.message.number for each in messages],
                **(also or {}),
                "text": asdict(text),
            },
            state=kept.state,
        )

    def _point(self, parked: GivenUp) -> Json:
        head = self._gateway.outbox.head(Lane.READING)
        is_of_now = parked.epoch == self._gateway.outbox.opened.epoch
        records = head - parked.seq + 1 if is_of_now else None
        return {**self._reading(parked), "records": records}

    def _reading(self, given_up: GivenUp) -> Json:
        time = datetime.fromtimestamp(given_up.utc_ns // NS_PER_S, self._zone)
        return {**asdict(given_up), "time": time.isoformat(sep=" ")}


def _message(parked: Parked) -> Json:
    message = parked.message
    return {
        "number": message.number,
        "records": [message.epoch, message.lane.value, message.first, message.last],
        "count": message.last - message.first + 1,
        "reason": parked.reason,
    }


def _names(released: Iterable[GivenUp]) -> list[str]:
    return list(dict.fromkeys(each.point for each in released))
