"""What alarms say to people, in Chinese and English."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from config.model import Clause, Confidence, Deviation, LimitKind, LimitRule, Text
from drivers.reading import Value

KIND: Final = {
    LimitKind.HIHI: Text("高高限", "high-high limit"),
    LimitKind.HI: Text("高限", "high limit"),
    LimitKind.LO: Text("低限", "low limit"),
    LimitKind.LOLO: Text("低低限", "low-low limit"),
}

CONFIDENCE: Final = {
    Confidence.LAW: Text("", ""),
    Confidence.RECOMMENDED: Text("（推荐值）", " (recommended)"),
    Confidence.PLANT: Text("（企业自定）", " (set by the plant)"),
    Confidence.UNVERIFIED: Text("（未核实）", " (unverified)"),
}


def raised(rule: LimitRule, device: Text, value: Value) -> Text:
    """Say which limit was passed, by how much, and what stands behind it."""
    kind, standing, behind = KIND[rule.kind], CONFIDENCE[rule.clause.confidence], basis(rule.clause)
    limit, shown = f"{rule.limit:g} {rule.point.unit}".rstrip(), amount(value, rule.point.unit)
    return Text(
        f"{device.zh} {rule.point.name.zh} {shown}，超过{kind.zh} {limit}{standing.zh}{behind}"
        if rule.kind.is_high
        else f"{device.zh} {rule.point.name.zh} {shown}，低于{kind.zh} {limit}{standing.zh}{behind}",
        f"{device.en} {rule.point.name.en} {shown}, beyond the {kind.en} {limit}{standing.en}{behind}",
    )


def cleared(rule: LimitRule, device: Text, value: Value) -> Text:
    """Say that the value is back."""
    kind, shown = KIND[rule.kind], amount(value, rule.point.unit)
    return Text(
        f"{device.zh} {rule.point.name.zh} {shown}，{kind.zh}报警已恢复",
        f"{device.en} {rule.point.name.en} {shown}, {kind.en} cleared",
    )


def not_evaluated(rule: LimitRule, device: Text) -> Text:
    """Say that a protection is lost: nobody watches this limit now."""
    kind = KIND[rule.kind]
    return Text(
        f"{device.zh} {rule.point.name.zh} 无有效数据，{kind.zh}报警当前失去保护",
        f"{device.en} {rule.point.name.en} has no valid value: its {kind.en} is not watched now",
    )


def evaluated(rule: LimitRule, device: Text) -> Text:
    """Say that a lost protection is back."""
    kind = KIND[rule.kind]
    return Text(
        f"{device.zh} {rule.point.name.zh} 数据恢复，{kind.zh}报警恢复监视",
        f"{device.en} {rule.point.name.en} has values again: its {kind.en} is watched again",
    )


def out_of_service(rule: str) -> Text:
    """Say that an alarm ended because its rule is gone from the plant file."""
    return Text(f"规则 {rule} 已从配置文件中移除，报警停止", f"rule {rule} was removed from the plant file")


def device_silent(device: Text) -> Text:
    """Say that one device does not answer."""
    return Text(
        f"{device.zh} 通信中断：请检查设备供电、接线和站号",
        f"{device.en} does not answer: check its power, wiring and unit id",
    )


def device_answers(device: Text) -> Text:
    """Say that a device answers again."""
    return Text(f"{device.zh} 通信恢复", f"{device.en} answers again")


def link_lost(connection: str, devices: Sequence[tuple[Text, int]], rules: int) -> Text:
    """Say that a whole connection is lost, with the devices behind it, their points, and how many rules."""
    zh = "、".join(f"{name.zh}（{points} 个测点）" for name, points in devices)
    en = ", ".join(f"{name.en} ({points} points)" for name, points in devices)
    return Text(
        f"连接 {connection} 中断，受影响设备：{zh}；{rules} 条规则当前失去保护",
        f"connection {connection} is lost; devices: {en}; {rules} rules are not watched now",
    )


def link_back(connection: str) -> Text:
    """Say that a connection is back."""
    return Text(f"连接 {connection} 恢复", f"connection {connection} is back")


def deviation_name(rule: LimitRule, device: Text) -> Text:
    """Name an approval to run with a laxer limit."""
    kind, point = KIND[rule.kind], rule.point.name
    return Text(f"{device.zh} {point.zh} {kind.zh}放宽批准", f"{device.en} {point.en} {kind.en}, deviation")


def deviation_ended(rule: LimitRule, deviation: Deviation, device: Text) -> Text:
    """Say that an approval ran out while the limit is still laxer."""
    name, by, until = deviation_name(rule, device), deviation.approved_by, deviation.until
    return Text(
        f"{name.zh}（{by}）已于 {until} 到期，限值仍未恢复：请恢复限值或重新报批",
        f"{name.en} approved by {by} ended on {until}: put the limit back or renew the approval",
    )


def deviation_renewed(rule: LimitRule, device: Text) -> Text:
    """Say that there is a valid approval again."""
    name = deviation_name(rule, device)
    return Text(f"{name.zh}已重新批准", f"{name.en}: approved anew")


def calibration(device: Text) -> Text:
    """Name the calibration of a device."""
    return Text(f"{device.zh} 检定", f"{device.en}, calibration")


def calibration_due(device: Text, due: date) -> Text:
    """Say that it is due."""
    return Text(
        f"{device.zh} 的检定已于 {due} 到期：请送检，并更新配置文件中的 calibration_due",
        f"{device.en}: its calibration is due since {due}; have it calibrated and update calibration_due",
    )


def calibrated(device: Text) -> Text:
    """Say that it has been calibrated, by the plant file."""
    return Text(f"{device.zh} 检定在有效期内", f"{device.en}: its calibration is in date")


def basis(clause: Clause) -> str:
    """Return the standard behind a rule, if there is one."""
    return f" [{clause.standard}]" if clause.standard else ""


def amount(value: Value, unit: str) -> str:
    """Return a value as people read it."""
    if value is None:
        return "—"
    text = str(value).lower() if isinstance(value, bool) else f"{value:.6g}"
    return f"{text} {unit}".rstrip()
