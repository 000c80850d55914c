"""What is said to people of a destination that takes some messages and not others, or judges them later."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agent.uplinks.standing import FailingKind
from config.layout_words import KINDS
from config.model import Text

NS_PER_S: Final = 1_000_000_000


def kind_fails(failing: FailingKind, timezone: str) -> Text:
    """Messages of one kind fail again and again."""
    zh, en = KINDS[failing.kind.value]
    since = datetime.fromtimestamp(failing.since_ns // NS_PER_S, ZoneInfo(timezone)).isoformat(sep=" ")
    return Text(
        f"{zh}自 {since} 起一直发送失败（{failing.messages} 条，共 {failing.attempts} 次）："
        f"{failing.reason.zh}；其他报文若正常，请平台方查看其对“{failing.kind.value}”类报文的处理，"
        "并用 layout preview 核对内容",
        f"{en} fail since {since} ({failing.messages} messages, {failing.attempts} attempts): "
        f"{failing.reason.en}; if others get through, have the platform look at what it makes of the kind "
        f"'{failing.kind.value}', and compare it with layout preview",
    )


def awaited(messages: int, waited_s: float, trouble: Text | None) -> Text:
    """The platform has taken messages and owes their results."""
    why = (
        Text("", "")
        if trouble is None
        else Text(f"；查询未成：{trouble.zh}", f"; asking fails: {trouble.en}")
    )
    return Text(
        f"平台已收下 {messages} 条报文，结果待查，最早一条已等 {waited_s:.0f} 秒{why.zh}",
        f"{messages} messages are taken and wait for their results, the oldest for {waited_s:.0f} s{why.en}",
    )
