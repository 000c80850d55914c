"""From what a case writes of one point to its turns: values in the point's unit, words, ramps."""

from collections.abc import Iterator, Mapping
from typing import Final

from config.case import MISSING, Turn
from config.case_entry import StepEntry
from config.fault import Findings, Objection
from config.model import Point
from config.position import Key, Layers, Origin
from config.quantity import Quantity, parse_quantity, parse_seconds
from config.unit import compatible, convert, convert_difference
from config.validation import choice_fields, validate

UNCERTAIN: Final = ("maintenance", "calibration", "simulation", "manual", "stopped", "suspect")
BAD: Final = ("comm-fault", "device-fault", "not-a-number", "sentinel", "stale", "wire-break")
BEYOND: Final = ("over-range", "under-range")
WORDS: Final = (MISSING, *BAD, *BEYOND)
"""What may stand in place of a value."""


class Turns:
    """Reads the turns of one point; what is wrong is told, and left out."""

    def __init__(self, point: Point, origin: Origin, findings: Findings) -> None:
        self._point = point
        self._origin = origin
        self._findings = findings

    def read(self, written: object) -> tuple[Turn, ...]:
        """Return them in order of time; what has no moment holds from the beginning on."""
        if not isinstance(written, Mapping) or written.keys() & StepEntry.model_fields.keys():
            turn = self._turn(written, 0.0, None)
            return () if turn is None else (turn,)
        turns: dict[float, Turn] = {}
        before: Turn | None = None
        for at_s, key in sorted(self._moments(written)):
            if at_s in turns:
                place = self._origin.place(key, at_key=True)
                self._findings.fault(place, "case-turn-twice", at=key)
            elif (turn := self._turn(written[key], at_s, before, key)) is not None:
                turns[at_s] = before = turn
        return tuple(turns.values())

    def _moments(self, written: Mapping[str, object]) -> Iterator[tuple[float, str]]:
        for key in written:
            try:
                yield parse_seconds(key), key
            except Objection as objection:
                place = self._origin.place(key, at_key=True)
                self._findings.fault(place, objection.code, **objection.fields)

    def _turn(self, written: object, at_s: float, before: Turn | None, *where: Key) -> Turn | None:
        if isinstance(written, Mapping):
            return self._step(written, at_s, before, *where)
        if written in WORDS:
            return self._word(str(written), at_s, *where)
        if isinstance(written, bool) and self._point.datatype == "bool":
            return Turn(at_s, float(written))
        try:
            amount = parse_quantity(written)
        except Objection:
            suffix, fields = choice_fields(written, WORDS)
            self._findings.fault(self._origin.place(*where), "case-value" + suffix, value=written, **fields)
            return None
        value = self._number(amount, *where)
        return None if value is None else Turn(at_s, value)

    def _word(self, word: str, at_s: float, *where: Key) -> Turn | None:
        if word not in BEYOND:
            return Turn(at_s, quality=word)
        if self._point.range is None:
            self._findings.fault(self._origin.place(*where), "case-no-range", point=self._point.id)
            return None
        return Turn(at_s, self._point.range[word == "over-range"], word)

    def _step(
        self, written: Mapping[str, object], at_s: float, before: Turn | None, *where: Key
    ) -> Turn | None:
        told = len(self._findings.faults)
        entry = validate(StepEntry, _below(self._origin.at(*where), written), self._findings)
        if entry is None or len(self._findings.faults) > told:
            return None
        if entry.quality is not None and entry.quality not in UNCERTAIN:
            suffix, fields = choice_fields(entry.quality, UNCERTAIN)
            place = self._origin.place(*where, "quality")
            self._findings.fault(place, "not-one-of" + suffix, value=entry.quality, **fields)
            return None
        value = self._begins(entry, at_s, before, *where)
        to = None if entry.to is None else self._number(entry.to, *where, "to")
        swing = 0.0 if entry.swing is None else self._number(entry.swing, *where, "swing", difference=True)
        if value is None or swing is None or (entry.to is not None and to is None):
            return None
        return Turn(at_s, value, entry.quality or "good", to, entry.over or 0.0, swing, entry.every or 0.0)

    def _begins(self, entry: StepEntry, at_s: float, before: Turn | None, *where: Key) -> float | None:
        if entry.value is not None:
            return self._number(entry.value, *where, "value")
        value = None if before is None else before.middle(at_s)
        if value is None:
            self._findings.fault(self._origin.place(*where), "case-no-value-before")
        return value

    def _number(self, amount: Quantity, *where: Key, difference: bool = False) -> float | None:
        """Return a value, or a difference of values, in the point's unit."""
        place, into = self._origin.place(*where), self._point.unit
        if self._point.datatype == "bool" and (amount.unit or amount.number not in (0, 1)):
            self._findings.fault(place, "case-not-a-state", point=self._point.id)
            return None
        if not into and amount.unit:
            self._findings.fault(place, "case-no-unit", point=self._point.id, value=amount.number)
            return None
        if into and not amount.unit:
            self._findings.fault(place, "unit-missing", value=amount.number, into=into)
            return None
        if not into:
            return amount.number
        try:
            return (convert_difference if difference else convert)(amount.number, amount.unit, into)
        except Objection as objection:
            code = "case-gas-unit" if objection.code == "gas-not-stated" else objection.code
            fields = {**objection.fields, "compatible": compatible(into)}
            self._findings.fault(place, code, **fields)
            return None


def _below(origin: Origin, data: object) -> Layers:
    """Return the part at `origin` as a whole of its own."""
    return Layers([(document, (*prefix, *origin.loc)) for document, prefix in origin.layers.layers], data)
