"""Expressions as engineers write them: `collector.fan and collector.dp < 200 Pa for 30 s`.

    condition  = any [ "for" duration ]
    any        = all { "or" all }
    all        = not { "and" not }
    not        = "not" not | compared | state | "(" condition ")"
    compared   = sum ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum
               | point ( "==" | "!=" ) name of one of its states
    sum        = product { ( "+" | "-" ) product }
    product    = factor { ( "*" | "/" ) factor }
    factor     = number [ unit ] | point | over_time | "(" sum ")" | "-" factor
    over_time  = ( "mean" | "avg" | "change" ) "(" sum "," duration ")"

A point's id may hold hyphens, so a minus needs spaces. A state (0 or 1) stands for
being 1. `for` holds for all that stands before it, up to a bracket. Parsing stops at
the first fault, and says at which character.
"""

from collections.abc import Callable
from typing import Final

from config.expression import All, Any, Computed, Lasting, Logical, Not, Number, Value
from config.expression_state import named_state
from config.expression_typed import Typed, change, compare, compute, mean, truth_of
from config.expression_words import ExpressionFault, Word, words_of
from config.model import Point
from config.quantity import SECONDS_PER
from config.unit import Gas

NESTED_MAX: Final = 20
_ORDERS: Final = frozenset(("<", "<=", ">", ">=", "==", "!="))
_OVER_TIME: Final = {"mean": mean, "avg": mean, "change": change}
_ENDS: Final = frozenset(("and", "or", "for", ")"))
"""What stands behind a comparison."""
_BROKEN: Final = frozenset(
    f"expression-{what}"
    for what in ("duration", "expected", "more", "not-number", "not-true", "pointless", "word")
)
"""Faults of form: behind another one they may be nothing but its consequence."""
_RESERVED: Final = frozenset(("and", "or", "not", "for", *_OVER_TIME))

Find = Callable[[str, int], Point]
"""Returns the point of an id that stands at an offset. Raises ExpressionFault."""


def parse(text: str, find: Find, gas: Callable[[Point], Gas | None]) -> tuple[Logical, tuple[Point, ...]]:
    """Return the condition and the points that it names, in their order.

    Raises ExpressionFault, the first one, which knows the others.
    """
    parser = _Parser(words_of(text), find, gas)
    try:
        found = parser.whole()
    except ExpressionFault as fault:
        parser.note(fault)
    if parser.faults:
        first, *others = parser.faults
        first.others = tuple(others)
        raise first
    return found, tuple(parser.points)


