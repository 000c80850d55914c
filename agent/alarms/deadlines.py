"""One heap of deadlines for all rules, on the monotonic clock."""

import heapq
import itertools
from collections.abc import Callable, Iterator

Due = Callable[[int, int], None]
"""What happens when a deadline is reached: called with (utc_ns, mono_ns)."""


class Deadlines:
    """Sets, cancels and yields deadlines.

    A cancelled or moved deadline stays in the heap until its old time has come
    and is then passed over: cancelling costs nothing.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Due]] = []
        self._live: dict[Due, int] = {}
        self._serial = itertools.count()

    def set(self, due: Due, mono_ns: int) -> None:
        """Call for `due` at `mono_ns`, and at no earlier time it was set for."""
        serial = next(self._serial)
        self._live[due] = serial
        heapq.heappush(self._heap, (mono_ns, serial, due))

    def cancel(self, due: Due) -> None:
        """Forget the deadline, if there is one."""
        self._live.pop(due, None)

    def is_set(self, due: Due) -> bool:
        """Whether `due` is waiting."""
        return due in self._live

    def next_ns(self) -> int | None:
        """Return when the next deadline is; None when nothing waits."""
        while self._heap and self._live.get(self._heap[0][2]) != self._heap[0][1]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def reached(self, mono_ns: int) -> Iterator[Due]:
        """Yield and forget every deadline up to `mono_ns`, earliest first."""
        while (due_ns := self.next_ns()) is not None and due_ns <= mono_ns:
            due = heapq.heappop(self._heap)[2]
            del self._live[due]
            yield due
