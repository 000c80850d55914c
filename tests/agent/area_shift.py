"""A shift in a plant with areas, written as its engineer writes it; time is moved by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.alarms.area import AreaWatch
from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act, AlarmEvent
from agent.alarms.told import Told
from config.load import load_plant
from config.production import ProductionState
from drivers.reading import Quality, Scan, ScanPlan, Value
from tests.agent.parts import SECOND, HandClock

Read = Value | tuple[Value, Quality]
GONE: Read = (None, Quality.COMM_FAULT)
WANG = Act("王工 (uid 1000)", reason="holiday", until="…")

HEAD = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections: {plc: {modbus-tcp: {host: 127.0.0.1}}}
alarms: {annunciation: none, respond_within: {critical: {}, high: {}}}
"""
PRESS = """\
  press:
    name: 压机
    connection: plc
    unit: 1
    area: shop
    modbus: {table: input-register}
    points:
      running: {name: 运行, datatype: bool, modbus: {table: coil, address: 0}}
      flow: {name: 流量, unit: m3/h, range: [0, 100], modbus: {address: 0, type: uint16}}
    rules: {flow: {lo: {limit: 20 m3/h, deadband: 1 m3/h, off_delay: 0 s}}}
"""


class Shift:
    """One plant, its engine, and what that says."""

    def __init__(self, folder: Path, areas: str, devices: str = PRESS, more: str = "") -> None:
        path = folder / "plant.yaml"
        path.write_text(f"{HEAD}areas:\n{areas}devices:\n{devices}{more}", encoding="utf-8")
        self.plant = load_plant(path, profile_dirs=())
        self.clock = HandClock()
        self.stored: dict[str, bytes] = {}
        self.events: list[AlarmEvent] = []
        self.told: list[Told] = []
        self._plans: dict[tuple[str, ...], ScanPlan] = {}
        self.restart()

    @property
    def area(self) -> AreaWatch:
        return self.engine.areas.watches["shop"]

    @property
    def state(self) -> str:
        return self.area.state.value

    def restart(self, after_s: float = 0.0) -> list[str]:
        self.clock.move(after_s)
        self.engine = Engine(self.plant)
        return self._heard(self.engine.start(self.stored, utc_ns=self.utc, mono_ns=self.mono))

    def read(self, **given: Read) -> list[str]:
        """Read points together, in one scan: `press__flow=3` is press.flow."""
        names = tuple(name.replace("__", ".").replace("_", "-") for name in given)
        if names not in self._plans:
            by_id = {point.id: point for point in self.plant.points}
            self._plans[names] = ScanPlan("plc", "block", tuple(by_id[name] for name in names), 1.0)
        pairs = [each if isinstance(each, tuple) else (each, Quality.GOOD) for each in given.values()]
        values, qualities = (tuple(part) for part in zip(*pairs, strict=True))
        scan = Scan(self._plans[names], self.utc, self.mono, True, values, qualities)
        return self._heard(self.engine.evaluate(scan))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, with every deadline at its time."""
        heard, end_ns = [], self.mono + round(seconds * SECOND)
        while (due_ns := self.engine.next_deadline_ns()) is not None and due_ns <= end_ns:
            heard += self._wait(max(0, due_ns - self.mono))
        return heard + self._wait(end_ns - self.mono)

    def at(self, local: str) -> list[str]:
        """Let time pass until the plant's clock shows this."""
        then = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(self.plant.timezone))
        return self.wait(then.timestamp() - self.utc / SECOND)

    def declare(self, state: str, *, for_s: float, act: Act = WANG) -> list[str]:
        said = replace(act, until_ns=self.utc + round(for_s * SECOND))
        self.area.declare(ProductionState(state), said, self.utc, self.mono)
        return self._heard(self.engine.acted())

    def do(self, what: Callable[..., None], act: Act = WANG) -> list[str]:
        what(self.area, act, self.utc, self.mono)
        return self._heard(self.engine.acted())

    @property
    def utc(self) -> int:
        return self.clock.now_ns()

    @property
    def mono(self) -> int:
        return self.clock.monotonic_ns()

    def _wait(self, ns: int) -> list[str]:
        self.clock.move(ns / SECOND)
        return self._heard(self.engine.tick(utc_ns=self.utc, mono_ns=self.mono))

    def _heard(self, outcome: Outcome | None) -> list[str]:
        """Return what was said: events as `kind state`, alarms as `rule happening`."""
        if outcome is None:
            return []
        for change in (outcome.state, *(told.state for told in outcome.told)):
            for key, value in change.items():
                if value is None:
                    self.stored.pop(key, None)
                else:
                    self.stored[key] = value
        self.told += outcome.told
        self.events += outcome.events
        said = [f"{told.kind} {told.fields.get('state', '')}".rstrip() for told in outcome.told]
        return said + [f"{event.rule} {event.happening.value}" for event in outcome.events]
