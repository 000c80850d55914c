"""What must be durable passes here on its way into the outbox.

Scans are batched into one record per commit; an alarm cuts the batch early,
takes it along and commits at once. "Accepted" means committed. An alarm whose
commit has not returned in 300 ms is handed to `on_slow`, to leave from memory.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Final
from uuid import uuid4

from agent import words_store
from agent.alarms.engine import STATE_PREFIX, Outcome
from agent.device_key import STATE_KEY as DEVICE_KEY
from agent.device_key import DeviceKey
from agent.downtime import STOPPED_KEY, Through, told
from agent.records import READINGS_PER_RECORD_MAX, Batch, Catalogue, Json, Packer
from agent.slow_alarm import SlowAlarm
from agent.taken_up import taken_up
from buffering.outbox import Outbox
from buffering.record import Draft, Lane
from drivers.clock import Clock
from drivers.reading import Scan

ALARM_PATIENCE_NS: Final = 300 * 10**6
GATHER_EVERY_NS: Final = 60 * 10**9
"""What rules have added up is written so often, beside the readings that it was made of."""
CATALOGUE_PREFIX: Final = "catalogue/"


class Recorder:
    """Batches, stages and commits; `run` keeps the interval."""

    def __init__(
        self,
        outbox: Outbox,
        catalogue: Catalogue,
        clock: Clock,
        *,
        commit_interval_s: float,
        on_slow: Callable[[SlowAlarm], None],
        boot: str = "",
    ) -> None:
        """`boot` names this boot of the kernel, within which the monotonic clock says how long a stop was."""
        self._outbox = outbox
        self._catalogue = catalogue
        self._clock = clock
        self._interval_ns = round(commit_interval_s * 1e9)
        self._on_slow = on_slow
        self._boot = boot
        self.latest_ns = 0  # the latest time on record when this run began
        self._packer = Packer()
        self._batch = Batch(catalogue)
        self._alarms: asyncio.Queue[tuple[int, SlowAlarm]] = asyncio.Queue()
        self._gather_ns = clock.monotonic_ns() + GATHER_EVERY_NS
        self.gathered: Callable[[], Mapping[str, bytes | None]] = dict  # what rules have added up

    def start(self, *, version: str, plant_sha256: str) -> None:
        """Stage what a start owes the record: the gap since the last commit, the catalogue, the start."""
        opened, state = self._outbox.opened, self._outbox.state
        if opened.last_commit_ns is not None:
            self.latest_ns = Through.of(state, opened.last_commit_ns).latest_ns
        for event in told(opened, state, self._through()):
            self.event(event)
        key = CATALOGUE_PREFIX + self._catalogue.key
        if taken_up(self._outbox.state, key, self._key_of) != self._catalogue.key:
            self.event(self._catalogue.content, state={key: self._packer.pack(self._catalogue.content)})
        start = {
            "kind": "start",
            "version": version,
            "plant_sha256": plant_sha256,
            "catalogue": self._catalogue.key,
        }
        self.event(start, state={STOPPED_KEY: None, **self._through().state()})

    def _key_of(self, packed: bytes) -> str:
        return Catalogue.read(self._packer.unpack(packed)).key

    def _through(self) -> Through:
        return Through.now(self._clock, self._boot, self.latest_ns)

    def device_key(self, key: DeviceKey | None) -> None:
        """Put on record which key signs from now on, where it is another than before."""
        name = key.fingerprint if key is not None else ""
        if self._outbox.state.get(DEVICE_KEY, b"") != name.encode():
            event = {"kind": "device-key", "fingerprint": None} if key is None else key.event()
            self.event(event, state={DEVICE_KEY: name.encode() or None})

    def scan(self, scan: Scan) -> None:
        """Take one scan into the batch."""
        if self._batch.readings + len(scan.values) > READINGS_PER_RECORD_MAX:
            self._stage_batch()
        self._batch.add(scan)

    def alarms(self, outcome: Outcome) -> None:
        """Stage and commit alarm events at once, with the states they lead to."""
        self._stage_batch()
        drafts = []
        for event in outcome.events:
            content: Json = {"kind": "alarm", "alarm": event.as_json()}
            draft = self._draft(Lane.ALARM, content, event.utc_ns, event.utc_ns, 1)
            key = STATE_PREFIX + event.rule
            self._outbox.append(draft, now_ns=self._clock.now_ns(), state={key: outcome.state[key]})
            drafts.append((draft, content))
        committed = self._outbox.commit(now_ns=self._clock.now_ns(), lane=Lane.ALARM)
        due_ns = self._clock.monotonic_ns() + ALARM_PATIENCE_NS
        for draft, content in drafts:
            self._alarms.put_nowait((due_ns, SlowAlarm(draft, content, committed)))

    def event(self, content: Json, *, state: Mapping[str, bytes | None] | None = None) -> None:
        """Stage one event; it rides on the next commit."""
        now_ns = self._clock.now_ns()
        draft = self._draft(Lane.EVENT, {"utc_ns": now_ns, **content}, now_ns, now_ns, 1)
        self._outbox.append(draft, now_ns=now_ns, state=state or {})

    async def run(self) -> None:
        """Commit what is staged at every interval; watch over alarms that the disk keeps waiting."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commit_at_intervals(), name="recorder.commit")
            tasks.create_task(self._watch_alarms(), name="recorder.alarms")

    def flush(self) -> "asyncio.Future[None]":
        """Stage the batch and commit everything; the future is done when it is durable."""
        self._stage_batch()
        self._report_refusals()
        return self._outbox.commit(now_ns=self._clock.now_ns())

    def stopped(self) -> "asyncio.Future[None]":
        """Write the last record of a clean stop."""
        self._stage_batch()
        through = self._through().state()
        self.event({"kind": "stop"}, state={**self.gathered(), STOPPED_KEY: b"1", **through})
        return self.flush()

    async def _commit_at_intervals(self) -> None:
        due_ns = self._clock.monotonic_ns()
        while True:
            due_ns = max(due_ns + self._interval_ns, self._clock.monotonic_ns())
            await self._clock.sleep_until(due_ns)
            self.flush()

    async def _watch_alarms(self) -> None:
        while True:
            due_ns, alarm = await self._alarms.get()
            patience_s = max(0, due_ns - self._clock.monotonic_ns()) / 1e9
            await asyncio.wait([alarm.committed], timeout=patience_s)
            if not alarm.committed.done():
                self._on_slow(alarm)

    def _stage_batch(self) -> None:
        if not self._batch.readings:
            return
        batch, self._batch = self._batch, Batch(self._catalogue)
        draft = self._draft(Lane.READING, batch.content(), batch.first_ns, batch.last_ns, batch.readings)
        state: dict[str, bytes | None] = {**self._through().state()}
        if (mono_ns := self._clock.monotonic_ns()) >= self._gather_ns:
            self._gather_ns = mono_ns + GATHER_EVERY_NS
            state |= self.gathered()
        self._outbox.append(draft, now_ns=self._clock.now_ns(), state=state)

    def _report_refusals(self) -> None:
        for refused in self._outbox.take_refused():
            self.event(
                {
                    "kind": "gap",
                    "cause": "staging",
                    "reason": refused.reason,
                    "from_ns": refused.first_ns,
                    "to_ns": refused.last_ns,
                    "items": refused.items,
                    "text": asdict(words_store.not_stored(refused.items, refused.reason)),
                }
            )

    def _draft(self, lane: Lane, content: Json, first_ns: int, last_ns: int, count: int) -> Draft:
        return Draft(lane, self._packer.pack(content), first_ns, last_ns, count, uuid4())
