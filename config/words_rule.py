"""Sentences about rules of the plant. See messages.py."""

from collections.abc import Mapping
from typing import Final

RULE_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "comparison-out-of-range": (
        "{number} {unit} 超出测点 {point} 的量程 {low} 至 {high}，条件永远不变；请改为量程之内",
        (
            "{number} {unit} is outside the range of {point}, {low} to {high}, so it says nothing; write one "
            "inside"
        ),
    ),
    "rule-limits": (
        "limit 和 limit_percent 必须写一个，且只能写一个；按数值写 limit，按百分比写 limit_percent",
        "limit and limit_percent: exactly one is needed; write limit for a number, limit_percent for a share",
    ),
    "rule-percent-mixed": (
        "limit 只配 deadband，limit_percent 只配 deadband_percent 和 at_least；请删去不配的",
        "deadband goes with limit, deadband_percent and at_least with limit_percent; take out the other",
    ),
    "rule-at-least-missing": (
        "按百分比时还要写 at_least：数值小于它时按它算，否则停机时零点的波动也会报警；例如 at_least: 20 m3/h",
        (
            "a limit in percent needs at_least, of which percent are taken where the value is less: noise "
            "around zero would raise an alarm at every stop; e.g. at_least: 20 m3/h"
        ),
    ),
    "comparison-tests": (
        "equals、above、below 必须写一个，且只能写一个；例如 {{point: fan.running, equals: 1}}",
        "equals, above, below: exactly one is needed; e.g. {{point: fan.running, equals: 1}}",
    ),
    "plant-rule-point-unknown": (
        "没有测点“{point}”；请写 设备.测点",
        "there is no point '{point}'; write device.point",
    ),
    "plant-rule-point-unknown-near": (
        "没有测点“{point}”；是不是要写“{nearest}”？",
        "there is no point '{point}'; did you mean '{nearest}'?",
    ),
    "rule-of-text": (
        "测点 {point} 的值是文本，无法计算；请选数值或状态测点",
        "the value of {point} is a text, with which nothing can be computed; choose a number or a state",
    ),
    "rule-of-state": (
        "测点 {point} 是状态量（0 或 1），不适用 {kind}；请改用 state 或 count",
        "{point} is a state (0 or 1), of which there is no {kind}; use state or count",
    ),
    "count-of-state": (
        "{point} 是状态量（0 或 1）；请用 equals 写明变为哪个值计一次，例如 equals: 1",
        "{point} is a state (0 or 1); say by equals which value counts, e.g. equals: 1",
    ),
    "rule-points-few": (
        "至少要两个测点才能比较；请补上",
        "two points at least are needed to compare; add them",
    ),
    "rule-points-same": (
        "测点 {point} 与自己相比没有意义；请改为另一个测点",
        "{point} is compared with itself; name another point",
    ),
    "rule-units-differ": (
        "{point} 的单位是“{unit}”，{other} 的单位是“{other_unit}”，不能相比；请让两者单位一致",
        "{point} is in '{unit}' and {other} in '{other_unit}', which cannot be compared; give both one unit",
    ),
    "rule-limit-not-positive": (
        "限值 {value} 必须大于 0；升降方向用 direction 表示",
        "the limit {value} must be above 0; which way counts is said by direction",
    ),
    "rule-limit-beyond-range": (
        "限值 {limit} {unit} 超过测点量程的宽度 {width} {unit}，永远不会报警；请核对限值和量程",
        (
            "the limit {limit} {unit} is more than the measuring range is wide ({width} {unit}) and would "
            "never be reached; check limit and range"
        ),
    ),
    "rule-deadband-too-wide": (
        "回差 {value} 不小于限值，报警将无法解除；请改小",
        "the deadband {value} is not below the limit, so the alarm would never clear; make it smaller",
    ),
    "rule-window-short": (
        "时间窗 {window} 太短，测点 {point} 每 {period} 才采集一次；请至少写 {least}",
        "a window of {window} is too short for {point}, which is read every {period}; write {least} or more",
    ),
    "baseline-permitted": (
        "of: permitted 时必须写 permitted，否则不写；例如 permitted: 1500 Pa",
        "permitted goes with of: permitted, and is needed there; e.g. permitted: 1500 Pa",
    ),
    "baseline-record-long": (
        "record 必须短于 within，否则来不及记录基线；例如 record: 1 h、within: 8 h",
        "record must be shorter than within, or there is no time to record it; e.g. record: 1 h, within: 8 h",
    ),
    "heat-no-flow": (
        "{point} 的单位“{unit}”不是流量；请选单位为 m3/h、L/min、kg/s 等的测点",
        "{point} is in '{unit}', which is no flow; choose a point in m3/h, L/min, kg/s or the like",
    ),
    "heat-no-temperature": (
        "{point} 的单位“{unit}”不是温度，或与进水测点不同；请让进出水测点都用 °C",
        "{point} is in '{unit}': no temperature, or not the unit of the inlet; give both points °C",
    ),
    "heat-limit-not-positive": (
        "限值 {value} 必须大于 0；过高过低用 direction 表示",
        "the limit {value} must be above 0; too much or too little is said by direction",
    ),
    "statement-tests": (
        "请写一个比较，或一个条件表达式；例如 {{point: valve.closed, equals: 1}}",
        (
            "write one comparison (point and one of equals, above, below), or one condition as a text; "
            "e.g. {{point: valve.closed, equals: 1}}"
        ),
    ),
    "interlock-read-too-slowly": (
        "{points} 的采集周期超过限时 {within} 的四分之一，无法判断；请将 period 改为 {most} 以内",
        (
            "{points}: read less often than four times in the limit of {within}, so nobody could tell "
            "whether it was kept; give a period of {most} or less, or a longer limit"
        ),
    ),
    "interlock-gives-up-early": (
        "give_up {give_up} 不长于最长的限时 {within}，迟到与未动作将无法区分；请写得更长",
        "give_up {give_up} is not longer than the longest limit {within}; make it longer",
    ),
    "permit-unknown": (
        "没有测点或规则“{name}”；请写 设备.测点、规则编号，或一个条件",
        "there is no point or rule '{name}'; write device.point, the id of a rule, or a condition",
    ),
    "permit-unknown-near": (
        "没有测点或规则“{name}”；是不是要写“{nearest}”？",
        "there is no point or rule '{name}'; did you mean '{nearest}'?",
    ),
    "permit-over-time": (
        "开始条件只看此刻，不能用 mean、change 或 for；请写成规则，再在这里写规则编号",
        "a permit looks at this moment only: no mean, change or for; make a rule of it and name that here",
    ),
    "condition-unknown": (
        "设备模板没有规则“{name}”，也没有写 kind；模板的规则：{known}",
        "the profile has no rule '{name}', and there is no kind; its rules: {known}",
    ),
    "condition-unknown-near": (
        "设备模板没有规则“{name}”；是不是要写“{nearest}”？",
        "the profile has no rule '{name}'; did you mean '{nearest}'?",
    ),
    "disabled-expired": (
        "规则 {rule} 的停用批准已于 {until} 到期；请删去 disabled 恢复规则，或重新报批",
        "the approval to disable {rule} ended on {until}; take disabled out, or renew the approval",
    ),
    "rule-disabled": (
        "规则 {rule} 已停用至 {until}（{approved_by}：{reason}）；期间无人监视",
        "rule {rule} is disabled until {until} (by {approved_by}: {reason}); nobody watches it meanwhile",
    ),
    "expression-long": (
        "表达式超过 {most} 个字符；请拆成几条规则",
        "the expression is longer than {most} characters; make several rules of it",
    ),
    "expression-character": (
        "字符“{character}”不能用在表达式里；可用 and、or、not、for、< <= > >= == != + - * / 和括号",
        "'{character}' has no place in an expression; use and, or, not, for, < <= > >= == !=, + - * / and ()",
    ),
    "expression-more": (
        "表达式在“{word}”之前已经完整；请在中间写 and 或 or，减号两边要留空格",
        "the expression is complete before '{word}'; write and or or between, and spaces around a minus",
    ),
    "expression-pointless": (
        "表达式里没有测点；请写 设备.测点",
        "the expression names no point; write device.point",
    ),
    "expression-nested": (
        "括号超过 {most} 层；请简化，或拆成几条规则",
        "more than {most} brackets within each other; make it simpler, or several rules",
    ),
    "expression-word": (
        "这里不能写“{word}”；应为测点（设备.测点）、数值或括号",
        "'{word}' cannot stand here; write a point (device.point), a number or a bracket",
    ),
    "expression-expected": (
        "这里应为“{expected}”，却是“{word}”；请补上",
        "'{expected}' is needed here, not '{word}'; add it",
    ),
    "expression-duration": (
        "这里应为时长；请写数值和单位，例如 30 s，单位可用：{known}",
        "a duration is needed here; write a number and a unit, e.g. 30 s; there are: {known}",
    ),
    "expression-not-true": (
        "数值不能当作条件；请与一个数比较，例如 > 0",
        "a number is no condition; compare it, e.g. > 0",
    ),
    "expression-not-number": (
        "条件不能当作数值；请用 and 或 or 连接条件，数值之间再用 < > + -",
        "a condition is no number; join conditions by and or or, and numbers by < > + -",
    ),
    "expression-stateless": (
        "测点 {point} 没有命名的状态，不能与“{name}”相比；请写数值，或在测点中用 states 命名",
        "{point} has no named states to compare with '{name}'; write a number, or name them by states",
    ),
    "expression-state": (
        "测点 {point} 没有状态“{name}”；可用：{known}",
        "{point} has no state '{name}'; it has: {known}",
    ),
    "expression-state-near": (
        "测点 {point} 没有状态“{name}”；是不是要写“{nearest}”？",
        "{point} has no state '{name}'; did you mean '{nearest}'?",
    ),
    "expression-state-order": (
        "状态“{name}”没有大小，不能用 {sign}；请用 == 或 !=",
        "the state '{name}' is neither more nor less, so there is no {sign}; use == or !=",
    ),
    "expression-units": (
        "单位“{unit}”与“{other}”不能直接相比或加减；请选单位一致的测点",
        "'{unit}' and '{other}' cannot be compared or added; use points of one unit",
    ),
    "expression-product": (
        "乘除后的数值没有单位可换算，不能与带单位 {unit} 的数相比；请写不带单位的数",
        "what was multiplied has no unit that {unit} converts to; write a number without a unit",
    ),
}
