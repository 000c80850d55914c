"""The whole path of statutory points, as `check` judges it: alarms that are missing, late, or never raised.

What is a fault here keeps no agent from starting: a plant that runs is better watched by what it
has. A law that asks for an alarm and gives no number leaves the number to the plant, but not whether there
is one; what is merely recommended is a warning, and says so.
"""

from collections.abc import Sequence
from typing import Final

from config.condition import Baseline, Expression
from config.fault import Findings
from config.interlock import Interlock
from config.model import Confidence, Device, LimitKind, LimitRule, Plant, Point, Rule
from config.position import Layers
from config.sector import Role, Statutes

LAW: Final = Confidence.LAW
EDGE: Final = 0.02
"""A limit within so much of its range's end is reached by nothing but a broken sensor (our own choice)."""
DELAY_MAX_S: Final = 60.0
"""An alarm that law asks for should not wait longer (our own choice: no source gives a number)."""
BASELINE_PERCENT: Final = 20.0
BASELINE_WITHIN_S: Final = 8 * 3600.0
"""AQ 4273-2016, 5.1.4 b): recorded within 8 h of a change of bags, an alarm beyond 20 %."""
BASELINE_RECORD_S: Final = 3600.0
"""A mean over fewer cleaning cycles moves with each of them (recommended)."""
BASELINE_DELAY_S: Final = 3600.0
"""Bags wear out over weeks; but an alarm that waits for longer is none (our own choice)."""


def judge(plant: Plant, source: Layers, findings: Findings) -> None:
    """Tell what of the plant falls short of what law asks."""
    statutes = Statutes()
    judged = [
        (device, point, role)
        for device in plant.devices.values()
        for point in device.points
        if (role := statutes.role_of(point.serves)) is not None
    ]
    for device, point, role in judged:
        if role.point.confidence is LAW and role.point.alarm:
            _judge_alarms(plant, device, point, role, source, findings)
    _judge_interlocks(plant, judged, source, findings)
    for rule in plant.rules:
        if isinstance(rule.condition, Baseline) and any(
            role.point.confidence is LAW for _, point, role in judged if point.id == rule.condition.point
        ):
            _judge_baseline(rule, rule.condition, _where(plant, rule), source, findings)


def _judge_alarms(
    plant: Plant, device: Device, point: Point, role: Role, source: Layers, findings: Findings
) -> None:
    limits = [rule for rule in device.rules if rule.point.id == point.id and rule.kind in role.point.alarm]
    place = source.place("devices", device.id, at_key=True)
    what = {"point": point.id, "what": role.point.name.model_dump(), "basis": role.point.basis()}
    unseen = _unseen(limits, role)
    if unseen and not any(_is_alarm_of(rule, point) for rule in plant.rules):
        kinds = tuple(kind.value for kind in unseen)
        if limits:
            findings.warn(place, "statutory-one-side", point.id, **what, kinds=kinds)
        else:
            findings.fault(place, "statutory-unwatched", **what, kinds=kinds)
    for rule in limits:
        name = point.id.partition(".")[2]
        at = source.place("devices", device.id, "rules", name, rule.kind.value, at_key=True)
        if all(_is_at_the_edge(rule, limit) for limit in _in_force(rule)):
            shown = ", ".join(f"{limit:g} {point.unit}".rstrip() for limit in _in_force(rule)) or "none"
            findings.fault(at, "statutory-never", **what, rule=rule.id, limit=shown)
        if rule.on_delay_s > DELAY_MAX_S:
            delays = {"delay": f"{rule.on_delay_s:g} s", "most": f"{DELAY_MAX_S:g} s"}
            findings.warn(at, "statutory-late", rule.id, **what, rule=rule.id, **delays)


def _unseen(limits: Sequence[LimitRule], role: Role) -> tuple[LimitKind, ...]:
    """Return the kinds of each side, high and low, that is to be watched and has no limit at all."""
    sides = {rule.kind.is_high for rule in limits}
    return tuple(kind for kind in role.point.alarm if kind.is_high not in sides)


def _is_alarm_of(rule: Rule, point: Point) -> bool:
    """Whether a rule of the plant can stand for a limit: it says itself when it is beyond one."""
    return isinstance(rule.condition, Expression) and any(each.id == point.id for each in rule.points)


def _in_force(rule: LimitRule) -> tuple[float, ...]:
    """Return the limits of a rule, of all its phases where it has any."""
    return tuple(limit for _, limit in rule.sets if limit is not None) if rule.sets else (rule.limit,)


def _is_at_the_edge(rule: LimitRule, limit: float) -> bool:
    if rule.point.range is None:
        return False
    low, high = rule.point.range
    room = EDGE * (high - low)
    return limit >= high - room if rule.kind.is_high else limit <= low + room


def _judge_interlocks(
    plant: Plant, judged: list[tuple[Device, Point, Role]], source: Layers, findings: Findings
) -> None:
    """Warn of points whose alarm the law has act on something, where no rule shows that it does."""
    shown = {
        point.id for rule in plant.rules if isinstance(rule.condition, Interlock) for point in rule.points
    }
    devices: dict[str, list[str]] = {}
    acting = [(device, point, role) for device, point, role in judged if role.point.acts_on is not None]
    for device, point, _ in acting:
        devices.setdefault(device.id, []).append(point.id)
    for device, _, role in acting:
        points = devices.pop(device.id, [])
        if points and not shown & set(points):
            assert role.point.acts_on is not None
            findings.warn(
                source.place("devices", device.id, at_key=True),
                "interlock-unproven",
                points=tuple(points),
                acts_on=role.point.acts_on.model_dump(),
                basis=role.point.basis(),
            )


def _judge_baseline(
    rule: Rule, of: Baseline, where: tuple[str, ...], source: Layers, findings: Findings
) -> None:
    def laxer(key: str, code: str, asked: str, chosen: str) -> None:
        findings.fault(source.place(*where, key), code, rule=rule.id, key=key, asked=asked, chosen=chosen)

    if of.threshold.limit > BASELINE_PERCENT:
        laxer("limit_percent", "baseline-laxer", f"{BASELINE_PERCENT:g} %", f"{of.threshold.limit:g} %")
    if of.within_s > BASELINE_WITHIN_S:
        laxer("within", "baseline-laxer", f"{BASELINE_WITHIN_S / 3600:g} h", f"{of.within_s / 3600:g} h")
    if rule.on_delay_s > BASELINE_DELAY_S:
        laxer("on_delay", "baseline-late", f"{BASELINE_DELAY_S / 3600:g} h", f"{rule.on_delay_s / 3600:g} h")
    if of.record_s < BASELINE_RECORD_S:
        place = source.place(*where, "record")
        findings.warn(place, "baseline-short", rule=rule.id, chosen=f"{of.record_s:g} s")


def _where(plant: Plant, rule: Rule) -> tuple[str, ...]:
    device, _, id_ = rule.id.partition(".")
    return ("devices", device, "conditions", id_) if device in plant.devices and id_ else ("rules", rule.id)
