"""States by their names in an expression: `panel.state == warm-up`, `panel.state != 故障`.

A name is the state's in either language, spaces written as hyphens, in small or capital letters.
Several raw values may have one name: then any of them is meant.
"""

from config.expression import All, Any, Compared, Logical, Number, Value
from config.expression_words import ExpressionFault, Word
from config.model import Point
from config.validation import choice_fields


def named_state(point: Point, value: Value, sign: Word, name: Word) -> Logical:
    """Return the comparison of a point with a state of this name. Raises ExpressionFault."""
    states = point.marks.states if point.marks is not None else {}
    if not states:
        raise ExpressionFault("expression-stateless", name.offset, point=point.id, name=name.text)
    if sign.text not in ("==", "!="):
        raise ExpressionFault("expression-state-order", sign.offset, sign=sign.text, name=name.text)
    wanted = _folded(name.text)
    raws = [
        raw for raw, state in states.items() if wanted in (_folded(state.name.zh), _folded(state.name.en))
    ]
    if not raws:
        known = dict.fromkeys(_folded(state.name.en) for state in states.values())
        suffix, fields = choice_fields(wanted, known)
        raise ExpressionFault(
            "expression-state" + suffix, name.offset, point=point.id, name=name.text, **fields
        )
    if sign.text == "==":
        found = [Compared("==", value, Number(float(raw))) for raw in raws]
        return found[0] if len(found) == 1 else Any(tuple(found))
    apart = [Compared("!=", value, Number(float(raw))) for raw in raws]
    return apart[0] if len(apart) == 1 else All(tuple(apart))


def _folded(name: str) -> str:
    return "-".join(name.lower().split())
