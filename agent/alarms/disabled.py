"""A profile's rule that a plant has taken out, and the end of its approval: an alarm, as with a deviation."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms.deadlines import Deadlines
from agent.alarms.deviation import DeviationWatch
from agent.alarms.event import Out
from agent.alarms.subject import Duty, Subject
from agent.alarms.words_disabled import expired, renewed, title
from config.model import Disabled, Priority

CONDITION: Final = "disabled-expired"


def disabled_watch(
    disabled: Disabled, zone: ZoneInfo, duty: Duty, deadlines: Deadlines, out: Out
) -> DeviationWatch:
    """Return the watch of one approval, which holds to the end of its last day where the plant is."""
    ends = datetime.combine(disabled.until + timedelta(days=1), time(), zone)
    subject = Subject(
        rule=f"{disabled.rule}.disabled",
        condition=CONDITION,
        device=disabled.device,
        point=None,
        priority=Priority.MEDIUM,
        name=title(disabled),
        raised=lambda _value: expired(disabled),
        cleared=lambda _value: renewed(disabled),
    )
    return DeviationWatch(subject, round(ends.timestamp()) * 10**9, duty, deadlines, out)
