"""What a server grants of what it is asked for: intervals and queues that are much worse are told.

A point that is to be sampled each second and is sampled once a minute looks healthy.
"""

import math
from collections.abc import Mapping
from typing import Final

from asyncua import ua

from drivers.opcua.items import Watched
from drivers.remarks import Remarks

MUCH_SLOWER: Final = 1.5
"""Servers round intervals to steps of their own; less than this is no news."""


class Granted:
    """Collects, while a subscription is made, what the server revised; tells it once."""

    def __init__(self, watched: Watched, remarks: Remarks) -> None:
        self._watched = watched
        self._remarks = remarks
        self._slower: dict[int, float] = {}  # sampling intervals, in seconds, by the item's key
        self._shorter: dict[int, int] = {}  # queues
        self.publishing_s = watched.settings.publishing_interval

    def subscription(self, revised_ms: float) -> None:
        """Take the publishing interval."""
        self.publishing_s = revised_ms / 1000

    def items(self, results: Mapping[int, ua.MonitoredItemCreateResult]) -> None:
        """Take the results of items that were created."""
        for key, result in results.items():
            item = self._watched.items[key]
            sampling_s = result.RevisedSamplingInterval / 1000
            if sampling_s > MUCH_SLOWER * item.sampling_s:
                self._slower[key] = sampling_s
            samples = self.publishing_s / max(sampling_s, item.sampling_s)
            if result.RevisedQueueSize < min(item.queue_size, math.floor(samples)):
                self._shorter[key] = result.RevisedQueueSize

    def tell(self) -> None:
        """Tell what is worse than what was asked for; forget what is no longer."""
        asked_s = self._watched.settings.publishing_interval
        if self.publishing_s > MUCH_SLOWER * asked_s:
            self._remarks.once("publishing-revised", asked=asked_s, granted=self.publishing_s)
        else:
            self._remarks.forget("publishing-revised")
        items = self._watched.items
        self._tell_items(
            "sampling-revised", self._slower, {key: items[key].sampling_s for key in self._slower}
        )
        self._tell_items(
            "queue-revised", self._shorter, {key: items[key].queue_size for key in self._shorter}
        )

    def _tell_items(self, code: str, granted: Mapping[int, float], asked: Mapping[int, float]) -> None:
        if not granted:
            self._remarks.forget(code)
            return
        first = next(iter(granted))
        self._remarks.once(
            code,
            **self._watched.named(granted),
            asked=asked[first],
            granted=granted[first],
        )
