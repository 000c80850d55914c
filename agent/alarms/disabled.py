"""A profile's rule that a plant has taken out, and the end of its approval: an alarm, as with a deviation."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms.dated import DateWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.subject import Duty, Subject
from agent.alarms.words_disabled import expired, renewed, title
from config.model import Disabled, Priority

CONDITION: Final = "disabled-expired"


def disabled_watch(
    disabled: Disabled, zone: ZoneInfo, duty: Duty, deadlines: Deadlines, out: Out
) -> DateWatch:
    """Return the watch of one approval, which holds to the end of its last day where the plant is."""
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
    return DateWatch(subject, disabled.until + timedelta(days=1), zone, duty, deadlines, out)
