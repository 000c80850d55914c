"""What is said of protections that are out of use, and of rules that were changed, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from config.model import Disabled, Text

CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "maintenance": ("处于维护或报警被禁止", "in maintenance, or its alarms are inhibited"),
    "calibration": ("正在标定", "in calibration"),
    "simulation": ("处于模拟状态", "in simulation"),
    "manual": ("被人工置值", "forced by hand"),
    "stopped": ("已停用", "stopped"),
    "device-fault": ("故障", "at fault"),
    "wire-break": ("断线", "without a signal (broken wire)"),
    "suspect": ("报出公共故障，读数存疑", "reporting a common fault: its readings are doubtful"),
    "muted": ("已消音", "muted"),
    "gas-test": ("正在通气试验", "under test with gas"),
    "rule-disabled": ("规则已在配置文件中停用", "its rule is disabled in the plant file"),
    "rule-removed": ("规则已从配置文件中移除", "its rule was removed from the plant file"),
    "out-of-service": ("规则已退出运行", "its rule was taken out of service"),
}


def cause(code: str) -> Text:
    """Why a protection is out of use; a cause of a later version stands for itself."""
    zh, en = CAUSES.get(code, (code, code))
    return Text(zh, en)


def begun(device: Text, point: Text, code: str) -> Text:
    """It does not protect any more."""
    why = cause(code)
    return Text(
        f"{device.zh} {point.zh} {why.zh}，相关报警不反映现场",
        f"{device.en} {point.en} is {why.en}: its alarms say nothing of the plant",
    )


def ended(device: Text, point: Text, code: str) -> Text:
    """It protects again."""
    why = cause(code)
    return Text(
        f"{device.zh} {point.zh} 已恢复（此前{why.zh}）", f"{device.en} {point.en} is back (it was {why.en})"
    )


def overdue(device: Text, point: Text, code: str, hours: float) -> Text:
    """It has been so for longer than a shift."""
    why = cause(code)
    return Text(
        f"{device.zh} {point.zh} {why.zh}已 {hours:.0f} 小时，超过一个班次仍未恢复",
        f"{device.en} {point.en} has been {why.en} for {hours:.0f} h, longer than a shift",
    )


def limit_changed(rule: str, old: Mapping[str, object], new: Mapping[str, object], unit: str) -> Text:
    """A rule of the plant file is not what it was at the last start."""
    of = Text(f"（{unit}）", f" ({unit})") if unit else Text("", "")
    changes = _changes(old, new)
    return Text(
        f"规则 {rule} 在配置文件中已修改{of.zh}：{changes.zh}",
        f"rule {rule} was changed in the plant file{of.en}: {changes.en}",
    )


def protection_changed(of: str, id_: str, old: Mapping[str, object], new: Mapping[str, object]) -> Text:
    """What rules rest on is not what it was at the last start: `of` is gate, area, point or alarms."""
    zh, en = _BASES.get(of, (of, of))
    changes = _changes(old, new)
    return Text(
        f"{f'{zh} {id_}'.rstrip()} 在配置文件中已修改，相关报警随之改变：{changes.zh}",
        f"{f'{en} {id_}'.rstrip()} changed in the plant file, and with it what is watched: {changes.en}",
    )


def _changes(old: Mapping[str, object], new: Mapping[str, object]) -> Text:
    changes = [
        _change(key, old.get(key), new.get(key)) for key in {**old, **new} if new.get(key) != old.get(key)
    ]
    return Text("、".join(each.zh for each in changes), ", ".join(each.en for each in changes))


def rule_disabled(disabled: Disabled) -> Text:
    """A profile's rule that the plant file has taken out, with who approved it."""
    name, by, until = disabled.name, disabled.approved_by, disabled.until
    return Text(
        f"{name.zh} 已在配置文件中停用至 {until}（{by}：{disabled.reason}），期间无人监视",
        f"{name.en} is disabled by the plant file until {until} ({by}: {disabled.reason}); it is not watched",
    )


def rule_removed(rule: str) -> Text:
    """A rule that was in force at the last start is gone."""
    return Text(
        f"规则 {rule} 已从配置文件中移除，该保护不再起作用",
        f"rule {rule} was removed from the plant file: this protection is not in force any more",
    )


def rule_back(rule: str) -> Text:
    """It is there again."""
    return Text(f"规则 {rule} 已恢复到配置文件中", f"rule {rule} is back in the plant file")


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "limit": ("限值", "limit"),
    "deadband": ("回差", "deadband"),
    "on_delay_s": ("报警延时（秒）", "on_delay in s"),
    "off_delay_s": ("恢复延时（秒）", "off_delay in s"),
    "priority": ("优先级", "priority"),
    "latched": ("锁存", "latched"),
    "gate": ("工艺阶段", "gate"),
    "sets": ("各阶段限值", "sets"),
    "condition": ("条件", "condition"),
    "raws": ("设备报警的原始值", "raw values of the device's alarm"),
    "rule": ("同因限值", "limit of the same cause"),
    "unit": ("单位", "unit"),
    "range": ("量程", "range"),
    "period_s": ("采集周期（秒）", "period in s"),
    "source": ("数据来源", "source"),
    "marks": ("状态字含义", "meaning of its states"),
    "always_watched": ("始终监视", "always_watched"),
    "over_range_latched": ("超量程锁存", "over_range latched"),
    "area": ("所属区域", "area"),
    "phases": ("各阶段条件", "conditions of its phases"),
    "contradicted": ("矛盾条件", "contradicted_by"),
    "knowing": ("生产状态来源", "how its state is known"),
    "annunciated": ("就地声光", "annunciation"),
    "shift_s": ("班次时长（秒）", "shift in s"),
    "engineers": ("工程师", "engineers"),
    "chatter_off_delay_s": ("抖动恢复延时（秒）", "chatter off_delay in s"),
    "respond_within": ("响应时限", "respond_within"),
}
_LONG: Final = {"condition", "source", "marks", "phases", "contradicted", "knowing", "respond_within"}
"""They may fill a page; the event has both."""
_BASES: Final[Mapping[str, tuple[str, str]]] = {
    "gate": ("工艺阶段", "gate"),
    "area": ("区域", "area"),
    "point": ("测点", "point"),
    "alarms": ("报警设置 alarms", "alarms"),
}


def _change(key: str, old: object, new: object) -> Text:
    zh, en = _WORDS.get(key, (key, key))
    if key in _LONG:
        return Text(zh, en)
    return Text(f"{zh} {_shown(old)} → {_shown(new)}", f"{en} {_shown(old)} → {_shown(new)}")


def _shown(value: object) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:g}"
        case bool():
            return str(value).lower()
        case [float() as low, float() as high]:
            return f"{_shown(low)}..{_shown(high)}"
        case list():
            return " ".join(str(each) for each in value) or "–"
        case Mapping():  # a set for each phase of a gate
            return ", ".join(f"{key} {'none' if of is None else _shown(of)}" for key, of in value.items())
    return str(value)
