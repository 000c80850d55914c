"""The whole path of statutory points, as `check` judges it: alarms, interlocks, baselines.

What is a fault here keeps no agent from starting: a plant that runs is better watched by what it
has. A law that asks for an alarm and gives no number leaves the number to the plant, but not whether there
is one; what is merely recommended is a warning, and says so.
"""

from typing import Final

from config.condition import Baseline
from config.fault import Findings
from config.interlock import Interlock
from config.judged_alarms import Judged, judge_alarms
from config.model import Confidence, Device, Plant, Point, Rule
from config.position import Layers
from config.sector import Role, Statutes
from config.statutory import statutory_rules

LAW: Final = Confidence.LAW
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
            judge_alarms(plant, Judged(device, point, role), source, findings)
    _judge_interlocks(plant, judged, source, findings)
    if plant.alarms.is_annunciated and not plant.alarms.engineers and statutory_rules(plant):
        findings.warn(source.place("alarms"), "engineers-unnamed")
    for rule in plant.rules:
        if isinstance(rule.condition, Baseline) and any(
            role.point.confidence is LAW for _, point, role in judged if point.id == rule.condition.point
        ):
            _judge_baseline(rule, rule.condition, _where(plant, rule), source, findings)


def _judge_interlocks(
    plant: Plant, judged: list[tuple[Device, Point, Role]], source: Layers, findings: Findings
) -> None:
    """Warn of points whose alarm the law has act on something, where no rule is set off by them."""
    shown = {
        id_
        for rule in plant.rules
        if isinstance(rule.condition, Interlock)
        for id_ in rule.condition.trigger.points
    }
    devices: dict[str, list[str]] = {}
    acting = [(device, point, role) for device, point, role in judged if role.point.acts_on is not None]
    for device, point, _ in acting:
        if point.id not in shown:
            devices.setdefault(device.id, []).append(point.id)
    for device, _, role in acting:
        points = devices.pop(device.id, [])
        if points:
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
