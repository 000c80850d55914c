"""A limit with a set for each phase of a gate: in the point's unit, and what the law allows of them."""

from collections.abc import Iterator
from dataclasses import replace

from config.gate_entry import NONE, SetsEntry, in_phase
from config.model import Confidence, LimitRule, Phase
from config.position import Origin
from config.quantity import Quantity
from config.rule import LimitEntry
from config.validation import choice_fields
from config.written_limit import WrittenLimit


def gated(rule: LimitRule, written: WrittenLimit) -> LimitRule:
    """Return the rule with the sets that its last layer gives; what is wrong with them is told."""
    layer = written.layers[-1]
    if not isinstance(layer.entry, LimitEntry) or layer.entry.gate is None or layer.entry.sets is None:
        return rule
    origin, sets = layer.origin, layer.entry.sets
    if rule.point.always_watched:
        place = origin.place("gate", at_key=True)
        written.device.findings.fault(place, "gate-on-always-watched", rule=rule.id)
        return rule
    known = written.device.gates
    if layer.entry.gate not in known:
        suffix, fields = choice_fields(layer.entry.gate, known)
        written.device.findings.fault(
            origin.place("gate"), "gate-unknown" + suffix, gate=layer.entry.gate, **fields
        )
    found = replace(rule, gate=layer.entry.gate, sets=tuple(_sets(sets, written, origin)))
    _check_none(found, written, origin)
    return found


def _sets(sets: SetsEntry, written: WrittenLimit, origin: Origin) -> Iterator[tuple[Phase, float | None]]:
    for phase in Phase:
        value, where = in_phase(sets, phase.value), origin.at("sets", phase.value)
        if value == NONE:
            yield phase, None
        elif isinstance(value, Quantity):
            limit = written.converted(value, where)
            if limit is not None and written.is_in_range(limit, where.place()):
                yield phase, limit


def _check_none(rule: LimitRule, written: WrittenLimit, origin: Origin) -> None:
    """Tell where a statutory limit is `none` while there is water or metal: only idle is without."""
    for phase, limit in rule.sets:
        if limit is None and phase is not Phase.IDLE and _must_hold(rule, written, phase):
            fields = {"rule": rule.id, "phase": phase.value}
            place = origin.place("sets", phase.value)
            written.device.findings.fault(place, "gate-none-in-force", **fields)


def _must_hold(rule: LimitRule, written: WrittenLimit, phase: Phase) -> bool:
    role = written.device.statutes.role_of(rule.point.serves)
    if role is not None and rule.kind in role.point.alarm:
        is_paused = rule.kind in role.point.paused.get(phase, ())
        return role.point.confidence is Confidence.LAW and not is_paused
    return rule.clause.confidence is Confidence.LAW
