"""Start permits: what must be fit before something is begun, from what is written to the model."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import Field

from config.base import Name, Part
from config.expression import All, Any, Change, Compared, Computed, Lasting, Logical, Mean, Not, Numeric
from config.fault import Findings
from config.interlock import Statement as Stated
from config.model import Device, Requirement, Rule, StartPermit
from config.points import text_of
from config.position import Layers, Origin
from config.rule_entry import Statement
from config.rule_interlock import statement
from config.validation import choice_fields
from config.written_rule import Points, WrittenRule

_NAME: Final = re.compile(r"[a-z0-9.-]+")
"""A text of these alone is the id of a point or a rule, and no expression."""


class StartPermitEntry(Part):
    """What must be fit before something is begun."""

    name: Name = Field(description="名称 / name")
    requires: list[Statement] = Field(
        min_length=1, description="测点、规则或条件 / points, rules or statements"
    )


def resolve_permits(
    entries: Mapping[str, StartPermitEntry],
    source: Layers,
    points: Points,
    rules: tuple[Rule, ...],
    devices: Mapping[str, Device],
    findings: Findings,
) -> dict[str, StartPermit]:
    """Return the permits; a requirement with a fault is left out, with the fault told."""
    of_rules = {rule.id: tuple(point.id for point in rule.points) for rule in rules}
    of_rules |= {limit.id: (limit.point.id,) for device in devices.values() for limit in device.rules}
    permits = {}
    for id_, entry in entries.items():
        written = WrittenRule("", Origin(source, ("start_permits", id_)), points, findings)
        found = [_requirement(written, each, n, of_rules) for n, each in enumerate(entry.requires)]
        sound = tuple(each for each in found if each is not None)
        permits[id_] = StartPermit(id_, text_of(entry.name), sound)
    return permits


def _requirement(
    written: WrittenRule, entry: Statement, n: int, of_rules: Mapping[str, tuple[str, ...]]
) -> Requirement | None:
    text = (entry.when or "").strip()
    if text in written.points.by_id:
        return Requirement(text, points=(text,))
    if text in of_rules:
        return Requirement(text, rule=text, points=of_rules[text])
    if _NAME.fullmatch(text) and text not in ("", "?"):
        _tell_unknown(written, text, n, of_rules)
        return None
    found = statement(written, entry, "requires", n)
    if found is None:
        return None
    if _remembers(found[0].of):
        written.findings.fault(written.origin.place("requires", n), "permit-over-time")
        return None
    stated: Stated = found[0]
    return Requirement(stated.text, statement=stated, points=stated.points)


def _tell_unknown(written: WrittenRule, text: str, n: int, of_rules: Mapping[str, tuple[str, ...]]) -> None:
    if text.partition(".")[0] not in written.points.incomplete:
        suffix, fields = choice_fields(text, (*written.points.by_id, *of_rules))
        written.findings.fault(
            written.origin.place("requires", n), "permit-unknown" + suffix, name=text, **fields
        )


def _remembers(part: Logical | Numeric) -> bool:
    """Return whether a statement needs to have been watched for a while."""
    match part:
        case Mean() | Change() | Lasting():
            return True
        case Compared() | Computed():
            return _remembers(part.left) or _remembers(part.right)
        case All() | Any():
            return any(_remembers(each) for each in part.parts)
        case Not():
            return _remembers(part.of)
        case _:
            return False
