"""From a scan to everything that follows from it: latest values, alarms, the record.

`take` is what drivers emit into: it never waits and never raises. A rule that
fails by our own fault becomes "not evaluated", with an event; the readings go on.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from agent.alarms.area import goes_on
from agent.alarms.bypass import bypass_of
from agent.alarms.engine import Engine, Outcome
from agent.area_check import AreaCheck
from agent.latest import LatestValues
from agent.recorder import Recorder
from agent.records import Json
from agent.self_reports import SelfReports
from agent.supervise import Supervisor
from config.model import Text
from drivers.clock import Clock
from drivers.driver import LinkStatus
from drivers.messages import describe, describe_note
from drivers.reading import Scan
from drivers.surroundings import Note
from drivers.waiting import until

DRIVER_PREFIX: Final = "driver/"


log = logging.getLogger(__name__)


def kept_by_drivers(stored: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what drivers asked to be kept, by their own keys."""
    return {
        key.removeprefix(DRIVER_PREFIX): value
        for key, value in stored.items()
        if key.startswith(DRIVER_PREFIX)
    }


class Pipeline:
    """Joins engine, latest values and recorder."""

    def __init__(
        self,
        engine: Engine,
        latest: LatestValues,
        recorder: Recorder,
        supervisor: Supervisor,
        clock: Clock,
        *,
        reports: SelfReports,
        check: AreaCheck,
        on_alarm: Callable[[], None],
    ) -> None:
        """Take `on_alarm`, called when an alarm event was committed or is about to be."""
        self.reports = reports
        self.check = check
        self._engine = engine
        self._latest = latest
        self._recorder = recorder
        self._supervisor = supervisor
        self._clock = clock
        self._on_alarm = on_alarm
        self._earlier = asyncio.Event()
        self._awaited_ns: int | None = None
        self.links: dict[str, LinkStatus] = {}
        self.first_good_ns: int | None = None
        recorder.gathered = self._gathered

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up the alarms that stood when the last run ended."""
        self.reports.start(stored)
        now_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        changed = self._supervisor.contain(
            "rules.in-force", lambda: tuple(self.reports.in_force.start(stored, now_ns))
        )
        for occurred in () if isinstance(changed, Exception) else changed:
            self._recorder.event(occurred.content, state=occurred.state)
        self._follow(self._engine.start(stored, utc_ns=now_ns, mono_ns=mono_ns))

    def take(self, scan: Scan) -> None:
        """Follow one scan through; see `drivers.reading.Emit`."""
        self._latest.take(scan)
        self._recorder.scan(scan)
        if self.first_good_ns is None and scan.qualities is None:
            self.first_good_ns = scan.utc_ns
        self._follow(
            self._judged("alarms.evaluate", lambda failed: self._engine.evaluate(scan, failed=failed))
        )
        reported = self._supervisor.contain("reports.take", lambda: tuple(self.reports.take(scan)))
        for occurred in () if isinstance(reported, Exception) else reported:
            self._recorder.event(occurred.content, state=occurred.state)

    def link(self, status: LinkStatus) -> None:
        """Take a connection's loss or return: an alarm by and by, an event at once."""
        self.links[status.connection_id] = status
        event: Json = {"kind": "link", "connection": status.connection_id, "up": status.up}
        if status.fault is not None:
            text = describe(status.fault)
            event["text"] = {"zh": text.zh, "en": text.en}
        self._recorder.event(event)
        mono_ns = self._clock.monotonic_ns()
        self._follow(
            self._judged(
                "alarms.link", lambda failed: self._engine.link(status, mono_ns=mono_ns, failed=failed)
            )
        )

    def note(self, note: Note) -> None:
        """Take what a driver noticed: an event, and what the driver wants back after a restart."""
        text = describe_note(note)
        log.warning("%s: %s", note.connection_id, text.en)
        kept = {DRIVER_PREFIX + key: value for key, value in note.kept.items()}
        event: Json = {
            "kind": note.code,
            "connection": note.connection_id,
            **note.fields,
            "text": {"zh": text.zh, "en": text.en},
        }
        self._recorder.event(event, state=kept)

    def act(self, do: Callable[[int, int], None]) -> Text:
        """Do what a person asks of an alarm or an area; return what came of it. Raises what `do` does."""
        do(self._clock.now_ns(), self._clock.monotonic_ns())
        outcome = self._engine.acted()
        assert outcome is not None  # no act without an event
        self._follow(outcome)
        return outcome.said

    def do(self, what: Callable[[int, int], Text]) -> Text:
        """Do what a person asks of a rule; return what came of it. Raises what `what` does."""
        text = what(self._clock.now_ns(), self._clock.monotonic_ns())
        self._follow(self._engine.acted())
        return text

    def tick(self) -> None:
        """Let every deadline up to now take effect."""
        utc_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        self._follow(
            self._judged(
                "alarms.tick",
                lambda failed: self._engine.tick(utc_ns=utc_ns, mono_ns=mono_ns, failed=failed),
            )
        )

    async def run(self) -> None:
        """Tick at every deadline: delays run on the clock, not on the arrival of data."""
        while True:
            self._earlier.clear()
            self._awaited_ns = self._engine.next_deadline_ns()
            if not await until(self._earlier, self._clock, self._awaited_ns):
                self.tick()

    def _judged(self, name: str, judge: Callable[[str | None], Outcome | None]) -> Outcome | None:
        """Return what comes of judging; each rule that fails is given up, and the others go on."""
        outcome = self._supervisor.contain(name, lambda: judge(None))
        while isinstance(outcome, Exception):
            failed = type(outcome).__name__
            outcome = self._supervisor.contain(name, partial(judge, failed))
        return outcome

    def _gathered(self) -> Mapping[str, bytes | None]:
        found = self._supervisor.contain(
            "alarms.gathered",
            lambda: self._engine.gathered(utc_ns=self._clock.now_ns(), mono_ns=self._clock.monotonic_ns()),
        )
        return {} if isinstance(found, Exception) else found

    def _follow(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            for told in outcome.told:
                self._recorder.event(told.as_json(), state=told.state)
                if (area := goes_on(told)) is not None:
                    self._recorder.event(self.check.of(area))
            for noted in outcome.notes:
                self._recorder.event(noted.content, state=noted.state)
            for event in outcome.events:
                if (bypass := bypass_of(event)) is not None:
                    self._recorder.event(bypass)
            if outcome.events:
                self._recorder.alarms(outcome)
                self._on_alarm()
        due_ns, awaited_ns = self._engine.next_deadline_ns(), self._awaited_ns
        if due_ns is not None and (awaited_ns is None or due_ns < awaited_ns):
            self._earlier.set()
