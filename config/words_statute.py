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
    "statutory-unwatched": (
        "{point} 是“{what}”（{basis}），却没有报警限值；请在 rules 中写上其中之一：{kinds}",
        "{point} is the '{what}' ({basis}) and no limit watches it; write one of {kinds} under rules",
    ),
    "statutory-never": (
        (
            "{rule} 的限值 {limit} 贴近量程端点，等于没有报警；{point} 是“{what}”（{basis}），"
            "请写工艺上有意义的限值"
        ),
        (
            "the limit of {rule}, {limit}, is at the end of the range and as good as none; {point} is the "
            "'{what}' ({basis}): write a limit that means something to the process"
        ),
    ),
    "baseline-absent": (
        (
            "{point} 是“{what}”（{basis}），却没有与自身基线比较的规则；请在 conditions 或 rules "
            "中写一条 kind: baseline"
        ),
        (
            "{point} is the '{what}' ({basis}) and is not judged against its own baseline; write a rule of "
            "kind baseline under conditions or rules"
        ),
    ),
    "baseline-laxer": (
        "{rule} 的 {key} 为 {chosen}，比 AQ 4273-2016 第 5.1.4 b) 条（{asked}）宽；请改回",
        "{key} of {rule} is {chosen}, laxer than AQ 4273-2016, 5.1.4 b) ({asked}); put it back",
    ),
    "baseline-late": (
        "{rule} 的 on_delay 为 {chosen}，基线报警不得晚于 {asked}，否则等于没有报警（本程序的界限）；请改短",
        (
            "on_delay of {rule} is {chosen}; an alarm on a baseline that waits longer than {asked} is as "
            "good as none (this program's own bound): shorten it"
        ),
    ),
    "approval-too-long": (
        "{rule} 的批准到 {until}，长于一年；请写到 {most} 以内，届时重新报批",
        "the approval of {rule} runs to {until}, for more than a year; end it by {most}, and renew it then",
    ),
    "approval-to-come": (
        "{rule} 的批准日期 {date} 尚未到；请写实际批准的日期",
        "{rule} was approved on {date}, which is yet to come; write the day on which it was",
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
    "statutory-late": (
        (
            "{rule} 每 {period} 采集一次，延时 {delay} 才报警；{point} 是“{what}”（{basis}），合计宜不超过 "
            "{most}（推荐值）"
        ),
        (
            "{rule} is read every {period} and waits {delay} before it alarms; {point} is the '{what}' "
            "({basis}): no longer than {most} together is recommended"
        ),
    ),
    "engineers-unnamed": (
        (
            "没有写明谁可以将法定测点的报警消音或退出运行，任何能登录本机的人都可以；请写 alarms: "
            "{{engineers: [姓名]}}"
        ),
        (
            "nobody is named who may shelve alarms that law wants or take them out of service, so whoever "
            "reaches this machine may; write alarms: {{engineers: [NAME]}}"
        ),
    ),
    "statutory-endless": (
        "{rule} 的死区 {deadband} 过宽，报警几乎不会解除；{point} 是“{what}”（{basis}），请改小",
        (
            "the deadband of {rule}, {deadband}, is so wide that the alarm hardly ever ends; {point} is the "
            "'{what}' ({basis}): write a smaller one"
        ),
    ),
    "statutory-low": (
        "{rule} 的优先级为 low，报警无须确认和处置；{point} 是“{what}”（{basis}），请提高优先级",
        (
            "{rule} has the priority low, so nobody must acknowledge or handle it; {point} is the '{what}' "
            "({basis}): give it a higher one"
        ),
    ),
    "statutory-one-side": (
        (
            "{point} 是“{what}”（{basis}），宜同时监视高、低两侧；现缺：{kinds}，请在 rules 中添加，"
            "或写一条表达式规则"
        ),
        (
            "{point} is the '{what}' ({basis}): both sides are to be watched, and it has none of {kinds}; "
            "add one under rules, or write a rule of kind expression"
        ),
    ),
    "interlock-unproven": (
        (
            "{points}（{basis}）的报警应联锁{acts_on}；没有 kind: interlock 规则以此测点触发并留证，"
            "请在 rules 中添加，或写进已有规则的 trigger"
        ),
        (
            "an alarm of {points} ({basis}) must act on {acts_on}; no interlock rule is set off by it "
            "and shows that it does: add one under rules, or name the point in the trigger of one"
        ),
    ),
    "weaker-than-recommended": (
        "{rule} 的 {key} 为 {chosen}，比推荐值 {recommended} 宽；{point} 是“{what}”（{basis}），请确认",
        (
            "{key} of {rule} is {chosen}, laxer than the recommended {recommended}; {point} is the '{what}' "
            "({basis}): make sure that the process allows it"
        ),
    ),
    "baseline-short": (
        "{rule} 的基线只记录 {chosen}；记录不少于 1 h 才能覆盖多个清灰周期（推荐值）",
        "the baseline of {rule} is recorded over {chosen}; 1 h or more covers several cleanings",
    ),
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
    "statutory-fewer": (
        (
            "{sector}：“{installation}”（区域：{area}）有 {most} 路，“{point}”只有 {has} 路（{points}；"
            "{basis}）；每一路都应有，请接入，或写 serves: {role}"
        ),
        (
            "{sector}: of '{installation}' (area: {area}) there are {most}, and of '{point}' only {has} "
            "({points}; {basis}); each should have it: connect it, a point of your own says serves: {role}"
        ),
    ),
}
