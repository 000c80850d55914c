"""An interlock, from what is written to the condition; and which points are read faster because of one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from config.condition import Comparison, Relation
from config.expression import Compared, Number, Order, Value
from config.interlock import Effect, Interlock, Statement
from config.model import Point
from config.position import Key
from config.rule_entry import InterlockRule, RuleEntry, StatementEntry
from config.written_rule import Found, WrittenRule

PERIOD_S: Final = 0.2
"""How often the points of an interlock are read where nobody says otherwise [E]."""
PERIODS_PER_LIMIT_MIN: Final = 4
"""A delay is known to two periods: with fewer in its limit hardly any could be told to be in time."""

_OPERATOR: Final[Mapping[Relation, Order]] = {
    Relation.EQUALS: "==",
    Relation.ABOVE: ">=",
    Relation.BELOW: "<=",
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_POINT: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")

Written = tuple[Statement, tuple[Point, ...]]


def interlock(written: WrittenRule, entry: InterlockRule) -> Found | None:
    """Return the condition with its points; None after telling what is wrong."""
    trigger = statement(written, entry.trigger, "trigger")
    effects: list[tuple[Effect, tuple[Point, ...]]] = []
    for id_, each in entry.effects.items():
        must = statement(written, each.must, "effects", id_, "must")
        if must is not None:
            name = (each.name.zh, each.name.en) if each.name else (id_, id_)
            effects.append((Effect(id_, *name, must[0], each.within), must[1]))
    if trigger is None or len(effects) < len(entry.effects):
        return None
    checked = [_is_read_often(written, effect, (*trigger[1], *points)) for effect, points in effects]
    gives_up_late = _gives_up_late(written, entry)
    if not all(checked) or not gives_up_late:
        return None
    condition = Interlock(trigger[0], tuple(effect for effect, _ in effects), entry.give_up)
    points = dict.fromkeys((*trigger[1], *(point for _, of in effects for point in of)))
    return Found(condition, tuple(points))


def statement(written: WrittenRule, entry: StatementEntry, *where: Key) -> Written | None:
    """Return a comparison or an expression as a statement, with its points."""
    if written.findings.is_told(written.origin.place(*where)):
        return None  # it is no statement at all
    if entry.when is not None:
        is_text = not written.origin.has(*where, "when")  # written in place of the whole mapping
        found = written.expression(entry.when, *(where if is_text else (*where, "when")))
        if found is None:
            return None
        return Statement(found[0], tuple(p.id for p in found[1]), entry.when.strip()), found[1]
    compared = written.comparison(entry, *where)
    return None if compared is None else (_stated(*compared), (compared[1],))


def _stated(what: Comparison, point: Point) -> Statement:
    operator = _OPERATOR[what.relation]
    text = f"{point.id} {operator} {what.at:g} {point.unit}".rstrip()
    return Statement(Compared(operator, Value(0), Number(what.at)), (point.id,), text)


def _is_read_often(written: WrittenRule, effect: Effect, points: Iterable[Point]) -> bool:
    most_s = effect.within_s / PERIODS_PER_LIMIT_MIN
    slow = [point for point in points if point.period_s > most_s]
    if slow:
        place = written.origin.place("effects", effect.id, "within")
        shown = tuple(dict.fromkeys(f"{point.id} ({point.period_s:g} s)" for point in slow))
        limits = {"within": f"{effect.within_s:g} s", "most": f"{most_s:g} s"}
        written.findings.fault(place, "interlock-read-too-slowly", points=shown, **limits)
    return not slow


def _gives_up_late(written: WrittenRule, entry: InterlockRule) -> bool:
    longest_s = max(effect.within for effect in entry.effects.values())
    if entry.give_up > longest_s:
        return True
    fields = {"give_up": f"{entry.give_up:g} s", "within": f"{longest_s:g} s"}
    written.findings.fault(written.origin.place("give_up"), "interlock-gives-up-early", **fields)
    return False


def points_of_conditions(device: str, conditions: Iterable[object]) -> frozenset[str]:
    """Return the ids of all points of a device that the interlocks among its conditions may name.

    These are not checked yet: whatever is no name of a point does no harm.
    """
    texts = [
        text
        for each in conditions
        if isinstance(each, Mapping) and each.get("kind") == "interlock"
        for text in _texts([each.get("trigger"), each.get("effects")])
    ]
    return frozenset(f"{device}.{name}" for text in texts for name in _NAME.findall(text))


def _texts(written: object) -> Iterator[str]:
    """Yield every text in what is written, but for names that people read."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        for key, value in written.items():
            if key != "name":
                yield from _texts(value)
    elif isinstance(written, list):
        for value in written:
            yield from _texts(value)


def points_of_interlocks(entries: Mapping[str, RuleEntry]) -> frozenset[str]:
    """Return the ids of all points that interlocks name, rightly or wrongly."""
    statements = [
        each
        for entry in entries.values()
        if isinstance(entry, InterlockRule)
        for each in (entry.trigger, *(effect.must for effect in entry.effects.values()))
    ]
    texts = [each.when if each.when is not None else each.point or "" for each in statements]
    return frozenset(point for text in texts for point in _POINT.findall(text))
