"""The words of the day's page, in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from config.model import Text

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("数据完整性日报", "Daily record of completeness"),
    "plant": ("企业", "Plant"),
    "gateway": ("网关", "Gateway"),
    "day": ("日期", "Day"),
    "time": ("统计时段", "Time covered"),
    "made": ("生成时间", "Made at"),
    "devices": ("各设备数据", "Readings by device"),
    "device": ("设备", "Device"),
    "tag": ("位号", "Tag"),
    "expected": ("应有", "Expected"),
    "recorded": ("已记录", "Recorded"),
    "no-value": ("其中无值", "No value"),
    "complete": ("有值率", "With value"),
    "missing": ("缺失", "Missing"),
    "planned-stop": ("计划停产", "Planned stop"),
    "on-change": ("变化上报", "On change"),
    "confirmed": ("平台已确认", "Confirmed by"),
    "left-out": ("不报", "not for it"),
    "gaps": ("缺口与原因", "Gaps and their reasons"),
    "from": ("自", "From"),
    "to": ("至", "To"),
    "duration": ("时长", "Duration"),
    "reason": ("原因", "Reason"),
    "what": ("对象", "What"),
    "all-points": ("全部测点", "all points"),
    "alarms": ("报警", "Alarms"),
    "begun": ("开始", "Began"),
    "ended": ("结束", "Ended"),
    "alarm": ("报警内容", "Alarm"),
    "limit": ("限值", "Limit"),
    "interlocks": ("联锁动作记录", "Interlocks that were set off"),
    "interlock": ("联锁", "Interlock"),
    "effect": ("动作", "Effect"),
    "verdict": ("结论", "Verdict"),
    "verdict-in time": ("及时", "in time"),
    "verdict-late": ("超时", "late"),
    "verdict-cannot tell": ("无法判断", "cannot tell"),
    "verdict-never": ("未动作", "never"),
    "took": ("用时", "Took"),
    "within": ("限时", "Limit"),
    "stops": ("计划停产与按设计抑制的规则", "Planned stops, and the rules that rested by design"),
    "area": ("区域", "Area"),
    "rested": ("抑制的规则", "Rules suppressed"),
    "by-tag": ("由测点判定", "told by a point"),
    "by-calendar": ("按日历", "by calendar"),
    "taken-out": ("停用的保护与搁置的报警", "Protections bypassed and alarms shelved"),
    "bypass": ("停用", "bypassed"),
    "shelving": ("搁置", "shelved"),
    "by": ("何人", "By"),
    "until": ("有效至", "Until"),
    "ran-out": ("到期", "ran out"),
    "cut-short": ("因网关重启中断", "cut short by a restart"),
    "laxer": ("放宽的限值（deviation）", "Limits laxer than their clause (deviation)"),
    "approved-by": ("批准人", "Approved by"),
    "holds-for": ("批准期限", "Approved for"),
    "state": ("状态", "State"),
    "in-force": ("有效", "in force"),
    "expired": ("不在有效期内", "not in force: expired, or not yet"),
    "told": ("已告知", "Who was told"),
    "told-confirmed": ("已确认", "confirmed"),
    "told-left-out": ("该平台不接收", "not taken by it"),
    "told-waiting": ("待发", "not sent yet"),
    "told-parked": ("拒收", "refused"),
    "told-given-up": ("放弃", "given up"),
    "told-nobody": ("尚未告知任何平台", "nobody yet"),
    "no-record-yet": ("尚无记录：下次启动时才写入", "no record yet: the next start makes it"),
    "with-readings": ("随数据上报", "sent with the readings"),
    "settings": ("限值、设定与时钟的变化", "Limits, settings and clocks that were changed"),
    "refused": ("被平台拒收、搁置或放弃的数据", "Refused, parked or given up"),
    "formerly": ("原名", "formerly"),
    "resend": ("重发", "sent again"),
    "quarantine-resent": ("搁置的已重发", "sent after all"),
    "quarantine-taken": ("拒收过的已收下", "taken after all"),
    "quarantine-dropped": ("搁置的已放弃", "given up"),
    "destination": ("平台", "Destination"),
    "heads": ("签名的链头", "Signed heads"),
    "head": ("编号段 / 类别 / 序号，签名时间", "Epoch / lane / number, when signed"),
    "chain": ("链值与签名（Ed25519）", "Chain value and signature (Ed25519)"),
    "key": ("密钥指纹（SHA-256）", "Fingerprint of the key (SHA-256)"),
    "none": ("无", "none"),
    "still": ("仍在持续", "still standing"),
    "before": ("早于现存记录", "before the oldest record"),
    "holds": ("核对无误", "verified"),
    "fails": ("核对不符", "does not verify"),
    "sign-here": ("签字", "Signature"),
}

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "comm-fault": ("设备没有应答", "the device did not answer"),
    "device-fault": ("设备报告故障", "the device reports a fault"),
    "not-a-number": ("设备给出的不是数", "the device gave no number"),
    "sentinel": ("设备给出无效标记值", "the device gave its mark for no value"),
    "stale": ("设备的值已停止更新", "the device's value had stopped changing"),
    "wire-break": ("断线（≤ 3.6 mA）", "wire break (≤ 3.6 mA)"),
    "nothing": ("没有任何记录，原因未记录", "nothing on record, and no reason for it"),
    "link": ("连接中断", "the connection was lost"),
    "planned-stop": ("计划停产，属预期", "planned stop, as expected"),
}


def label(code: str) -> Text:
    """A heading."""
    zh, en = LABELS[code]
    return Text(zh, en)


def resting(rules: int) -> Text:
    """How many rules rested."""
    return Text(f"{rules} 条", f"{rules} rules" if rules != 1 else "1 rule")


def about_expected() -> Text:
    """What is counted as expected, and what cannot be known."""
    return Text(
        "“应有”按配置的采集周期计算；变化上报的数据没有固定应有数，单独列出。"
        "计划停产期间不应有的数据列入“计划停产”，不算应有，也不算缺失；气体等始终监视的设备照算。"
        "退出运行的规则不影响采集，未扣除。",
        "Expected follows from the configured periods; what a server reports on change has no such number "
        "and stands by itself. What was not due in a planned stop is counted there, and neither expected nor "
        "missing; detectors of gas and others that are always watched are due as ever.",
    )


def about_confirmed() -> Text:
    """What is counted as confirmed."""
    return Text(
        "“平台已确认”指平台已收下该数据所在的记录，以生成本页时为准；百分比以应报给该平台的数据为基数；“不报”是按声明不报给它的测点；"
        "括号中是被拒收或搁置的数据。按变化或按窗口上报时，收下的是其中应报的值。",
        "Confirmed: the destination took the record that holds the reading, as of when this page was made; "
        "the share is of what was for it. Not for it: points that by declaration are not sent to it. In "
        "brackets what it refused or is parked. Where readings go on change or in windows, it took what "
        "of them goes.",
    )


_READINGS: Final[Mapping[str, tuple[str, str]]] = {
    "all": ("全部", "all"),
    "change": ("变化时", "on change"),
    "snapshot": ("每个窗口一次", "once in a window"),
}


def takes(destination: str, left_out: Sequence[str], how: str, points: Sequence[str] | None) -> Text:
    """What a destination takes, and what by declaration it does not."""
    zh, en = _READINGS.get(how, (how, how))
    of_zh = "全部测点" if points is None else f"{len(points)} 个测点"
    of_en = "all points" if points is None else f"{len(points)} points"
    never = ", ".join(left_out) or "–"
    return Text(
        f"平台 {destination}：读数 {of_zh}（{zh}）；不接收的报文类型：{never}",
        f"{destination} gets readings of {of_en} ({en}); kinds of message that it does not take: {never}",
    )


def no_taking(destination: str) -> Text:
    """Nothing on record says what a destination took."""
    return Text(
        f"平台 {destination}：没有记录表明它接收哪些内容，“已确认”中可能含有按声明不报的数据",
        f"{destination}: nothing on record says what it takes; confirmed may hold what by declaration "
        "was never sent",
    )


def about_told() -> Text:
    """What is counted as told."""
    return Text(
        "“已告知”指平台已确认收到该缺口的记录，以生成本页时为准；确认的时刻不在存储中，见平台自己的记录。",
        "Told: the destination confirmed the record of the gap, as of when this page was made; "
        "at what time is not in the store, but in the destination's own books.",
    )


def about_proof() -> Text:
    """What the page proves, and what proves more."""
    return Text(
        "本页由存储生成。逐条核对数据链：edge-agent audit verify。"
        "所列链值与签名可在日后证明此前的记录未被改动。",
        "Made from the store. edge-agent audit verify walks the whole chain. The chain values and signatures "
        "above can prove later that nothing before them was altered.",
    )


def not_over() -> Text:
    """The page is about a part of the day."""
    return Text(
        "当日尚未结束，以下只到生成时为止。",
        "The day is not over; this goes as far as the time at which it was made.",
    )


def reason(code: str) -> Text:
    """Why there is no value; a reason that a later version wrote stands for itself."""
    zh, en = REASONS.get(code, (code, code))
    return Text(zh, en)


def thinned() -> Text:
    """Readings of the day are gone."""
    return Text(
        "注意：这一天的部分数据可能已按保存期限或空间删除，因而未计入；删除记录见 edge-agent audit verify。",
        "Attention: readings of this day may have been removed by age or size since, and are not counted; "
        "edge-agent audit verify tells of the removals.",
    )


def unreadable(records: int) -> Text:
    """Records that could not be counted."""
    return Text(
        f"注意：有 {records} 条记录损坏，未计入本页；位置见 edge-agent audit verify。",
        f"Attention: {records} records are damaged and not counted here; edge-agent audit verify names them.",
    )


def missing(records: int) -> Text:
    """Numbers that no record has, and no removal."""
    return Text(
        f"注意：缺 {records} 条记录，没有删除记录可以说明，存储可能被改动；核查用 edge-agent audit verify。",
        f"Attention: {records} records are missing, and no removal accounts for them: the store may have"
        " been tampered with; edge-agent audit verify says more.",
    )


def kept_back_unknown(destination: str) -> Text:
    """What was refused cannot be told from what was confirmed."""
    return Text(
        f"注意：平台 {destination} 拒收数据的登记读不懂，它拒收的数据在本页中计入已确认；"
        "核查用 edge-agent audit verify。",
        f"Attention: what is kept back from {destination} cannot be understood, and what it refused counts "
        "as confirmed here; edge-agent audit verify says more.",
    )


def parked(messages: int) -> Text:
    """Messages that are kept and not sent."""
    return Text(f"现有 {messages} 条报文搁置未发", f"{messages} messages are parked now")


def no_day(text: str) -> Text:
    """What should be a day is none."""
    return Text(f"“{text}” 不是日期：写成 2026-11-28", f"'{text}' is no day: write 2026-11-28")


def day_to_come(day: str) -> Text:
    """The day has not begun."""
    return Text(f"{day} 还没有开始", f"{day} has not begun yet")
