"""Items that a server took on and never reported: they are read until it does.

A server owes every monitored item a first notification (OPC 10000-4, 5.13.1.2). One that
forgets an item looks like a plant in which nothing happens, and the point would have no
reading at all, not even one that says why.
"""

from collections.abc import Mapping
from typing import Final

from asyncua import ua

from drivers.opcua.feed import Session
from drivers.opcua.plans import Plans
from drivers.opcua.quality import quality_of
from drivers.opcua.refusals import requesting
from drivers.opcua.server import read
from drivers.reading import Quality
from drivers.remarks import Remarks

GRACE_S: Final = 2.0
"""Beside two sampling and two publishing intervals: what a busy server may take for its first report."""


class SilentItems:
    """The items of one subscription that have not been reported yet."""

    def __init__(self, session: Session, plans: Plans, remarks: Remarks) -> None:
        self._session = session
        self._plans = plans
        self._remarks = remarks
        self._nodes: dict[int, ua.NodeId] = {}
        self._due_ns: dict[int, int] = {}  # when an item is to be read, by its key
        self._heard: set[int] = set()

    def created(self, nodes: Mapping[int, ua.NodeId], publishing_s: float) -> None:
        """The server has taken these items on just now."""
        now_ns, items = self._session.clock.monotonic_ns(), self._session.watched.items
        # The first report may well come before the answer that says that the item is created.
        for key, node in ((key, node) for key, node in nodes.items() if key not in self._heard):
            self._nodes[key] = node
            wait_s = GRACE_S + 2 * (items[key].sampling_s + publishing_s)
            self._due_ns[key] = now_ns + round(wait_s * 1e9)

    def heard(self, key: int) -> None:
        """An item was reported."""
        self._heard.add(key)
        if self._due_ns.pop(key, None) is not None and not self._due_ns:
            self._remarks.forget("items-silent")

    async def check(self) -> None:
        """Read the items that are due. Raises Lost."""
        session, now_ns = self._session, self._session.clock.monotonic_ns()
        due = [key for key, due_ns in self._due_ns.items() if due_ns <= now_ns]
        if not due:
            return
        self._remarks.once("items-silent", **session.watched.named(due))
        for key in due:
            self._due_ns[key] = now_ns + round(session.watched.items[key].period_s * 1e9)
        answers: list[ua.DataValue | ua.StatusCode]
        with requesting(session.where, session.timeout_s):
            answers = await session.server.read.run(
                [self._nodes[key] for key in due], lambda batch: read(session.client, batch), lambda s: s
            )
        self._emit(dict(zip(due, answers, strict=True)))

    def _emit(self, answers: Mapping[int, ua.DataValue | ua.StatusCode]) -> None:
        items = self._session.watched.items
        by_period: dict[float, dict[int, ua.DataValue | Quality]] = {}
        for key, answer in answers.items():
            sample = quality_of(answer) if isinstance(answer, ua.StatusCode) else answer
            by_period.setdefault(items[key].period_s, {}).update(dict.fromkeys(items[key].handles, sample))
        for samples in by_period.values():
            in_order = {handle: samples[handle] for handle in sorted(samples)}
            self._session.emit_samples(self._plans.of(tuple(in_order)), in_order)
