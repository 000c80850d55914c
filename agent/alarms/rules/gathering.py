"""Keeps what the rules of a plant have added up, and gives it back to them after a restart."""

from collections.abc import Mapping, Sequence

from agent.alarms import words_rule
from agent.alarms.note import OnNote, note
from agent.alarms.rules.gathered import GATHERED_PREFIX, Unusable
from agent.alarms.rules.watch import RuleWatch


class Gathered:
    """Follows the rules that add up. What is kept of each is bounded: 1000 times at most."""

    def __init__(self, rules: Sequence[RuleWatch], on_note: OnNote) -> None:
        self._rules = {rule.rule.id: rule for rule in rules if rule.gathers}
        self._on_note = on_note
        self._written: dict[str, bytes] = {}
        self._gone: set[str] = set()

    def take_up(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Go on from what the store has, and tell from when each rule counts."""
        for key, value in stored.items():
            if not key.startswith(GATHERED_PREFIX):
                continue
            rule = self._rules.get(key.removeprefix(GATHERED_PREFIX))
            if rule is None:
                self._gone.add(key)
                continue
            self._written[key] = value
            try:
                told = rule.take_up(value, utc_ns, mono_ns)
            except Unusable:
                told = note("counts-anew", words_rule.counts_anew(rule.rule.id), {"rule": rule.rule.id})
            if told is not None:
                self._on_note(told)

    def state(self, utc_ns: int, mono_ns: int) -> Mapping[str, bytes | None]:
        """Return the keys that are to be written now (None = delete)."""
        now: dict[str, bytes | None] = dict.fromkeys(self._gone)
        self._gone.clear()
        for id_, rule in self._rules.items():
            key = GATHERED_PREFIX + id_
            kept = rule.gathered(utc_ns, mono_ns)
            if kept is not None:
                now[key] = self._written[key] = kept
            elif self._written.pop(key, None) is not None:
                now[key] = None
        return now
