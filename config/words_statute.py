"""Sentences about what sectors must measure, and approvals that ran out. See messages.py."""

from collections.abc import Mapping
from typing import Final

STATUTE_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "serves-unknown": (
        "没有行业规定“{value}”这个测点；可选：{known}",
        "no sector knows a point '{value}'; choose one of: {known}",
    ),
    "serves-unknown-near": (
        "没有行业规定“{value}”这个测点；是不是要写“{nearest}”？可选：{known}",
        "no sector knows a point '{value}'; did you mean '{nearest}'? Choose one of: {known}",
    ),
    "deviation-ends-first": (
        "放宽批准的有效期 {until} 早于批准日期 {date}；请改正 date 或 until",
        "the approval ends on {until}, before it was given on {date}; mend date or until",
    ),
    "text-blank": ("不能为空；请写明", "this must not be blank; say it"),
    "deviation-expired": (
        (
            "{rule} 的放宽批准已于 {until} 到期；请恢复限值并删去 deviation，或重新报批（网关仍可启动，"
            "并为此报警）"
        ),
        (
            "the approval to run {rule} laxer ended on {until}; put the limit back and delete it, or renew "
            "it (the agent starts all the same, with an alarm)"
        ),
    ),
}

STATUTE_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "installation-absent": (
        (
            "{sector}：没有接入“{installation}”的测点；现场有该设施时请接入，自有测点写 serves:，"
            "可写：{roles}；没有该设施可忽略"
        ),
        (
            "{sector}: nothing of '{installation}' is connected; connect it if the plant has one (a point of "
            "your own says serves: {roles}), of no matter if it has none"
        ),
    ),
    "statutory-missing": (
        "{sector}：“{installation}”（区域：{area}）缺少“{point}”（{basis}）；请接入，或写 serves: {role}",
        (
            "{sector}: '{installation}' (area: {area}) lacks the point '{point}' ({basis}); connect it, a "
            "point of your own says serves: {role}"
        ),
    ),
    "statutory-unwatched": (
        "{point} 是“{what}”（{basis}），却没有报警限值；请在 rules 中写上其中之一：{kinds}",
        "{point} is the '{what}' ({basis}) and no limit watches it; write one of {kinds} under rules",
    ),
}
