"""Keeps a connection open and served, for as long as its driver runs.

Whatever ends a link, the next one is opened after a wait that grows and is
jittered: neither a host that refuses nor one that accepts and hangs up at once
is stormed. The wait is short again once a device has answered.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from drivers.backoff import Backoff
from drivers.clock import Clock
from drivers.errors import LinkFault, Lost, Unfit, WrongReply
from drivers.modbus.opening import Opening, OpenLink
from drivers.modbus.poll import Poller
from drivers.remarks import Remarks
from drivers.report import LinkReport

RECONNECT_FIRST_S: Final = 0.2
RECONNECT_CAP_S: Final = 3.0
"""So that a device that is back is found, and polled, within 5 s."""
BARREN_MAX: Final = 3
"""Links in a row that brought nothing, while another one of the same connection works."""
SHORT_MAX: Final = 3
"""Links in a row that ended after their first answer."""


class Holder:
    """Holds the links of one connection."""

    def __init__(
        self,
        opening: Opening,
        poller: Poller,
        clock: Clock,
        rng: Random,
        *,
        report: LinkReport,
        remarks: Remarks,
        on_open: Callable[[], None],
        explain: Callable[[LinkFault], LinkFault],
    ) -> None:
        self._opening = opening
        self._poller = poller
        self._clock = clock
        self._rng = rng
        self._report = report
        self._remarks = remarks
        self._explain = explain  # a silence that is none
        self._on_open = on_open  # of the first link, and whenever one is made anew
        self._last: dict[int, OpenLink] = {}  # by the link's number
        self._open: set[int] = set()
        self._working: set[int] = set()  # those that have answered

    async def hold(self, number: int, tried: asyncio.Event) -> None:
        """Hold one link until cancelled; `tried` is set once it is open, or could not be opened."""
        backoff = Backoff(first_s=RECONNECT_FIRST_S, cap_s=RECONNECT_CAP_S, rng=self._rng)
        barren = short = 0
        while True:
            answers, fault = await self._serve_once(number, tried, backoff)
            barren = 0 if answers else barren + 1
            short = short + 1 if answers == 1 and isinstance(fault, Lost) else 0
            if not self._open:
                self._report.down(self._explain(fault))
            elif self._working and barren == BARREN_MAX:
                self._remark_fewer()
            if short == SHORT_MAX:
                self._remarks.once("hangs-up", where=self._opening.where)
            tried.set()
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(backoff.next_s() * 1e9))

    async def _serve_once(self, number: int, tried: asyncio.Event, backoff: Backoff) -> tuple[int, LinkFault]:
        """Open a link and have it served until it fails; return how many answers came, and why it ended."""
        answers = 0

        def on_answer() -> None:
            nonlocal answers
            answers += 1
            self._working.add(number)
            self._report.up()
            backoff.reset()

        def on_unfit(fault: WrongReply) -> None:
            if not self._working:  # else the rest works, and a note says which unit does not
                self._report.down(Unfit(self._opening.where, f"{fault.asked} → {fault.got}"))

        try:
            link = await self._opening.open(self._poller.wake)
            tried.set()
            self._note_open(number, link)
            try:
                await self._poller.serve(link, on_answer, on_unfit)
            finally:
                self._open.discard(number)
                self._working.discard(number)
                link.close()
        except LinkFault as fault:
            return answers, fault
        raise AssertionError("a link is served until it fails")

    def _note_open(self, number: int, link: OpenLink) -> None:
        self._open.add(number)
        is_extra = number > 0 and number not in self._last
        if self._last.get(number) is not link and not is_extra:
            self._on_open()
        self._last[number] = link

    def _remark_fewer(self) -> None:
        self._remarks.once(
            "fewer-connections",
            where=self._opening.where,
            have=len(self._working),
            wanted=self._opening.links,
        )
