"""One plot as SVG: the values, the limits, what befell the plant, and when alarms stood."""

import html
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from simulator.rehearsal.course import Happened
from simulator.rehearsal.plots import BUCKETS, Plot
from simulator.rehearsal.spans import clock_time

WIDTH: Final = 860
HEIGHT: Final = 200
_LEFT: Final = 60
_RIGHT: Final = 70
_TOP: Final = 10
_BOTTOM: Final = 24
_TICKS: Final = 6
_MARGIN: Final = 0.08  # of the values' span
_MISSED: Final = 3  # readings: a shorter gap is none


class _Scale:
    """From seconds and values to pixels."""

    def __init__(self, plot: Plot, length_s: float) -> None:
        limits = [rule.limit for rule in plot.rules]
        lows = [low for low, _ in plot.buckets.values()]
        highs = [high for _, high in plot.buckets.values()]
        low, high = min(lows + limits), max(highs + limits)
        margin = (high - low or 1.0) * _MARGIN
        self.low, self.high, self.length_s = low - margin, high + margin, length_s

    def x(self, at_s: float) -> float:
        """Return a time's place."""
        share = min(max(at_s / self.length_s, 0.0), 1.0)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        """Return a value's place."""
        share = (self.high - value) / (self.high - self.low)
        return round(_TOP + share * (HEIGHT - _TOP - _BOTTOM), 1)


def picture(plot: Plot, events: Sequence[Happened], length_s: float) -> str:
    """Return the SVG element; `events` are those that befell the device."""
    scale = _Scale(plot, length_s)
    label = html.escape(plot.name[1], quote=True)
    parts = [
        *(_band(scale, event.at_s, event.until_s, "event") for event in events),
        *(_band(scale, alarm.raised_s, alarm.ended_s or length_s, "stood") for alarm in plot.alarms),
        *_axes(scale),
        *(_limit(scale, rule.kind.value, rule.limit) for rule in plot.rules),
        f"<path class='values' d='{_path(plot, scale)}'/>",
        *(_line(scale, alarm.raised_s) for alarm in plot.alarms),
    ]
    return (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{label}'>\n"
        + "\n".join(parts)
        + "\n</svg>"
    )


def _band(scale: _Scale, from_s: float, to_s: float, kind: str) -> str:
    x = scale.x(from_s)
    wide = round(max(scale.x(to_s) - x, 1.0), 1)
    y, high = (_TOP, HEIGHT - _TOP - _BOTTOM) if kind == "event" else (HEIGHT - _BOTTOM - 6, 6)
    return f"<rect class='{kind}' x='{x}' y='{y}' width='{wide}' height='{high}'/>"


def _axes(scale: _Scale) -> Iterator[str]:
    bottom = HEIGHT - _BOTTOM
    yield f"<path class='axis' d='M{_LEFT} {_TOP}V{bottom}H{WIDTH - _RIGHT}'/>"
    for value in (scale.low, (scale.low + scale.high) / 2, scale.high):
        yield f"<text x='{_LEFT - 6}' y='{scale.y(value) + 4}' text-anchor='end'>{value:.4g}</text>"
    for tick in range(_TICKS + 1):
        at_s = scale.length_s * tick / _TICKS
        at = clock_time(at_s).partition(".")[0]
        yield f"<text x='{scale.x(at_s)}' y='{HEIGHT - 6}' text-anchor='middle'>{at}</text>"


def _limit(scale: _Scale, kind: str, limit: float) -> str:
    y, right = scale.y(limit), WIDTH - _RIGHT
    return (
        f"<path class='limit' d='M{_LEFT} {y}H{right}'/>"
        f"<text class='limit' x='{right + 4}' y='{y + 4}'>{kind} {limit:g}</text>"
    )


def _line(scale: _Scale, at_s: float) -> str:
    return f"<path class='raised' d='M{scale.x(at_s)} {_TOP}V{HEIGHT - _BOTTOM}'/>"


def _path(plot: Plot, scale: _Scale) -> str:
    """Return a line through the smallest and largest of each bucket; it breaks where readings are missing."""
    words: list[str] = []
    gap = ceil(_MISSED * plot.point.period_s / scale.length_s * BUCKETS) + 1
    before = -gap - 1
    for number, (low, high) in sorted(plot.buckets.items()):
        x = scale.x((number + 0.5) / BUCKETS * scale.length_s)
        words.append(f"{'L' if number - before <= gap else 'M'}{x} {scale.y(low)}")
        if high > low:
            words.append(f"L{x} {scale.y(high)}")
        before = number
    return "".join(words)
