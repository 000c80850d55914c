"""All rules of a plant: readings in, alarm events out.

`evaluate`, `link` and `tick` are pure in the sense that matters: they ask for
no time, wait for nothing and touch no disk, so a ten-minute delay tests in
microseconds. What must outlive a restart is returned beside the events, for the
outbox to write in the same transaction: an event and the state it leads to can
not disagree after a crash.

A rule that fails by our own fault takes no other with it. Whoever calls contains the
fault (agent/supervise.py) and calls again with its name as `failed`: the rule is told
as not evaluated, and the engine goes on behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agent.alarms.alarm import Alarm
from agent.alarms.area import AreaWatch
from agent.alarms.areas import Areas
from agent.alarms.beside_limits import PointWatch, beside_limits
from agent.alarms.blame import Blame
from agent.alarms.calibration import calibration_watch
from agent.alarms.comm import SilenceWatch, device_watch
from agent.alarms.dated import DateWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.deviation import deviation_watch
from agent.alarms.device_alarm import WordWatch
from agent.alarms.disabled import disabled_watch
from agent.alarms.duty import duty_of, duty_of_gate, duty_of_silence
from agent.alarms.event import AlarmEvent
from agent.alarms.gas_test import GasTest
from agent.alarms.gas_tests import GasTests
from agent.alarms.gate import GateWatch
from agent.alarms.gate import Places as GatePlaces
from agent.alarms.gated import GatedLimit
from agent.alarms.gone import ended
from agent.alarms.limit import LimitWatch
from agent.alarms.lines import Lines
from agent.alarms.note import Note
from agent.alarms.over_range import OverRangeWatch
from agent.alarms.planned_stop import areas_of, areas_of_devices
from agent.alarms.rates import Rates
from agent.alarms.rules.baseline_watch import BaselineWatch
from agent.alarms.rules.gathering import Gathered
from agent.alarms.rules.make import watch_of
from agent.alarms.rules.watch import Places, RuleWatch
from agent.alarms.saved import Json, Saved, read_saved
from agent.alarms.told import Told
from config.model import Plant, Point, Rule, Text
from drivers.driver import LinkStatus
from drivers.reading import Quality, Scan, ScanPlan

STATE_PREFIX: Final = "alarm/"

_Watch = LimitWatch | WordWatch | OverRangeWatch | RuleWatch | SilenceWatch | DateWatch | GateWatch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call brought: events, the state keys to be stored with them (None = delete), and the rest."""

    events: tuple[AlarmEvent, ...]
    state: Mapping[str, bytes | None]
    notes: tuple[Note, ...] = ()
    told: tuple[Told, ...] = ()  # of areas and gates; each brings its own state

    @property
    def said(self) -> Text:
        """The sentence of what was done: the declaration before what follows from it, else the last event."""
        if self.told:
            return self.told[0].text
        return self.notes[-1].text if self.notes else self.events[-1].text


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What one plan's scans concern, by position: looked up once, walked for every scan."""

    areas: tuple[tuple[int, AreaWatch], ...]
    gates: tuple[tuple[GateWatch, GatePlaces], ...]
    limits: tuple[tuple[int, PointWatch | GasTest], ...]
    rules: tuple[tuple[RuleWatch, Places], ...]
    devices: tuple[tuple[int, SilenceWatch], ...]

    def walk(self) -> "_Left":
        """Return all of it as still to be judged."""
        return _Left(
            iter(self.areas),
            iter(self.gates),
            iter(self.limits),
            iter(self.gates),
            iter(self.rules),
            iter(self.devices),
        )


class _Left(NamedTuple):
    """What of a scan is not judged yet."""

    areas: Iterator[tuple[int, AreaWatch]]
    gates: Iterator[tuple[GateWatch, GatePlaces]]
    limits: Iterator[tuple[int, PointWatch | GasTest]]
    gates_again: Iterator[tuple[GateWatch, GatePlaces]]
    rules: Iterator[tuple[RuleWatch, Places]]
    devices: Iterator[tuple[int, SilenceWatch]]


