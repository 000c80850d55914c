"""Polling, where a server cannot subscribe, or the plant file wants it so.

Every point is read at its period, on an absolute grid, in requests no larger than
the server takes. One scan per period and slot holds all its points; one that
cannot be had is BAD in it, with its reason, and the others are not.
"""

from asyncua import ua
from asyncua.client.ua_client import UaClientState

from drivers.errors import Lost
from drivers.opcua.addresses import look_up
from drivers.opcua.feed import PlanQualities, Session
from drivers.opcua.plans import Plans
from drivers.opcua.quality import quality_of, status_trouble
from drivers.opcua.refusals import listed, requesting
from drivers.opcua.server import read, read_state
from drivers.opcua.troubles import Trouble
from drivers.reading import Quality
from drivers.schedule import Grid, Schedule


class Poller:
    """Reads the items of one session at their periods. See feed.py for what a Feed does."""

    def __init__(self, session: Session, plans: Plans, origin_ns: int) -> None:
        """Take where the connection's grid begins, on the monotonic clock."""
        self._session = session
        items = session.watched.items
        self._plans = plans.whole
        periods = [plan.period_s for plan in self._plans]
        self._keys = [
            [key for key, item in enumerate(items) if item.period_s == period] for period in periods
        ]
        self._schedule = Schedule([Grid(origin_ns, round(period * 1e9)) for period in periods])
        self._nodes: dict[int, ua.NodeId] = {}
        self._heard_ns = session.clock.monotonic_ns()
        self.missing: dict[int, Quality] = {}

    @property
    def due_ns(self) -> int:
        """The next slot, or the time by which the server must be asked whether it lives."""
        silent_ns = self._heard_ns + round(self._session.watched.settings.silence * 1e9)
        next_ns = self._schedule.next_ns
        return silent_ns if next_ns is None else min(next_ns, silent_ns)

    async def start(self) -> None:
        """Look the nodes up. Raises Lost."""
        await self._look_up(tuple(range(len(self._session.watched.items))))

    async def add_missing(self) -> None:
        """Look up again what could not be found. Raises Lost."""
        await self._look_up(tuple(self.missing))

    async def _look_up(self, keys: tuple[int, ...]) -> None:
        session, items = self._session, self._session.watched.items
        with requesting(session.where, session.timeout_s):
            found = await look_up(session.client, session.server, {key: items[key].address for key in keys})
        for key, node in found.items():
            if isinstance(node, Trouble):
                self._is_missing(key, node, Quality.DEVICE_FAULT)
            else:
                self._nodes[key] = node
                self.missing.pop(key, None)

    def _is_missing(self, key: int, trouble: Trouble, quality: Quality) -> None:
        self.missing[key] = quality
        self._nodes.pop(key, None)
        for handle in self._session.watched.items[key].handles:
            self._session.troubles.found(handle, trouble)

    async def check(self) -> None:
        """Read what is due; a server that was not asked for `silence` is asked how it is. Raises Lost."""
        session = self._session
        if session.client.state is not UaClientState.CONNECTED:
            raise Lost(session.where)
        for due in self._schedule.take(session.clock.monotonic_ns()):
            await self._read(due.owner)
        if session.clock.monotonic_ns() >= self._heard_ns + session.watched.settings.silence * 1e9:
            with requesting(session.where, session.timeout_s):
                await read_state(session.client)
            self._heard_ns = session.clock.monotonic_ns()

    async def _read(self, owner: int) -> None:
        session = self._session
        keys = [key for key in self._keys[owner] if key in self._nodes]
        nodes = [self._nodes[key] for key in keys]
        answers: list[ua.DataValue | ua.StatusCode]
        with requesting(session.where, session.timeout_s):
            answers = await session.server.read.run(
                nodes, lambda batch: read(session.client, batch), lambda status: status
            )
        self._heard_ns = session.clock.monotonic_ns()
        read_now: dict[int, ua.DataValue] = {}
        for key, answer in zip(keys, answers, strict=True):
            if isinstance(answer, ua.StatusCode):  # it would make every request fail: left out for a while
                self._is_missing(key, status_trouble(answer), quality_of(answer))
            else:
                read_now[key] = answer
        if not self._nodes and answers:  # all of them: it is the server, and another session may be better
            raise Lost(session.where, listed(a.name for a in answers if isinstance(a, ua.StatusCode)))
        samples: dict[int, ua.DataValue | Quality] = {}
        for key in self._keys[owner]:
            data = read_now.get(key, self.missing.get(key, Quality.DEVICE_FAULT))
            samples.update(dict.fromkeys(session.watched.items[key].handles, data))
        session.emit_samples(self._plans[owner], {handle: samples[handle] for handle in sorted(samples)})

    def missing_plans(self) -> list[PlanQualities]:
        """Return nothing: every scan has the missing points in it."""
        return []
