"""What judging costs: a reading with limits and without, with rules of the plant; a large plant in all."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.alarms.engine import Engine
from benchmarks.figures import Figure, at_most
from benchmarks.plants import POINTS_PER_DEVICE
from benchmarks.scans import Walk
from config.load import load_plant
from config.model import Plant

RULE_US: Final = 3.0
CORE_PERCENT: Final = 10.0

_HEAD: Final = """\
plant: {id: YC-BENCH, name: {zh: 性能测试, en: Benchmark}, region: "140800"}
connections: {plc: {modbus-tcp: {host: 192.0.2.1}}}
devices:
"""
_DEVICE: Final = """\
  block-{n}:
    name: {{zh: 数据块, en: Data block}}
    connection: plc
    unit: {unit}
    period: 1 s
    points:
      value:
        name: {{zh: "测点 {{n}}", en: "Point {{n}}"}}
        unit: °C
        range: [0, 400]
        modbus: {{address: 0, type: uint16, scale: 0.1}}
        repeat: {{count: {count}}}
"""
_LIMITS: Final = """\
    rules:
      value: {hi: {limit: 300 °C, deadband: 5 °C, on_delay: 3 s}, hihi: {limit: 350 °C}}
"""
_RULE: Final = """\
  rule-{n}-{at}:
    name: {{zh: 规则, en: Rule}}
    {what}
"""
_KINDS: Final = (
    "kind: rate\n    point: {a}\n    limit: 200 °C\n    window: 30 s",
    "kind: difference\n    point: {a}\n    other: {b}\n    limit: 390 °C",
    "kind: jump\n    point: {a}\n    limit: 300 °C",
    "kind: contradiction\n    when: {{point: {a}, above: 350 °C}}\n    must: {{point: {b}, below: 20 °C}}",
    "kind: frozen\n    point: {a}\n    window: 1 h",
    'kind: expression\n    when: "{a} > 350 °C and {b} < 20 °C"',
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many points the plants have, and how many seconds of them are judged."""

    points: int = 10_000
    ruled: int = 600
    seconds: int = 20


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Judge the same seconds of a plant without, and with, rules."""
    bare_us = _spent_us(_plant(folder / "bare.yaml", size.points, limits=False), size) / size.points
    limits_us = _spent_us(_plant(folder / "limits.yaml", size.points, limits=True), size)
    ruled = _plant(folder / "rules.yaml", size.ruled, limits=False, rules=True)
    ruled_us = _spent_us(ruled, size) / sum(len(rule.points) for rule in ruled.rules)
    return [
        Figure("a reading without a rule", bare_us, "us"),
        Figure("a reading with two limits", limits_us / size.points, "us", at_most(RULE_US)),
        Figure("a reading with a rule of the plant", ruled_us, "us", at_most(RULE_US)),
        Figure(f"{size.points:,} points with two limits", limits_us / 1e4, "% core", at_most(CORE_PERCENT)),
    ]


def _spent_us(plant: Plant, size: Size) -> float:
    """Return what judging one second takes: the best of all, which other load disturbs least."""
    engine, walk = Engine(plant), Walk(plant)
    best_s = float("inf")
    for _ in range(size.seconds):
        scans = walk.second()
        begun = time.perf_counter()
        for scan in scans:
            engine.evaluate(scan)
        engine.tick(utc_ns=scans[-1].utc_ns, mono_ns=scans[-1].mono_ns)
        best_s = min(best_s, time.perf_counter() - begun)
    return best_s * 1e6


def _plant(path: Path, points: int, *, limits: bool, rules: bool = False) -> Plant:
    counts = [min(POINTS_PER_DEVICE, points - at) for at in range(0, points, POINTS_PER_DEVICE)]
    parts = [_HEAD]
    for n, count in enumerate(counts):
        parts.append(_DEVICE.format(n=n, unit=n + 1, count=count))
        if limits:
            parts.append(_LIMITS)
    if rules:
        parts.append("rules:\n")
        for n, count in enumerate(counts):
            for at in range(1, count):
                a, b = (f"block-{n}.value-{each:03}" for each in (at, at + 1))
                what = _KINDS[at % len(_KINDS)].format(a=a, b=b)
                parts.append(_RULE.format(n=n, at=at, what=what))
    path.write_text("".join(parts), encoding="utf-8")
    return load_plant(path)
