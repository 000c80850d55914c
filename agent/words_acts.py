"""What is answered to a person who has the agent do something, in Chinese and English."""

from collections.abc import Iterable

from config.model import Text


def not_understood() -> Text:
    """The request is not one of ours."""
    return Text(
        "请求格式不对：命令与运行中的网关版本可能不同，请用同一版本",
        "the request is malformed: command and running agent may differ in version, use the same",
    )


def name_unfit(longest: int) -> Text:
    """A name that cannot go on record."""
    return Text(
        f"--as 的姓名不可用；最长 {longest} 个可见字符",
        f"the name given by --as cannot be used; write up to {longest} printable characters",
    )


def store_closed() -> Text:
    """The agent is stopping."""
    return Text(
        "网关正在停止，未执行；请在重新启动后再试",
        "the agent is stopping, and nothing was done; try again when it is back",
    )


def no_such_destination(name: str, there: Iterable[str]) -> Text:
    """A destination that the plant file does not have."""
    names = ", ".join(there) or "–"
    return Text(f"没有上报平台“{name}”，有：{names}", f"there is no destination '{name}'; there are: {names}")


def no_time(key: str, written: str) -> Text:
    """What was given is no time."""
    example = "2026-11-24T08:00, 2026-11-24T00:00:00Z"
    return Text(
        f"--{key} 的“{written}”不是时间；请写成 {example}（不写时区按工厂所在时区）",
        f"--{key}: '{written}' is no time; write {example} (without a zone it is the plant's)",
    )


def times_in_wrong_order() -> Text:
    """From is not before to."""
    return Text("--from 应早于 --to；请改正", "--from is not before --to; correct them")


def not_there_any_more(lost: str, there: str) -> Text:
    """Part of the span was removed from the store."""
    return Text(
        f"这些时间的记录已不在本地：{lost}，因此未重发；仍可重发：{there or '无'}",
        f"the store holds no records any more of {lost}, so nothing was sent; what is still there: "
        f"{there or 'nothing'}",
    )


def sent_again(destination: str, records: int, *, still_to_come: int) -> Text:
    """How much goes again."""
    zh = f"将向 {destination} 重发 {records} 条记录"
    en = f"{records} records go to {destination} again"
    if still_to_come:
        zh += f"，另有 {still_to_come} 条本就待发"
        en += f", and {still_to_come} were still to be sent anyway"
    return Text(zh, en)
