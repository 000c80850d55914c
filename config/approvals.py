"""Approvals to be laxer than the law, or without a profile's rule: from when, until when, how long at most.

What is wrong with one is a fault for `check` alone: the agent starts all the same, and raises an alarm
once it has run out.
"""

from datetime import date, timedelta
from typing import Final

from config.fault import Findings, Place
from config.model import Plant
from config.position import Layers

APPROVED_MAX: Final = timedelta(days=366)
"""No approval is for longer; who still means it gives it anew (our own choice)."""


def judge_approvals(plant: Plant, source: Layers, findings: Findings, *, today: date) -> None:
    """Tell approvals that ran out by `today`, are to come or too long; warn of rules that are disabled."""
    for device in plant.devices.values():
        for rule in device.rules:
            if (given := rule.deviation) is not None:
                point = rule.point.id.partition(".")[2]
                place = source.place("devices", device.id, "rules", point, rule.kind.value, "deviation")
                if given.until < today:
                    findings.fault(place, "deviation-expired", rule=rule.id, until=given.until)
                if given.date > today:
                    findings.fault(place, "approval-to-come", rule=rule.id, date=given.date)
                _judge_length(rule.id, given.until, place, findings, today)
    for each in plant.disabled:
        id_ = each.rule.partition(".")[2]
        place = source.place("devices", each.device, "conditions", id_, "disabled")
        if each.until < today:
            findings.fault(place, "disabled-expired", rule=each.rule, until=each.until)
        else:
            fields = {"approved_by": each.approved_by, "reason": each.reason, "until": each.until}
            findings.warn(place, "rule-disabled", rule=each.rule, **fields)
        _judge_length(each.rule, each.until, place, findings, today)


def _judge_length(rule: str, until: date, place: Place, findings: Findings, today: date) -> None:
    most = today + APPROVED_MAX
    if until > most:
        findings.fault(place, "approval-too-long", rule=rule, until=until, most=most)
