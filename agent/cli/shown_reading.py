"""What was read of a device, for a terminal and for a program."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from agent.cli.table import render
from agent.cli.target import both
from agent.commissioning import messages
from agent.commissioning.address import modicon
from agent.commissioning.reading import BlockReading, PointReading
from config.model import Point
from config.source import RegisterSource
from drivers.messages import describe
from drivers.reading import Quality, Value

if TYPE_CHECKING:
    from agent.commissioning.node_reading import Round

_HEADINGS: Final = (
    "测点 / point",
    "地址 / address",
    "原始 / raw",
    "值 / value",
    "单位 / unit",
    "质量 / quality",
)
_RAW_SHOWN: Final = 80  # characters


def block_lines(blocks: Sequence[BlockReading]) -> list[str]:
    """Return a Modbus device's blocks for a terminal."""
    lines = []
    for block in blocks:
        lines.append(
            f"\n{block.block.name}  {block.latency_s * 1000:.0f} ms  {_shortened(block.raw)}".rstrip()
        )
        if block.fault is not None:
            lines.append(f"! {both(describe(block.fault))}")
        rows = [
            (_id(p.point), _address(p), p.raw or "–", _value(p.value), p.point.unit, _words(p.quality))
            for p in block.points
        ]
        lines.append(render(_HEADINGS, rows, right="lllr"))
    return lines


def node_lines(round_: "Round") -> list[str]:
    """Return an OPC UA device's points for a terminal."""
    headings = (
        "测点 / point",
        "值 / value",
        "单位 / unit",
        "质量 / quality",
        "状态码 / status",
        "源时间 / source time",
    )
    rows = [
        (_id(p.point), _value(p.value), p.point.unit, _words(p.quality), p.status, shown_time(p.source_ns))
        for p in round_.points
    ]
    notes = [f"! {both(text)}" for text in round_.notes]
    return [f"\n{round_.latency_s * 1000:.0f} ms", *notes, render(headings, rows, right="lr")]


def _id(point: Point) -> str:
    return f"{point.id.partition('.')[2]} {point.name.zh}"


def _address(reading: PointReading) -> str:
    source = reading.point.source
    assert isinstance(source, RegisterSource), reading.point.id  # a Modbus device has no other
    bit = f".{source.bit}" if source.bit is not None else ""
    return f"{source.address}{bit} ({modicon(source.table, source.address)})"


def _value(value: Value) -> str:
    return "–" if value is None else f"{value:.7g}" if isinstance(value, float) else str(value)


def _words(quality: Quality) -> str:
    return both(messages.QUALITIES[quality])


def _shortened(raw: str) -> str:
    return raw if len(raw) <= _RAW_SHOWN else f"{raw[:_RAW_SHOWN]} …"


def shown_time(utc_ns: int | None) -> str:
    """Return a time in this machine's time zone, with its offset."""
    if utc_ns is None:
        return "–"
    return datetime.fromtimestamp(utc_ns / 1e9).astimezone().isoformat(timespec="milliseconds")


def block_json(block: BlockReading) -> dict[str, object]:
    """Return one block for a program."""
    fault = describe(block.fault) if block.fault else None
    return {
        "block": block.block.name,
        "latency_s": block.latency_s,
        "raw": block.raw,
        "fault": fault and {"zh": fault.zh, "en": fault.en},
        "points": [
            {
                "id": reading.point.id,
                "raw": reading.raw,
                "value": _json_value(reading.value),
                "unit": reading.point.unit,
                "quality": reading.quality.word,
            }
            for reading in block.points
        ],
    }


def nodes_json(round_: "Round") -> dict[str, object]:
    """Return an OPC UA device's points for a program."""
    return {
        "latency_s": round_.latency_s,
        "notes": [{"zh": text.zh, "en": text.en} for text in round_.notes],
        "points": [
            {
                "id": reading.point.id,
                "value": _json_value(reading.value),
                "unit": reading.point.unit,
                "quality": reading.quality.word,
                "status": reading.status,
                "source_time": None if reading.source_ns is None else shown_time(reading.source_ns),
            }
            for reading in round_.points
        ],
    }


def _json_value(value: Value) -> Value:
    """Return a value that JSON has: neither infinity nor not-a-number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
