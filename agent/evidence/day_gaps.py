"""The gaps of a day's page: of the gateway, of connections and of devices, each with its reason."""

from collections.abc import Iterator, Sequence
from typing import Final

from agent import words_evidence
from agent.evidence.day import Day
from agent.evidence.day_cells import text_of, time_of
from agent.evidence.day_readings import Hole
from agent.evidence.day_told import Told
from agent.evidence.markup import Cell, joined, listed, unbroken
from agent.words_report import label, reason
from config.model import Text

TOGETHER_NS: Final = 10**9
"""Devices on one line are asked in turn, so that one loss shows at each of them a little later."""


class Gaps:
    """Gaps of the gateway, of connections and of devices, in the order of their beginnings."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._told = Told(day.fates)

    def rows(self) -> Iterator[list[Cell]]:
        """Return the table's rows."""
        found = [*self._gateway(), *self._links(), *self._devices()]
        yield from (row for _, row in sorted(found, key=lambda each: each[0]))

    def _row(
        self, from_ns: int, to_ns: int, what: Cell, why: Cell, told: Cell, *, is_measured: bool = True
    ) -> tuple[int, list[Cell]]:
        return from_ns, [
            time_of(from_ns, self._day),
            time_of(to_ns, self._day),
            unbroken(words_evidence.gap_duration(to_ns - from_ns, is_measured=is_measured)),
            what,
            why,
            told,
        ]

    def _gateway(self) -> Iterator[tuple[int, list[Cell]]]:
        for gap in self._day.gaps:
            why = words_evidence.gap_cause(gap.cause, clean=gap.clean, reason=gap.reason)
            what: Cell = (
                joined(label("destination"), gap.destination) if gap.destination else label("gateway")
            )
            items = f"{gap.items:,}" if gap.items is not None else ""
            why_all = joined(why, items) if items else why
            told: Cell = self._told.of(gap.noted)
            if not gap.is_on_record:  # what a platform confirmed is that we stopped, not for how long
                why_all, told = joined(why, label("no-record-yet")), label("told-nobody")
            yield self._row(gap.from_ns, gap.to_ns, what, why_all, told, is_measured=gap.is_measured)

    def _links(self) -> Iterator[tuple[int, list[Cell]]]:
        for down in self._day.links:
            to_ns = self._day.period.to_ns if down.to_ns is None else down.to_ns
            still: list[Cell] = [label("still")] if down.to_ns is None else []
            why = _first_sentence(text_of(down.text))
            why_all = joined(why if why.zh else reason("link"), *still)
            yield self._row(down.from_ns, to_ns, down.connection, why_all, self._told.of(down.noted))

    def _devices(self) -> Iterator[tuple[int, list[Cell]]]:
        groups: list[list[Hole]] = []
        for hole in sorted(self._day.holes, key=lambda each: each.from_ns):
            if hole.reason is None and self._is_told(hole.from_ns, hole.to_ns):
                continue
            group = next((each for each in groups if _are_one(each[0], hole)), None)
            if group is None:
                groups.append([hole])
            else:
                group.append(hole)
        for group in groups:
            from_ns, to_ns = min(each.from_ns for each in group), max(each.to_ns for each in group)
            what = [joined(each.device, self._named(each.device, each.points)) for each in group]
            # What has a reason is a reading without a value, which goes to everybody like the others.
            told = label("with-readings") if group[0].reason else "–"
            yield self._row(from_ns, to_ns, listed(what), reason(group[0].reason or "nothing"), told)

    def _named(self, device: str, points: Sequence[str]) -> Cell:
        """Return a device's points by what they are called in it; all of them in a word."""
        known = {
            str(each["id"]) for each in self._day.catalogue.get("points", ()) if each["device"] == device
        }
        if len(known) > 1 and known <= set(points):
            return label("all-points")
        return ", ".join(point.removeprefix(f"{device}.") for point in points)

    def _is_told(self, from_ns: int, to_ns: int) -> bool:
        """Whether a gap of the whole gateway covers most of a hole: it is its reason."""
        covered = sum(
            max(0, min(gap.to_ns, to_ns) - max(gap.from_ns, from_ns))
            for gap in self._day.gaps
            if gap.destination is None
        )
        return covered * 2 > to_ns - from_ns


def _are_one(first: Hole, other: Hole) -> bool:
    """Whether two devices were silent together: one cause is one line."""
    apart = abs(first.from_ns - other.from_ns), abs(first.to_ns - other.to_ns)
    return first.device != other.device and first.reason == other.reason and max(apart) <= TOGETHER_NS


def _first_sentence(text: Text) -> Text:
    """Return what happened, without the advice that follows."""
    return Text(text.zh.partition("。")[0], text.en.partition(". ")[0])
