"""What people owe an alarm, by the plant's settings and its priority."""

from agent.alarms.subject import Duty
from config.model import AlarmSettings, LimitRule, Priority, Rule


def duty_of(settings: AlarmSettings, rule: LimitRule | Rule) -> Duty:
    """Return what is owed to the alarm of a limit or a rule."""
    return _duty(settings, rule.priority, latched=rule.latched)


def duty_of_priority(settings: AlarmSettings, priority: Priority, *, latched: bool = False) -> Duty:
    """Return what is owed to an alarm that no rule of the plant file stands for."""
    return _duty(settings, priority, latched=latched)


def duty_of_silence(settings: AlarmSettings) -> Duty:
    """Return what is owed to a comm-fault, or to an approval that ran out."""
    return _duty(settings, Priority.MEDIUM, latched=False)


def duty_of_gate(settings: AlarmSettings) -> Duty:
    """Return what is owed to the alarm of a phase that nobody knows."""
    return _duty(settings, Priority.HIGH, latched=False)


def _duty(settings: AlarmSettings, priority: Priority, *, latched: bool) -> Duty:
    within = settings.respond_within.get(priority)
    return Duty(
        acknowledge=settings.is_annunciated,
        latched=latched,
        acknowledge_within_s=within.acknowledge_s if within and settings.is_annunciated else None,
        handle_within_s=within.handle_s if within else None,
        shelve_max_s=settings.shift_s,
    )
