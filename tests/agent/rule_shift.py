"""A shift with one rule of the plant, written as its engineer writes it; time is moved by hand."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import AlarmEvent
from config.load import load_plant
from drivers.reading import Quality, Scan, ScanPlan, Value
from tests.agent.parts import HandClock

Read = Value | tuple[Value, Quality]
"""A value that is GOOD, or one with its quality."""

BAD: Read = (None, Quality.COMM_FAULT)

POINTS = {
    "inlet": "{name: 进水流量, unit: m3/h, range: [0, 400]",
    "outlet": "{name: 出水流量, unit: m3/h, range: [0, 400]",
    "water-in": "{name: 进水温度, unit: °C, range: [0, 100]",
    "water-out": "{name: 出水温度, unit: °C, range: [0, 100]",
    "kilos": "{name: 质量流量, unit: kg/s, range: [0, 100]",
    "level": "{name: 液位, unit: mm, range: [0, 300]",
    "rope-1": "{name: 绳1, unit: kN, range: [0, 100]",
    "rope-2": "{name: 绳2, unit: kN, range: [0, 100]",
    "rope-3": "{name: 绳3, unit: kN, range: [0, 100]",
    "dp": "{name: 压差, unit: Pa, range: [0, 3000]",
    "co": "{name: 一氧化碳, unit: ppm, range: [0, 1000], gas: {substance: CO, reference_temperature: 0 °C}",
    "sparks": "{name: 火花计数, datatype: int",
    "fan": "{name: 风机运行, datatype: bool",
    "valve": "{name: 切断阀命令, datatype: bool",
    "closed": "{name: 切断阀关到位, datatype: bool",
}
HEAD = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections:
  plc: {modbus-tcp: {host: 127.0.0.1}}
  ua: {opcua: {endpoint: "opc.tcp://127.0.0.1:4840"}}
alarms: {annunciation: none, respond_within: {critical: {}, high: {}}}
devices:
"""


class Shift:
    """One rule, and what it says. Points are named without their device."""

    def __init__(self, folder: Path, rule: str, *, subscribed: bool = False) -> None:
        self.device = "ua" if subscribed else "plc"
        self.plant = load_plant(write_rule(folder, self.device, rule), profile_dirs=())
        self.clock = HandClock()
        self.stored: dict[str, bytes] = {}
        self.events: list[AlarmEvent] = []
        self.noted: list[dict[str, Any]] = []
        self._points = {point.id.partition(".")[2]: point for point in self.plant.points}
        self._plans: dict[tuple[str, ...], ScanPlan] = {}
        self.restart()

    def restart(self) -> list[str]:
        self.engine = Engine(self.plant)
        outcome = self.engine.start(
            self.stored, utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns()
        )
        return self._heard(outcome)

    def read(self, **given: Read) -> list[str]:
        """Read points together, in one scan."""
        names = tuple(name.replace("_", "-") for name in given)
        plan = self._plans.get(names)
        if plan is None:
            points = tuple(self._points[name] for name in names)
            plan = self._plans[names] = ScanPlan(self.device, "block", points, 1.0)
        pairs = [each if isinstance(each, tuple) else (each, Quality.GOOD) for each in given.values()]
        values, qualities = (tuple(part) for part in zip(*pairs, strict=True))
        scan = Scan(plan, self.clock.now_ns(), self.clock.monotonic_ns(), True, values, qualities)
        return self._heard(self.engine.evaluate(scan))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, with every deadline at its time."""
        heard, end_ns = [], self.clock.monotonic_ns() + round(seconds * 1e9)
        while (due_ns := self.engine.next_deadline_ns()) is not None and due_ns <= end_ns:
            heard += self._wait(max(0, due_ns - self.clock.monotonic_ns()))
        return heard + self._wait(end_ns - self.clock.monotonic_ns())

    def act(self, do: Callable[[int, int], object]) -> list[str]:
        """Have a person do something."""
        do(self.clock.now_ns(), self.clock.monotonic_ns())
        return self._heard(self.engine.acted())

    def each_second(self, point: str, values: Iterable[Read]) -> list[str]:
        """Read one point once a second."""
        heard = []
        for value in values:
            heard += [*self.wait(1), *self.read(**{point: value})]
        return heard

    @property
    def said(self) -> tuple[str, str]:
        """The words of the last event."""
        return self.events[-1].text.zh, self.events[-1].text.en

    def _wait(self, ns: int) -> list[str]:
        self.clock.move(ns / 1e9)
        utc_ns, mono_ns = self.clock.now_ns(), self.clock.monotonic_ns()
        return self._heard(self.engine.tick(utc_ns=utc_ns, mono_ns=mono_ns))

    def _heard(self, outcome: Outcome | None) -> list[str]:
        if outcome is None:
            return []
        self.noted += [noted.content for noted in outcome.notes]
        states = (outcome.state, *(noted.state for noted in outcome.notes))
        for key, value in (item for state in states for item in state.items()):
            if value is None:
                self.stored.pop(key, None)
            else:
                self.stored[key] = value
        events = [event for event in outcome.events if event.rule == "the-rule"]
        self.events += events
        return [event.happening.value for event in events]


def write_rule(folder: Path, device: str, rule: str) -> Path:
    """Write a plant file with one rule."""
    lines = [f"  {device}:", "    name: 机组", f"    connection: {device}"]
    lines += ["    period: 1 s", *([] if device == "ua" else ["    unit: 1"]), "    points:"]
    for address, (name, point) in enumerate(POINTS.items()):
        if device == "ua":
            source = f"opcua: {{namespace: 2, name: {name}}}"
        elif "bool" in point:
            source = f"modbus: {{table: coil, address: {address}}}"
        else:
            source = f"modbus: {{address: {2 * address}, type: float32}}"
        lines.append(f"      {name}: {point.replace(', datatype: bool', '')}, {source}}}")
    path = folder / "plant.yaml"
    path.write_text(HEAD + "\n".join(lines) + f"\nrules:\n  the-rule: {rule}\n", encoding="utf-8")
    return path


def minutes(count: float) -> float:
    return 60 * count


def ramp(begin: float, step: float, count: int) -> list[Read]:
    """Return so many values after `begin`, each a step further."""
    return [begin + step * n for n in range(1, count + 1)]
