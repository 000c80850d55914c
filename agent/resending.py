"""A platform lost what it had confirmed: which records go again, and what of them is not there any more."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_acts
from agent.act import Refused, asked_time, known_destination
from agent.gateway import Gateway
from agent.records import Json
from buffering.again import Gone, records_in
from config.model import Text

NS_PER_S: Final = 10**9
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Resending:
    """Has a destination get again what it had confirmed and lost."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._zone = ZoneInfo(gateway.plant.timezone)

    async def resend(self, asked: Json, by: str) -> Json:
        """Send what was recorded `from` … `to` again to `destination`, as back-fill. Raises Refused."""
        destination = known_destination(self._gateway, asked)
        from_ns, to_ns = self._ns(asked, "from", fold=0), self._ns(asked, "to", fold=1)
        if from_ns >= to_ns:
            raise Refused(words_acts.times_in_wrong_order())
        found = await self._gateway.outbox.again.find(from_ns, to_ns)
        if not (found.gone or found.stretches):
            span = self._spans([(from_ns, to_ns)])
            raise Refused(words_acts.nothing_recorded(span), HTTPStatus.NOT_FOUND)
        if found.gone:
            raise Refused(self._not_there(found.gone, from_ns, to_ns), HTTPStatus.GONE)
        sent = await self._gateway.outbox.again.send(
            destination, found.stretches, by=by, now_ns=self._gateway.clock.now_ns()
        )
        records, there = records_in(sent), records_in(found.stretches)
        text = words_acts.sent_again(destination, records, still_to_come=there - records)
        return {"records": records, "still_to_come": there - records, "text": asdict(text)}

    def _ns(self, asked: Json, key: str, *, fold: int) -> int:
        """Return a time; one that the clocks show twice is the first at `from`, the second at `to`."""
        time = asked_time(asked, key, self._zone, fold=fold)
        return (time - BEGINNING) // timedelta(microseconds=1) * 1000

    def _not_there(self, gone: tuple[Gone, ...], from_ns: int, to_ns: int) -> Text:
        there, begin = [], from_ns
        for before, after in gone:
            if before is not None and before > begin:
                there.append((begin, before))
            begin = max(begin, after)
        if begin < to_ns:
            there.append((begin, to_ns))
        lost = [(max(before or from_ns, from_ns), min(after, to_ns)) for before, after in gone]
        return words_acts.not_there_any_more(self._spans(lost), self._spans(there))

    def _spans(self, spans: list[tuple[int, int]]) -> str:
        return ", ".join(f"{self._shown(begin)} – {self._shown(end)}" for begin, end in spans)

    def _shown(self, ns: int) -> str:
        return datetime.fromtimestamp(ns // NS_PER_S, self._zone).isoformat(sep=" ")
