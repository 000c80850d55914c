"""From gates as written to those of the model: a phase is a condition, be it written as one or as a value."""

from collections.abc import Iterator, Mapping
from typing import Final

from config.condition import Expression
from config.expression_parser import parse
from config.expression_words import LENGTH_MAX
from config.fault import Findings
from config.gate_entry import GateEntry
from config.model import Gate, GatePhase, Phase, Plant, Point, Priority, Rule, Text
from config.points import text_of
from config.position import Layers, Origin
from config.statute import PLANT_CLAUSE
from config.written_rule import Points, WrittenRule

CONTRADICTED: Final = "gate-contradicted"
_ASKED: Final = (Phase.IDLE, Phase.START, Phase.END, Phase.STEADY)


def resolve_gates(
    entries: Mapping[str, GateEntry], source: Layers, points: Points, findings: Findings
) -> dict[str, Gate]:
    """Return the gates; those with faults are left out, with the fault told."""
    gates = {}
    for id_, entry in entries.items():
        written = WrittenRule("gate", Origin(source, ("gates", id_)), points, findings)
        gate = _gate(id_, entry, written)
        if gate is not None:
            gates[id_] = gate
    return gates


def _gate(id_: str, entry: GateEntry, written: WrittenRule) -> Gate | None:
    texts = dict(_by_tag(entry, written) if entry.tag is not None else _by_conditions(entry, written))
    contradicted = written.expression(entry.contradicted_by, "contradicted_by")
    if not texts or contradicted is None:
        return None
    phases = tuple(_phase(phase, texts[phase], written) for phase in _ASKED if phase in texts)
    rule, is_told = _rule(id_, entry, texts, written), Phase.STEADY in texts
    return Gate(id_, text_of(entry.name), phases, is_steady_told=is_told, contradicted=rule)


def _by_tag(entry: GateEntry, written: WrittenRule) -> Iterator[tuple[Phase, str]]:
    assert entry.tag is not None
    assert entry.values is not None
    point = written.point(entry.tag, "tag")
    if point is None:
        return
    if point.unit:
        written.findings.fault(written.origin.place("tag"), "gate-tag-unit", point=point.id, unit=point.unit)
        return
    for phase in _ASKED:
        raws = [raw for raw, name in entry.values.items() if name == phase]
        if raws:
            yield phase, " or ".join(f"{point.id} == {raw}" for raw in raws)


def _by_conditions(entry: GateEntry, written: WrittenRule) -> Iterator[tuple[Phase, str]]:
    assert entry.when is not None
    for phase in _ASKED:
        text: str | None = getattr(entry.when, phase.value)
        if text is not None and written.expression(text, "when", phase.value) is not None:
            yield phase, text


def _phase(phase: Phase, text: str, written: WrittenRule) -> GatePhase:
    expression, points = _parsed(text, text, written)
    return GatePhase(phase, expression, points)


def _rule(id_: str, entry: GateEntry, texts: Mapping[Phase, str], written: WrittenRule) -> Rule | None:
    """Return the rule that an idle phase is not contradicted; None where no phase is idle."""
    idle = texts.get(Phase.IDLE)
    if idle is None:
        return None
    both = f"({idle}) and ({entry.contradicted_by})"
    if len(both) > LENGTH_MAX:
        place = written.origin.place("contradicted_by")
        written.findings.fault(place, "expression-long", most=LENGTH_MAX - len(idle) - len("() and ()"))
        return None
    expression, points = _parsed(both, entry.contradicted_by, written)
    name = text_of(entry.name)
    return Rule(
        id=f"{id_}.{CONTRADICTED}",
        kind=CONTRADICTED,
        name=Text(f"{name.zh}为空闲，与现场矛盾", f"{name.en} is idle, which the plant contradicts"),
        condition=expression,
        points=points,
        on_delay_s=entry.contradicted_for,
        off_delay_s=0.0,
        priority=Priority.CRITICAL,
        clause=PLANT_CLAUSE,
        may_rest=False,
    )


def _parsed(text: str, shown: str, written: WrittenRule) -> tuple[Expression, tuple[Point, ...]]:
    """Return a condition of which every part has been found to be right."""
    by_id = written.points.by_id
    logical, points = parse(text, lambda id_, _offset: by_id[id_], written.points.gas)
    return Expression(tuple(point.id for point in points), logical, shown.strip()), points


def advise_gates(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of gates that no limit goes by."""
    used = {rule.gate for device in plant.devices.values() for rule in device.rules}
    for id_ in plant.gates:
        if id_ not in used:
            findings.warn(source.place("gates", id_, at_key=True), "gate-unused", gate=id_)
