"""Which rules were in force at the last start: what was changed or removed in the plant file is an event.

A limit that was raised in the file, or a gate that was turned round, is as effective a bypass
as a switch, and leaves no other trace than the file's hash in the event of the start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

import orjson

from agent import words_bypass
from agent.occurrence import Occurrence
from agent.protections import basis_of, rules_of
from agent.records import Json
from agent.taken_up import taken_up
from config.model import Plant, Text

IN_FORCE_KEY: Final = "rules/in-force"
LISTED_NS: Final = 7 * 86_400 * 10**9
"""A change stands in the list of bypasses for a week."""
LISTED_MAX: Final = 100


class InForce:
    """Compares the rules of the plant file with those of the last start; used once, at the start."""

    def __init__(self, plant: Plant) -> None:
        self._now, self._basis = rules_of(plant), basis_of(plant)
        self._disabled = {each.rule: each for each in plant.disabled}
        self._removed: dict[str, Json] = {}
        self._changed: list[Json] = []

    def start(self, stored: Mapping[str, bytes], utc_ns: int) -> Iterator[Occurrence]:
        """Yield what was changed, removed or put back since the last start."""
        packed = stored.get(IN_FORCE_KEY)
        nothing: Json = {"rules": {}, "removed": {}, "changed": []}
        before = taken_up(stored, IN_FORCE_KEY, _unpack) or nothing
        self._changed, self._removed = before["changed"], before["removed"]
        found = [*self._changes(before["rules"], utc_ns), *self._gone(before["rules"], utc_ns)]
        found += self._basis_changes(before.get("basis", {}), utc_ns)
        found += self._newly_disabled(utc_ns)
        found += self._returned(utc_ns)
        self._changed = self._changed[-LISTED_MAX:]
        now = {"rules": self._now, "basis": self._basis}
        kept = orjson.dumps({**now, "removed": self._removed, "changed": self._changed})
        if kept == packed:
            return
        state = {IN_FORCE_KEY: kept}
        if not found:  # the first start, or a new rule: nothing to tell, and something to keep
            yield Occurrence({"kind": "rules-in-force", "rules": len(self._now)}, state)
        for content, text in found:
            yield Occurrence({**content, "text": asdict(text)}, state, text)

    def listed(self, utc_ns: int) -> list[Json]:
        """Return the rules that are gone, and changes of the last week, each as its event."""
        recent = [each for each in self._changed if abs(utc_ns - int(each["since_ns"])) < LISTED_NS]
        gone = [
            each
            for rule, each in self._removed.items()
            if rule in self._disabled or abs(utc_ns - int(each["since_ns"])) < LISTED_NS
        ]
        return [*gone, *recent]

    def _changes(self, before: Mapping[str, Json], utc_ns: int) -> Iterator[tuple[Json, Text]]:
        for rule, now in self._now.items():
            was = before.get(rule)
            if was is None or was["is"] == now["is"]:
                continue
            text = words_bypass.limit_changed(rule, was["is"], now["is"], now["unit"])
            about = {"rule": rule, "device": now["device"], "point": now["point"], "unit": now["unit"]}
            content: Json = {"kind": "limit-changed", **about, "old": was["is"], "new": now["is"]}
            content["since_ns"] = utc_ns
            self._changed.append({**content, "text": asdict(text)})
            yield content, text

    def _basis_changes(self, before: Mapping[str, Json], utc_ns: int) -> Iterator[tuple[Json, Text]]:
        """Yield gates, areas and points that rules rest on and that are not what they were."""
        for name, now in self._basis.items():
            was = before.get(name)
            if was is None or was["is"] == now["is"]:
                continue
            text = words_bypass.protection_changed(now["of"], now["id"], was["is"], now["is"])
            about = {key: now[key] for key in ("of", "id", "device", "point")}
            content: Json = {"kind": "protection-changed", "rule": None, **about}
            content |= {"old": was["is"], "new": now["is"], "since_ns": utc_ns}
            self._changed.append({**content, "text": asdict(text)})
            yield content, text

    def _gone(self, before: Mapping[str, Json], utc_ns: int) -> Iterator[tuple[Json, Text]]:
        for rule, was in before.items():
            if rule not in self._now and rule not in self._disabled:
                text = words_bypass.rule_removed(rule)
                why = "rule-removed"
                content: Json = {"kind": "bypass", **_bypass(rule, was, why, why), "since_ns": utc_ns}
                self._removed[rule] = {**content, "was": was["is"], "text": asdict(text)}
                yield content, text

    def _newly_disabled(self, utc_ns: int) -> Iterator[tuple[Json, Text]]:
        """Yield the rules of profiles that the plant has taken out; each as long as it is so."""
        for rule, each in self._disabled.items():
            if self._removed.get(rule, {}).get("cause") == "rule-disabled":
                continue
            text = words_bypass.rule_disabled(each)
            content: Json = {
                "kind": "bypass",
                **_bypass(rule, {"device": each.device, "point": None}, "rule-disabled", each.reason),
                "by": each.approved_by,
                "until": each.until.isoformat(),
                "since_ns": utc_ns,
            }
            self._removed[rule] = {**content, "text": asdict(text)}
            yield content, text

    def _returned(self, utc_ns: int) -> Iterator[tuple[Json, Text]]:
        for rule in [rule for rule in self._removed if rule in self._now]:
            gone = self._removed.pop(rule)
            times = {"since_ns": gone["since_ns"], "from_ns": gone["since_ns"], "to_ns": utc_ns}
            about = _bypass(rule, self._now[rule], gone["cause"], gone["reason"])
            content: Json = {"kind": "bypass-end", **about, **times}
            yield content, words_bypass.rule_back(rule)


def _bypass(rule: str, of: Json, cause: str, reason: str) -> Json:
    about = {"cause": cause, "reason": reason, "rule": rule, "rules": [rule]}
    return {**about, "device": of["device"], "point": of["point"]}


def _unpack(packed: bytes) -> Json:
    before: Json = orjson.loads(packed)
    return {**before, **{key: before[key] for key in ("rules", "removed", "changed")}}
