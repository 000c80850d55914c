"""Sentences about tests of rules. See messages.py."""

from collections.abc import Mapping
from typing import Final

CASE_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "case-plant-missing": (
        "没有配置文件 {path}；plant 写它相对于本文件的路径",
        "there is no plant file {path}; write under plant where it is, seen from this file",
    ),
    "case-file-empty": (
        "用例文件是空的；请照 config/cases/aluminium.yaml 填写 plant 和 cases",
        "the file of cases is empty; write plant and cases as in config/cases/aluminium.yaml",
    ),
    "case-file-is-plant": (
        (
            "{file} 是现场配置文件，不是用例文件；请另建用例文件，"
            "写 plant: {file} 和 cases（照 config/cases/aluminium.yaml）"
        ),
        (
            "{file} is a plant file and no file of cases; make one beside it with plant: {file} and cases, "
            "as in config/cases/aluminium.yaml"
        ),
    ),
    "case-none": (
        "没有用例；请在 cases 下至少写一个",
        "there is no case; write one at least under cases",
    ),
    "case-no-points": (
        "用例没有给出任何测点的数值；请在 points 下写明",
        "the case gives no point a value; write some under points",
    ),
    "not-a-moment": (
        "“{value}”不是时刻；请写成企业当地时间，例如 2026-03-06 22:00",
        "'{value}' is no moment; write the plant's local time, e.g. 2026-03-06 22:00",
    ),
    "case-value": (
        "“{value}”既不是带单位的数值，也不是状态词；状态词有：{known}",
        "'{value}' is neither a value with its unit nor a word; the words are: {known}",
    ),
    "case-value-near": (
        "“{value}”既不是带单位的数值，也不是状态词；是不是要写“{nearest}”？状态词有：{known}",
        (
            "'{value}' is neither a value with its unit nor a word; did you mean '{nearest}'? The words "
            "are: {known}"
        ),
    ),
    "case-gas-unit": (
        "{unit} 与 {into} 的换算取决于气体和温度；请按测点的单位 {into} 填写",
        "how much {unit} is in {into} depends on gas and temperature; write it in the point's unit, {into}",
    ),
    "case-no-range": (
        "测点 {point} 没有量程，无从超出；请写数值",
        "the point {point} has no measuring range to be beyond; write a value",
    ),
    "case-no-unit": (
        "测点 {point} 没有单位；请只写数值 {value}",
        "the point {point} has no unit; write the bare number {value}",
    ),
    "case-not-a-state": (
        "{point} 是状态量；请写 0 或 1",
        "{point} is a state; write 0 or 1",
    ),
    "case-ramp-half": (
        "to 和 over 要一起写，例如 {{to: 40 m3/h, over: 10 s}}；请补上另一个",
        "to and over go together, e.g. {{to: 40 m3/h, over: 10 s}}; add the other",
    ),
    "case-swing-half": (
        "swing 和 every 要一起写，例如 {{value: 600 Pa, swing: 50 Pa, every: 20 s}}；请补上另一个",
        "swing and every go together, e.g. {{value: 600 Pa, swing: 50 Pa, every: 20 s}}; add the other",
    ),
    "case-no-value-before": (
        "在此之前测点没有数值；请写明 value",
        "the point has no value before this; write value",
    ),
    "case-turn-twice": (
        "时刻 {at} 写了两次；请删除其中一个",
        "the moment {at} stands twice; delete one",
    ),
    "case-rule-unknown": (
        "没有规则“{rule}”；可选：{known}",
        "there is no rule '{rule}'; there are: {known}",
    ),
    "case-rule-unknown-near": (
        "没有规则“{rule}”；是不是要写“{nearest}”？可选：{known}",
        "there is no rule '{rule}'; did you mean '{nearest}'? There are: {known}",
    ),
    "case-rule-unread": (
        "规则 {rule} 还要读 {points}，用例没有给出；请在 points 下补上",
        "the rule {rule} reads {points} as well, which the case does not give; add it under points",
    ),
    "case-expects-nothing": (
        "没有写预期；请写 raised、cleared、lost、found 中至少一个，或者整个 expect 写 none",
        "nothing is expected here; write one at least of raised, cleared, lost, found, or `expect: none`",
    ),
    "case-moment-late": (
        "时刻 {at} 在用例结束（{lasts}）之后；请改时刻，或加长 lasts",
        "the moment {at} is after the end of the case, {lasts}; change it, or make `lasts` longer",
    ),
    "case-too-long": (
        "用例要读 {readings} 次，最多 {most} 次；请缩短 lasts，或写 every，例如 every: 1 min",
        "the case takes {readings} readings, the most is {most}; shorten it, or write e.g. every: 1 min",
    ),
}
