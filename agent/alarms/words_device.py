"""What is said of alarms that devices raise themselves, in Chinese and English."""

from agent.alarms.messages import amount
from agent.alarms.subject import Subject
from config.model import Text
from drivers.reading import Value


def raised(name: Text) -> Text:
    """The device says alarm, and nobody else judges it."""
    return Text(f"{name.zh}：设备自身报警", f"{name.en}: alarm raised by the device")


def cleared(name: Text) -> Text:
    """The device says that it is over."""
    return Text(f"{name.zh}：设备自身报警已恢复", f"{name.en}: the device's alarm is over")


def not_readable(name: Text) -> Text:
    """Nobody knows what the device says."""
    return Text(
        f"{name.zh}：设备报警状态读不到，该报警当前失去保护",
        f"{name.en}: what the device says cannot be read; it is not watched now",
    )


def readable(name: Text) -> Text:
    """It is known again."""
    return Text(f"{name.zh}：恢复监视", f"{name.en}: watched again")


def raised_with(subject: Subject, word: Text, value: Value) -> Text:
    """The device was the first to say it."""
    now = amount(value, subject.unit)
    return Text(
        f"{subject.name.zh} 由设备自身报警（{word.zh}），当前读数 {now}",
        f"{subject.name.en}: alarm raised by the device ({word.en}), reading {now}",
    )


def confirmed(subject: Subject, by_agent: bool) -> Text:
    """The other source says the same now."""
    if by_agent:
        return Text(
            f"{subject.name.zh}：网关按读数判断也已报警", f"{subject.name.en}: our own limit says so too"
        )
    return Text(f"{subject.name.zh}：设备自身也已报警", f"{subject.name.en}: the device says so too")


def disagree(subject: Subject, *, device: bool, value: Value) -> Text:
    """One says alarm and the other does not, for 10 s."""
    now = amount(value, subject.unit)
    if device:
        return Text(
            f"{subject.name.zh}：设备自身在报警，读数 {now} 却未达限值；请核对设备的报警设定、单位和量程",
            f"{subject.name.en}: the device says alarm, but its reading {now} is within the limit; "
            "compare the device's own setting, its unit and its range",
        )
    return Text(
        f"{subject.name.zh}：读数 {now} 已达限值，设备自身却不报警；请核对设备的报警设定，是否被屏蔽",
        f"{subject.name.en}: the reading {now} is beyond the limit, but the device says no alarm; "
        "compare its own setting, and whether its alarms are inhibited",
    )


def agree(subject: Subject) -> Text:
    """They say the same again."""
    return Text(
        f"{subject.name.zh}：设备与网关的判断恢复一致", f"{subject.name.en}: device and agent agree again"
    )
