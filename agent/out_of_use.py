"""All protections that are out of use or were changed, in one list: what `alarm list` and `status` show."""

from dataclasses import asdict
from typing import Final

from agent.alarms import words_test
from agent.gateway import Gateway
from agent.records import Json
from config.model import LimitKind, Role

_LIMITS: Final = frozenset(Role(kind.value).value for kind in LimitKind)


def out_of_use(gateway: Gateway) -> list[Json]:
    """Return them: detectors, rules that are gone or changed, limits that differ at the device.

    What a person took out of service stands with its alarm.
    """
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
    found = [
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