class Engine:
    """Holds every rule's state and the one heap of deadlines."""

    def __init__(self, plant: Plant) -> None:
        self._deadlines = Deadlines()
        self._events: list[AlarmEvent] = []
        self._notes: list[Note] = []
        self._told: list[Told] = []
        self._left = _Compiled((), (), (), (), ()).walk()
        self._blame = Blame(self._deadlines)
        self.areas = Areas(plant, self._deadlines, self._told.append)
        self._compiled: dict[ScanPlan, _Compiled] = {}
        out, deadlines, devices = self._events.append, self._deadlines, plant.devices.values()
        self._limits = tuple(
            (GatedLimit if rule.sets else LimitWatch)(
                rule, device.name, duty_of(plant.alarms, rule), deadlines, out
            )
            for device in devices
            for rule in device.rules
        )
        self.gates = {
            id_: GateWatch(
                gate,
                self._gated(id_),
                duty_of_gate(plant.alarms),
                deadlines,
                out,
                self._told.append,
                self.areas.see_phase,
            )
            for id_, gate in plant.gates.items()
        }
        self._beside = beside_limits(plant, self._limits, deadlines, out, self._notes.append)
        self._by_point: dict[str, list[PointWatch | GasTest]] = {
            point: [*watches] for point, watches in self._beside.by_point.items()
        }
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
                self._notes.append,
            )
            for rule in (*plant.rules, *_contradicted(plant))
        )
        of_silence = duty_of_silence(plant.alarms)
        self._lines = Lines(plant, self._reads(), deadlines, out)
        self._devices = {
            device.id: device_watch(device, self._lines.down, of_silence, deadlines, out)
            for device in devices
            if device.points
        }
        zone = ZoneInfo(plant.timezone)
        deviations = tuple(
            deviation_watch(rule, rule.deviation, device.name, zone, of_silence, deadlines, out)
            for device in devices
            for rule in device.rules
            if rule.deviation is not None
        )
        calibrations = tuple(
            calibration_watch(device, device.calibration_due, zone, of_silence, deadlines, out)
            for device in devices
            if device.calibration_due is not None
        )
        taken_out = tuple(disabled_watch(each, zone, of_silence, deadlines, out) for each in plant.disabled)
        silences = (*self._devices.values(), *self._lines.watches.values())
        limits = (*self._limits, *self._beside.watches)
        watches: tuple[_Watch, ...] = (
            *limits,
            *self._rules,
            *silences,
            *deviations,
            *calibrations,
            *taken_out,
            *self.gates.values(),
        )
        self._watches = {watch.alarm.subject.rule: watch for watch in watches}
        self._by_rule = {rule: watch.alarm for rule, watch in self._watches.items()}
        self._rates = Rates(plant.alarms.chatter_off_delay_s, deadlines, self._notes.append)
        self.tests = GasTests(
            plant, watches, self._by_point, deadlines, self._notes.append, self._compiled.clear
        )
        self._gathered = Gathered(self._rules, self._notes.append)
        self._let_rest(plant)

    def start(self, stored: Mapping[str, bytes], *, utc_ns: int, mono_ns: int) -> Outcome | None:
        """Take up the stored states; an alarm whose rule is gone from the plant file is ended, visibly."""
        saved = {
            key.removeprefix(STATE_PREFIX): read_saved(value)
            for key, value in stored.items()
            if key.startswith(STATE_PREFIX)
        }
        for gate in self.gates.values():
            gate.resume(stored)
        for of_rule in self._rules:
            of_rule.restore(stored, utc_ns, mono_ns)
        for rule, watch in self._watches.items():
            watch.start(saved.pop(rule, Saved()), utc_ns, mono_ns)
        for rule_id, gone in saved.items():
            self._events.append(ended(rule_id, gone, utc_ns))
        self._beside.start(stored)
        self._rates.start(stored, mono_ns)
        self.tests.start(stored)
        self._gathered.take_up(stored, utc_ns, mono_ns)
        self.areas.start(stored, utc_ns, mono_ns)
        return self._take(mono_ns)

    def evaluate(self, scan: Scan, *, failed: str | None = None) -> Outcome | None:
        """Judge one scan; `failed`: go on with it behind what has just failed, and why."""
        if failed is None:
            self._left = (self._compiled.get(scan.plan) or self._compile(scan.plan)).walk()
        else:
            self._blame.tell(failed, scan.utc_ns, scan.mono_ns)
        left, blame, good = self._left, self._blame, Quality.GOOD
        qualities, values = scan.qualities, scan.values
        for position, area in left.areas:
            quality = good if qualities is None else qualities[position]
            area.see(values[position], quality, scan.utc_ns, scan.mono_ns)
        for gate, told_by in left.gates:
            blame.judged = gate
            gate.see(scan, told_by)
        for position, limit in left.limits:
            blame.judged = limit
            quality = good if qualities is None else qualities[position]
            limit.see(values[position], quality, scan.utc_ns, scan.mono_ns)
        for gate, _ in left.gates_again:
            blame.judged = gate
            gate.judge_again(scan.utc_ns, scan.mono_ns)
        for rule, places in left.rules:
            blame.judged = rule
            rule.see(scan, places)
        for first, device in left.devices:
            blame.judged = device
            if qualities is not None and qualities[first] is Quality.COMM_FAULT:
                device.silent(scan.mono_ns)
            else:
                device.answered(scan.utc_ns, scan.mono_ns)
        return self._take(scan.mono_ns)

    def link(self, status: LinkStatus, *, mono_ns: int, failed: str | None = None) -> Outcome | None:
        """Take a connection's loss or return; `failed`: why it could not be judged."""
        if failed is not None:
            self._blame.tell(failed, status.utc_ns, mono_ns)
            return self._take(mono_ns)
        self._blame.judged = self._lines.watches[status.connection_id]
        self._lines.take(status, mono_ns)
        return self._take(mono_ns)

    def tick(self, *, utc_ns: int, mono_ns: int, failed: str | None = None) -> Outcome | None:
        """Let every deadline up to now take effect; `failed`: why the last one did not."""
        if failed is not None:
            self._blame.tell(failed, utc_ns, mono_ns)
        for due in self._deadlines.reached(mono_ns):
            self._blame.of_due(due)
            due(utc_ns, mono_ns)
        self._blame.of_due(None)
        return self._take(mono_ns)

    def next_deadline_ns(self) -> int | None:
        """Return when `tick` is due next, on the monotonic clock."""
        return self._deadlines.next_ns()

    def standing(self) -> tuple[Json, ...]:
        """Return what stands now: alarms, and protections that are lost."""
        saved = [alarm.kept for alarm in self.alarms]
        return tuple(event for s in saved for event in (s.standing, s.lost) if event is not None)

    @property
    def flood(self) -> Json | None:
        """The flood of alarms that lasts now: its first alarm, since when, how many."""
        return self._rates.flood.standing

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
        """Return what came of what a person did to an alarm or declared of an area."""
        return self._take()

    def gathered(self, *, utc_ns: int, mono_ns: int) -> Mapping[str, bytes | None]:
        """Return what rules have added up, for the store."""
        return self._gathered.state(utc_ns, mono_ns)

    def _compile(self, plan: ScanPlan) -> "_Compiled":
        limits = tuple(
            (position, limit)
            for position, point in enumerate(plan.points)
            for limit in self._by_point.get(point.id, ())
        )
        areas = tuple((i, area) for i, p in enumerate(plan.points) for area in self.areas.of_point(p.id))
        at = {point.id: position for position, point in enumerate(plan.points)}
        gates = tuple((gate, places) for gate in self.gates.values() if (places := gate.places(at)))
        rules = ((rule, rule.places(at)) for rule in self._rules)
        firsts = {p.device_id: i for i, p in reversed(tuple(enumerate(plan.points)))}
        devices = tuple((i, self._devices[d]) for d, i in firsts.items() if d in self._devices)
        return self._compiled.setdefault(
            plan,
            _Compiled(areas, gates, limits, tuple((r, places) for r, places in rules if places), devices),
        )

    def _gated(self, gate: str) -> list[GatedLimit]:
        return [each for each in self._limits if isinstance(each, GatedLimit) and each.rule.gate == gate]

    def _reads(self) -> list[tuple[Alarm, Sequence[Point]]]:
        return [
            *((limit.alarm, (limit.rule.point,)) for limit in self._limits),
            *((rule.alarm, rule.rule.points) for rule in self._rules),
            *((gate.alarm, gate.gate.points) for gate in self.gates.values()),
            *((w.alarm, (w.word,)) for w in self._beside.watches if isinstance(w, WordWatch)),
        ]

    def _let_rest(self, plant: Plant) -> None:
        stops = self.areas.stops
        for limit in self._limits:
            stops.add(limit.alarm, areas_of(plant, [limit.rule.point]))
        for rule in self._rules:
            stops.add(rule.alarm, areas_of(plant, rule.rule.points), raises=not rule.rule.may_rest)
        for gate in self.gates.values():
            stops.add(gate.alarm, areas_of(plant, gate.gate.points))
        for id_, device in self._devices.items():
            stops.add_device(plant.devices[id_], device)
        for connection, link in self._lines.watches.items():
            stops.add(link.alarm, areas_of_devices(plant, plant.devices_on(connection)))

    def _take(self, mono_ns: int | None = None) -> Outcome | None:
        if mono_ns is not None and self._events:
            self._rates.hear(self._events, self._by_rule, mono_ns)
            self.tests.hear(self._events, mono_ns)
        if not (self._events or self._notes or self._told):
            return None
        events, self._events[:] = tuple(self._events), ()
        notes, self._notes[:] = tuple(self._notes), ()
        told, self._told[:] = tuple(self._told), ()
        state: dict[str, bytes | None] = {}
        for event in events:
            watch = self._watches.get(event.rule)
            saved = watch.alarm.kept if watch else None
            state[STATE_PREFIX + event.rule] = saved.pack() if saved else None
        return Outcome(events, state, notes, told)


def _contradicted(plant: Plant) -> list[Rule]:
    return [gate.contradicted for gate in plant.gates.values() if gate.contradicted is not None]


def _ids(saved: Saved) -> set[str]:
    return {str(alarm["id"]) for alarm in (saved.alarm, *saved.open) if alarm is not None}
