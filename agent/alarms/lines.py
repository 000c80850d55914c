"""The connections of a plant: whose loss is one alarm for all that is read over them.

While a connection is down its own alarm speaks for its rules as well (`Alarm.line_tells`): none of
them tells its loss by itself. Where that alarm is at rest or taken out of service, it speaks for none.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from agent.alarms.alarm import Alarm
from agent.alarms.comm import SilenceWatch, link_watch
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from config.model import Plant, Point
from drivers.driver import LinkStatus

Reads = Sequence[tuple[Alarm, Iterable[Point]]]
"""Alarms of rules, each with the points that it cannot do without."""


class Lines:
    """Holds the connections' watches by id, and which are down."""

    def __init__(self, plant: Plant, reads: Reads, deadlines: Deadlines, out: Out) -> None:
        self.down: set[str] = set()
        behind: dict[str, list[Alarm]] = {connection: [] for connection in plant.connections}
        for alarm, points in reads:
            over = frozenset(plant.devices[point.device_id].connection_id for point in points)
            alarm.line_tells = partial(self._tells, over)
            for connection in over:
                behind[connection].append(alarm)
        self.watches: Mapping[str, SilenceWatch] = {
            connection: link_watch(connection, plant, alarms, deadlines, out)
            for connection, alarms in behind.items()
        }

    def take(self, status: LinkStatus, mono_ns: int) -> None:
        """Take a connection's loss or return."""
        watch = self.watches[status.connection_id]
        if status.up:
            self.down.discard(status.connection_id)
            watch.answered(status.utc_ns, mono_ns)
        else:
            self.down.add(status.connection_id)
            watch.silent(mono_ns)

    def _tells(self, over: frozenset[str]) -> bool:
        if not self.down:
            return False
        alarms = (self.watches[connection].alarm for connection in over & self.down)
        return any(alarm.is_in_service and not alarm.rests for alarm in alarms)
