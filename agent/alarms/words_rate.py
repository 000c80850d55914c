"""What is said of floods and of chattering, in Chinese and English."""

from typing import Any

from agent.alarms.subject import Subject
from config.model import Text


def flood(first: Any, count: int) -> Text:
    """It has begun."""
    return Text(
        f"报警泛滥：10 分钟内 {count} 个报警，最先的是：{first['text']['zh']}",
        f"alarm flood: {count} alarms within 10 min; the first was: {first['text']['en']}",
    )


def flooding(first: Any, count: int) -> Text:
    """It lasts."""
    return Text(
        f"报警泛滥中，已有 {count} 个报警，最先的是：{first['text']['zh']}",
        f"alarm flood, {count} alarms so far; the first was: {first['text']['en']}",
    )


def flood_end(first: Any, count: int, lasted_s: int) -> Text:
    """It is over."""
    minutes = max(1, round(lasted_s / 60))
    return Text(
        f"报警泛滥结束：历时 {minutes} 分钟，共 {count} 个报警，最先的是：{first['text']['zh']}",
        f"the alarm flood is over: {count} alarms in {minutes} min; the first was: {first['text']['en']}",
    )


def chatter(subject: Subject, count: int, within_s: int) -> Text:
    """An alarm comes and goes."""
    return Text(
        f"{subject.name.zh} 频繁抖动：{within_s} 秒内报警 {count} 次；请检查仪表，或加大回差、恢复延时",
        f"{subject.name.en} is chattering: raised {count} times within {within_s} s; look at the instrument, "
        "or widen deadband or off_delay",
    )


def chatter_end(subject: Subject, count: int) -> Text:
    """It has ceased."""
    return Text(
        f"{subject.name.zh} 抖动停止，其间报警 {count} 次",
        f"{subject.name.en} has ceased chattering, raised {count} times in all",
    )