class _Parser:
    """Goes through the words once."""

    def __init__(self, words: list[Word], find: Find, gas: Callable[[Point], Gas | None]) -> None:
        self._words = words
        self._find = find
        self._gas = gas
        self._at = self._depth = self._open = 0
        self.points: list[Point] = []
        self.faults: list[ExpressionFault] = []

    def note(self, fault: ExpressionFault) -> None:
        """Keep a fault, unless it may only be what an earlier one has left behind."""
        if not self.faults or fault.code not in _BROKEN:
            self.faults.append(fault)

    def whole(self) -> Logical:
        found = self._logical(self._condition())
        if self.faults:
            return found
        if self._next.kind != "end":
            raise ExpressionFault("expression-more", self._next.offset, word=self._next.text)
        if not self.points:
            raise ExpressionFault("expression-pointless", 0)
        return found

    def _condition(self) -> Logical | Typed:
        found = self._any()
        return Lasting(self._logical(found), self._duration()) if self._take("for") else found

    def _any(self) -> Logical | Typed:
        first = self._all()
        if self._next.text != "or":
            return first
        parts = [self._logical(first)]
        while self._take("or"):
            parts.append(self._logical(self._all()))
        return Any(tuple(parts))

    def _all(self) -> Logical | Typed:
        first = self._not()
        if self._next.text != "and":
            return first
        parts = [self._logical(first)]
        while self._take("and"):
            parts.append(self._logical(self._not()))
        return All(tuple(parts))

    def _not(self) -> Logical | Typed:
        if self._take("not"):
            return Not(self._logical(self._not()))
        return self._compared()

    def _compared(self) -> Logical | Typed:
        begun, open_ = self._at, self._open
        try:
            return self._comparison()
        except ExpressionFault as fault:
            if fault.code == "expression-nested":
                raise
            self.note(fault)
            self._skip(begun, open_)
            return Any(())

    def _skip(self, begun: int, open_: int) -> None:
        """Go on where the next comparison may begin, outside of what this one has opened."""
        self._at, self._open = begun, open_
        while self._next.kind != "end" and (self._open > open_ or self._next.text not in _ENDS):
            self._advance()

    def _comparison(self) -> Logical | Typed:
        left = self._sum()
        if self._next.text not in _ORDERS:
            return left
        left, sign = self._numeric(left), self._advance()
        word = self._next
        if word.kind == "name" and word.text not in _RESERVED and isinstance(left.node, Value):
            return named_state(self.points[left.node.place], left.node, sign, self._advance())
        return compare(left, sign, self._numeric(self._sum()))

    def _sum(self) -> Logical | Typed:
        found = self._product()
        while self._next.text in ("+", "-"):
            left, sign = self._numeric(found), self._advance()
            found = compute(left, sign, self._numeric(self._product()))
        return found

    def _product(self) -> Logical | Typed:
        found = self._factor()
        while self._next.text in ("*", "/"):
            left, sign = self._numeric(found), self._advance()
            found = compute(left, sign, self._numeric(self._factor()))
        return found

    def _factor(self) -> Logical | Typed:
        word = self._advance()
        if word.kind == "number":
            return Typed(Number(float(word.text)), self._unit(), word.offset)
        if word.kind == "point":
            return self._value(word)
        if (over_time := _OVER_TIME.get(word.text)) is not None:
            return over_time(*self._over_time())
        if word.text == "(":
            return self._bracket(word)
        if word.text == "-":
            of = self._numeric(self._factor())
            node = (
                Number(-of.node.value) if isinstance(of.node, Number) else Computed("-", Number(0.0), of.node)
            )
            return Typed(node, of.unit, word.offset, of.gas, of.is_difference)
        raise ExpressionFault("expression-word", word.offset, word=word.text or "–")

    def _bracket(self, opening: Word) -> Logical | Typed:
        self._depth += 1
        if self._depth > NESTED_MAX:
            raise ExpressionFault("expression-nested", opening.offset, most=NESTED_MAX)
        found = self._condition()
        self._expect(")")
        self._depth -= 1
        return found

    def _over_time(self) -> tuple[Typed, float]:
        self._expect("(")
        of = self._numeric(self._sum())
        self._expect(",")
        window_s = self._duration()
        self._expect(")")
        return of, window_s

    def _value(self, word: Word) -> Typed:
        point = self._find(word.text, word.offset)
        if point not in self.points:
            self.points.append(point)
        return Typed(Value(self.points.index(point)), point.unit, word.offset, self._gas(point))

    def _unit(self) -> str:
        word = self._next
        return self._advance().text if word.kind == "name" and word.text not in _RESERVED else ""

    def _duration(self) -> float:
        word = self._advance()
        unit = {"m": "min"}.get(unit := self._unit(), unit)
        if word.kind != "number" or unit not in SECONDS_PER or not float(word.text):
            raise ExpressionFault("expression-duration", word.offset, known=tuple(SECONDS_PER))
        return float(word.text) * SECONDS_PER[unit]

    def _logical(self, found: Logical | Typed) -> Logical:
        if not isinstance(found, Typed):
            return found
        if isinstance(found.node, Value) and self.points[found.node.place].datatype == "bool":
            return truth_of(found)
        raise ExpressionFault("expression-not-true", found.offset)

    def _numeric(self, found: Logical | Typed) -> Typed:
        if isinstance(found, Typed):
            return found
        raise ExpressionFault("expression-not-number", self._next.offset)

    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _advance(self) -> Word:
        word = self._next
        self._at = min(self._at + 1, len(self._words) - 1)
        self._open += {"(": 1, ")": -1}.get(word.text, 0)
        return word

    def _take(self, text: str) -> bool:
        if self._next.text != text:
            return False
        self._advance()
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise ExpressionFault(
                "expression-expected", self._next.offset, expected=text, word=self._next.text or "–"
            )
