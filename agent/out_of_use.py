"""All protections that are out of use or were changed, in one list: what `alarm list` and `status` show."""

from dataclasses import asdict
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms import words, words_test
from agent.gateway import Gateway
from agent.records import Json
from config.model import LimitKind, Role

_LIMITS: Final = frozenset(Role(kind.value).value for kind in LimitKind)


def out_of_use(gateway: Gateway) -> list[Json]:
    """Return them: detectors, rules out of service, gone or changed, limits that differ at the device."""
    reports = gateway.pipeline.reports
    at_devices = [
        {"cause": "setting-differs", "rule": None, "since_ns": None, **differing}
        for differing in reports.settings.differing()
        if differing["role"] in _LIMITS
    ]
    in_test = [
        {
            **test.fields,
            "cause": "gas-test",
            "since_ns": test.from_ns,
            "text": asdict(words_test.begun(test.name, test.act)),
        }
        for test in gateway.engine.tests.standing
    ]
    taken_out = [
        {
            "cause": "out-of-service",
            "device": alarm.subject.device,
            "point": alarm.subject.point,
            "rule": alarm.subject.rule,
            "since_ns": act.get("since_ns"),
            "text": asdict(words.is_out(alarm.subject, act, ZoneInfo(gateway.plant.timezone))),
        }
        for alarm in gateway.engine.alarms
        if (act := alarm.kept.out_of_service) is not None
    ]
    found = [
        *taken_out,
        *in_test,
        *reports.bypasses.listed(),
        *reports.in_force.listed(gateway.clock.now_ns()),
        *at_devices,
    ]
    return [
        {
            "cause": each.get("cause") or each.get("kind"),
            "device": each.get("device"),
            "point": each.get("point"),
            "rule": each.get("rule"),
            "since_ns": each["since_ns"],
            "text": each["text"],
        }
        for each in found
    ]
