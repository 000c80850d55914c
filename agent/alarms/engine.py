"""All rules of a plant: readings in, alarm events out.

`evaluate`, `link` and `tick` are pure in the sense that matters: they ask for
no time, wait for nothing and touch no disk, so a ten-minute delay tests in
microseconds. What must outlive a restart is returned beside the events, for the
outbox to write in the same transaction: an event and the state it leads to can
not disagree after a crash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from agent.alarms import messages
from agent.alarms.alarm import Alarm
from agent.alarms.comm import SilenceWatch, device_watch, link_watch
from agent.alarms.deadlines import Deadlines
from agent.alarms.deviation import DeviationWatch, deviation_watch
from agent.alarms.disabled import disabled_watch
from agent.alarms.duty import duty_of, duty_of_silence
from agent.alarms.event import AlarmEvent, Happening
from agent.alarms.limit import LimitWatch
from agent.alarms.noted import Noted
from agent.alarms.rules.baseline_watch import BaselineWatch
from agent.alarms.rules.make import watch_of
from agent.alarms.rules.watch import Places, RuleWatch
from agent.alarms.saved import Json, Saved, alarm_id, since_ns
from config.model import Plant, Priority, Text
from drivers.driver import LinkStatus
from drivers.reading import Quality, Scan, ScanPlan

STATE_PREFIX: Final = "alarm/"

_Watch = LimitWatch | RuleWatch | SilenceWatch | DeviationWatch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call brought: events, and the state keys to be stored with them (None = delete).

    `noted` is what rules tell besides their alarms.
    """

    events: tuple[AlarmEvent, ...]
    state: Mapping[str, bytes | None]
    noted: tuple[Noted, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What one plan's scans concern, by position: looked up once, walked for every scan."""

    limits: tuple[tuple[int, tuple[LimitWatch, ...]], ...]
    rules: tuple[tuple[RuleWatch, Places], ...]
    devices: tuple[tuple[int, SilenceWatch], ...]


class Engine:
    """Holds every rule's state and the one heap of deadlines."""

    def __init__(self, plant: Plant) -> None:
        self._deadlines = Deadlines()
        self._events: list[AlarmEvent] = []
        self._noted: list[Noted] = []
        self._compiled: dict[ScanPlan, _Compiled] = {}
        self._down: set[str] = set()
        out, deadlines, devices = self._events.append, self._deadlines, plant.devices.values()
        self._limits = tuple(
            LimitWatch(rule, device.name, duty_of(plant.alarms, rule), deadlines, out)
            for device in devices
            for rule in device.rules
        )
        self._by_point: dict[str, list[LimitWatch]] = {}
        for limit in self._limits:
            self._by_point.setdefault(limit.rule.point.id, []).append(limit)
        names = {
            point.id: Text(f"{device.name.zh} {point.name.zh}", f"{device.name.en} {point.name.en}")
            for device in devices
            for point in device.points
        }
        self._rules = tuple(
            watch_of(
                rule,
                [names[p.id] for p in rule.points],
                duty_of(plant.alarms, rule),
                deadlines,
                out,
                self._noted.append,
            )
            for rule in plant.rules
        )
        of_silence = duty_of_silence(plant.alarms)
        self._devices = {
            device.id: device_watch(device, self._down, of_silence, deadlines, out)
            for device in devices
            if device.points
        }
        self._links = {
            c: link_watch(c, plant.devices_on(c), of_silence, deadlines, out) for c in plant.connections
        }
        zone = ZoneInfo(plant.timezone)
        deviations = tuple(
            deviation_watch(rule, rule.deviation, device.name, zone, of_silence, deadlines, out)
            for device in devices
            for rule in device.rules
            if rule.deviation is not None
        )
        gone = tuple(disabled_watch(each, zone, of_silence, deadlines, out) for each in plant.disabled)
        silences = (*self._devices.values(), *self._links.values())
        watches: tuple[_Watch, ...] = (
            *self._limits,
            *self._rules,
            *silences,
            *deviations,
            *gone,
        )
        self._watches = {watch.alarm.subject.rule: watch for watch in watches}

    def start(self, stored: Mapping[str, bytes], *, utc_ns: int, mono_ns: int) -> Outcome | None:
        """Take up the stored states; an alarm whose rule is gone from the plant file is ended, visibly."""
        saved = {
            key.removeprefix(STATE_PREFIX): Saved.unpack(value)
            for key, value in stored.items()
            if key.startswith(STATE_PREFIX)
        }
        for of_rule in self._rules:
            of_rule.restore(stored, utc_ns, mono_ns)
        for rule, watch in self._watches.items():
            watch.start(saved.pop(rule, Saved()), utc_ns, mono_ns)
        for rule_id, gone in saved.items():
            self._out_of_service(rule_id, gone, utc_ns)
        return self._take()

    def evaluate(self, scan: Scan) -> Outcome | None:
        """Judge one scan."""
        compiled = self._compiled.get(scan.plan) or self._compile(scan.plan)
        qualities, values = scan.qualities, scan.values
        for position, watches in compiled.limits:
            quality = Quality.GOOD if qualities is None else qualities[position]
            for watch in watches:
                watch.see(values[position], quality, scan.utc_ns, scan.mono_ns)
        for rule, places in compiled.rules:
            rule.see(scan, places)
        for first, device in compiled.devices:
            if qualities is not None and qualities[first] is Quality.COMM_FAULT:
                device.silent(scan.mono_ns)
            else:
                device.answered(scan.utc_ns, scan.mono_ns)
        return self._take()

    def fail(self, plan: ScanPlan, reason: str, *, utc_ns: int) -> Outcome | None:
        """Report every rule of `plan` as not evaluated: computing them failed."""
        compiled = self._compile(plan)
        for watch in (watch for _, watches in compiled.limits for watch in watches):
            watch.fail(reason, utc_ns)
        for rule, _ in compiled.rules:
            rule.fail(reason, utc_ns)
        return self._take()

    def link(self, status: LinkStatus, *, mono_ns: int) -> Outcome | None:
        """Take a connection's loss or return."""
        watch = self._links[status.connection_id]
        if status.up:
            self._down.discard(status.connection_id)
            watch.answered(status.utc_ns, mono_ns)
        else:
            self._down.add(status.connection_id)
            watch.silent(mono_ns)
        return self._take()

    def tick(self, *, utc_ns: int, mono_ns: int) -> Outcome | None:
        """Let every deadline up to now take effect."""
        for due in self._deadlines.reached(mono_ns):
            due(utc_ns, mono_ns)
        return self._take()

    def next_deadline_ns(self) -> int | None:
        """Return when `tick` is due next, on the monotonic clock."""
        return self._deadlines.next_ns()

    def standing(self) -> tuple[Json, ...]:
        """Return what stands now: alarms, and protections that are lost."""
        saved = [alarm.saved for alarm in self.alarms]
        return tuple(event for s in saved for event in (s.standing, s.lost) if event is not None)

    @property
    def alarms(self) -> list[Alarm]:
        """Every rule's alarm, whether it stands or not."""
        return [watch.alarm for watch in self._watches.values()]

    def alarm(self, name: str) -> Alarm | None:
        """Return the alarm of a rule, or the one that has this id; None: there is none."""
        watch = self._watches.get(name)
        if watch is not None:
            return watch.alarm
        return next((alarm for alarm in self.alarms if name in _ids(alarm.saved)), None)

    @property
    def baselines(self) -> tuple[BaselineWatch, ...]:
        """The rules that hold a point against its baseline."""
        return tuple(watch for watch in self._rules if isinstance(watch, BaselineWatch))

    def acted(self) -> Outcome | None:
        """Return what came of what a person did to an alarm."""
        return self._take()

    def _compile(self, plan: ScanPlan) -> "_Compiled":
        limits = tuple(
            (position, tuple(self._by_point[point.id]))
            for position, point in enumerate(plan.points)
            if point.id in self._by_point
        )
        at = {point.id: position for position, point in enumerate(plan.points)}
        rules = ((rule, rule.places(at)) for rule in self._rules)
        firsts = {p.device_id: i for i, p in reversed(tuple(enumerate(plan.points)))}
        devices = tuple((i, self._devices[d]) for d, i in firsts.items() if d in self._devices)
        return self._compiled.setdefault(
            plan, _Compiled(limits, tuple((r, places) for r, places in rules if places), devices)
        )

    def _out_of_service(self, rule_id: str, saved: Saved, utc_ns: int) -> None:
        stood = saved.alarm or saved.lost or {}
        self._events.append(
            AlarmEvent(
                alarm_id=alarm_id(saved.alarm) if saved.alarm else uuid4(),
                happening=Happening.OUT_OF_SERVICE,
                rule=rule_id,
                condition=str(stood.get("condition") or ""),
                device=_word(stood, "device"),
                point=_word(stood, "point"),
                priority=Priority.LOW,
                utc_ns=utc_ns,
                text=messages.out_of_service(rule_id),
                since_ns=since_ns(stood) if stood else None,
            )
        )

    def _take(self) -> Outcome | None:
        if not self._events and not self._noted:
            return None
        events, self._events[:] = tuple(self._events), ()
        noted, self._noted[:] = tuple(self._noted), ()
        state: dict[str, bytes | None] = {}
        for event in events:
            watch = self._watches.get(event.rule)
            saved = watch.alarm.saved if watch else None
            state[STATE_PREFIX + event.rule] = saved.pack() if saved else None
        return Outcome(events, state, noted)


def _ids(saved: Saved) -> set[str]:
    return {str(alarm["id"]) for alarm in (saved.alarm, *saved.open) if alarm is not None}


def _word(stood: Json, key: str) -> str | None:
    word = stood.get(key)
    return None if word is None else str(word)
