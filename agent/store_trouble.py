"""Says in the log what the store's disk fails with: once when it begins, once when it is over.

On a full disk records make room again and again, and each time something is
written: that is one trouble, and not one for each time. It is over when a whole
round of upkeep has passed without it and, where there was no room, the disk has some.
"""

import logging

from agent import words_store
from buffering.disk import DISK_FULL
from buffering.outbox import StoreTrouble
from buffering.status import Holding
from drivers.clock import Clock

log = logging.getLogger(__name__)


class StoreTroubleLog:
    """Hears every change of the outbox's trouble; `round_over` is called after each round of upkeep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_ns: dict[str, int] = {}  # by reason, on the monotonic clock
        self._now: StoreTrouble | None = None
        self._is_fresh = False  # there was trouble since the last round

    def hear(self, trouble: StoreTrouble | None) -> None:
        """Take a change; None: something was written."""
        self._now = trouble
        if trouble is None:
            return
        self._is_fresh = True
        if trouble.reason not in self._since_ns:
            self._since_ns[trouble.reason] = self._clock.monotonic_ns()
            log.error("%s", words_store.trouble(trouble.reason, trouble.detail).en)

    def round_over(self, holding: Holding) -> None:
        """Say what is over, if the round passed without trouble."""
        was_fresh, self._is_fresh = self._is_fresh, False
        if self._now is not None or was_fresh:
            return
        for reason, since_ns in list(self._since_ns.items()):
            if reason == DISK_FULL and holding.is_disk_full:
                continue
            del self._since_ns[reason]
            log.info("%s", words_store.trouble_over(reason, self._clock.monotonic_ns() - since_ns).en)
