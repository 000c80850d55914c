"""What the checklist of an area finds, in Chinese and English."""

from datetime import date

from config.model import Area, Text


def point_dead(name: Text, quality: str) -> Text:
    """A point has no value."""
    return Text(f"{name.zh} 没有数据（{quality}）", f"{name.en} has no value ({quality})")


def device_dead(name: Text, quality: str) -> Text:
    """No point of a device has a value."""
    return Text(f"{name.zh} 全部测点没有数据（{quality}）", f"{name.en}: no point has a value ({quality})")


def point_bypassed(name: Text, quality: str) -> Text:
    """The device itself says that a value is not the plant's."""
    return Text(
        f"{name.zh} 处于 {quality} 状态，数值不可作准",
        f"{name.en} is in {quality}: its value is not the plant's",
    )


def point_doubtful(name: Text, quality: str) -> Text:
    """A value cannot be trusted without reserve."""
    return Text(f"{name.zh} 数值存疑（{quality}）", f"the value of {name.en} is doubtful ({quality})")


def rule_out(name: Text, by: str, reason: str) -> Text:
    """Somebody took a rule out of service."""
    return Text(
        f"{name.zh} 报警已退出运行（{by}）：{reason}", f"{name.en} was taken out of service by {by}: {reason}"
    )


def rule_shelved(name: Text, by: str, reason: str) -> Text:
    """Somebody silenced an alarm."""
    return Text(f"{name.zh} 就地消音（{by}）：{reason}", f"{name.en} is kept silent by {by}: {reason}")


def calibration_overdue(name: Text, due: date) -> Text:
    """The date has passed."""
    return Text(f"{name.zh} 检定已于 {due} 到期", f"the calibration of {name.en} was due on {due}")


def result(area: Area, found: int) -> Text:
    """What it came to."""
    if not found:
        return Text(f"{area.name.zh} 复产检查：未发现问题", f"{area.name.en}, checklist: nothing found")
    return Text(
        f"{area.name.zh} 复产检查：{found} 项需处理", f"{area.name.en}, checklist: {found} to be seen to"
    )


def no_such_area(name: str, hint: Text, there: str) -> Text:
    """The plant file has no area of that name."""
    return Text(
        f"没有区域“{name}”{hint.zh}；有：{there}", f"there is no area '{name}'{hint.en}; there are: {there}"
    )


def in_test(rule: Text) -> Text:
    """A rule's alarms are tests at the moment."""
    return Text(
        f"{rule.zh} 正在通气试验，报警不按真报警上报",
        f"{rule.en} is being tested with gas: no alarm of it is real",
    )
