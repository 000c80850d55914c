"""From a rule of the plant to what follows it."""

from collections.abc import Sequence

from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.note import OnNote
from agent.alarms.rules.baseline_watch import BaselineWatch
from agent.alarms.rules.interlock_watch import InterlockWatch
from agent.alarms.rules.watch import RuleWatch
from agent.alarms.subject import Duty
from config.condition import Baseline
from config.interlock import Interlock
from config.model import Rule, Text


def watch_of(
    rule: Rule, names: Sequence[Text], duty: Duty, deadlines: Deadlines, out: Out, note: OnNote
) -> RuleWatch:
    """Return the watch of a rule."""
    if isinstance(rule.condition, Baseline):
        return BaselineWatch(rule, names, duty, deadlines, out, note)
    if isinstance(rule.condition, Interlock):
        return InterlockWatch(rule, names, duty, deadlines, out, note)
    return RuleWatch(rule, names, duty, deadlines, out)
