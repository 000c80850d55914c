"""Sentences about limits and the standards behind them. See messages.py."""

from collections.abc import Mapping
from typing import Final

LIMIT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "rule-point-unknown": (
        "该设备没有测点“{point}”，限值无处可用；可选：{known}",
        "the device has no point '{point}' for these limits; choose one of: {known}",
    ),
    "rule-point-unknown-near": (
        "该设备没有测点“{point}”，限值无处可用；是不是要写“{nearest}”？可选：{known}",
        ("the device has no point '{point}' for these limits; did you mean '{nearest}'? There are: {known}"),
    ),
    "standard-unknown": (
        "模板里没有按“{standard}”给出的限值；可选：{known}",
        "the profile has no limits after '{standard}'; choose one of: {known}",
    ),
    "standard-unknown-near": (
        "模板里没有按“{standard}”给出的限值；是不是要写“{nearest}”？可选：{known}",
        "the profile has no limits after '{standard}'; did you mean '{nearest}'? Choose one of: {known}",
    ),
    "standard-not-chosen": (
        "几个标准给出的限值不同：{standards}；请在设备上用 standard: 写明采用哪一个",
        "standards give different limits: {standards}; say by standard: under the device which one holds",
    ),
    "limit-missing": (
        "{kind} 没有写限值；请补上 limit，例如 limit: 24 ppm",
        "{kind} has no limit; add it, e.g. limit: 24 ppm",
    ),
    "limit-outside-range": (
        "限值 {limit} {unit} 超出测点量程（{low} 到 {high} {unit}），永远不会报警；请核对限值和量程",
        (
            "the limit {limit} {unit} lies outside the measuring range ({low} to {high} {unit}) and would "
            "never be reached; check limit and range"
        ),
    ),
    "limits-out-of-order": (
        (
            "{upper} 限 {upper_limit} {unit} 应高于 {lower} 限 {lower_limit} {unit}；四个限值的次序是 lolo "
            "< lo < hi < hihi，请改正"
        ),
        (
            "the {upper} limit {upper_limit} {unit} must be above the {lower} limit {lower_limit} {unit}; "
            "the order is lolo < lo < hi < hihi"
        ),
    ),
    "deadband-negative": (
        "回差 {value} 不能为负；请填正数",
        "the deadband {value} is negative; make it positive",
    ),
    "deadband-too-wide": (
        "回差 {value} 太大：量程内最多只能退回 {room} {unit}，报警将无法解除；请改小",
        (
            "the deadband {value} is too wide: within the range a value comes back by {room} {unit} at "
            "most, so the alarm would never clear; make it smaller"
        ),
    ),
    "laxer-limit": (
        (
            "{rule} 的限值 {chosen} 比 {standard} 规定的 {statutory} 宽；请改回，确需放宽须写 deviation: "
            "{{reason, approved_by, date, until}}"
        ),
        (
            "the limit {chosen} of {rule} is laxer than the {statutory} of {standard}; put it back, or "
            "document the approval by deviation: {{reason, approved_by, date, until}}"
        ),
    ),
    "laxer-on_delay": (
        (
            "{rule} 的报警延时 {chosen} 比 {standard} 模板的 {statutory} 长；请改回，确需加长须写 "
            "deviation: {{reason, approved_by, date, until}}"
        ),
        (
            "the delay {chosen} of {rule} is longer than the {statutory} given for {standard}; put it "
            "back, or document the approval by deviation: {{reason, approved_by, date, until}}"
        ),
    ),
    "laxer-deadband": (
        (
            "{rule} 的回差 {chosen} 比 {standard} 模板的 {statutory} 大，报警迟迟不解除，再次超限不会另报；"
            "请改回，确需加大须写 deviation: {{reason, approved_by, date, until}}"
        ),
        (
            "the deadband {chosen} of {rule} is wider than the {statutory} given for {standard}: the alarm "
            "stands on, and a second rise is not told; put it back, or document the approval by deviation: "
            "{{reason, approved_by, date, until}}"
        ),
    ),
    "laxer-period": (
        (
            "采集周期 {chosen} 比模板给 {standard} 测点定的 {statutory} 长，{rule} 会晚报；请改为不长于 "
            "{statutory}"
        ),
        (
            "the period {chosen} is longer than the {statutory} of a point under {standard}, so {rule} "
            "would come late; make it {statutory} or less"
        ),
    ),
}
