"""What is answered to a person who has the agent do something, in Chinese and English."""

from collections.abc import Iterable, Sequence
from typing import Final

from config.model import Text
from config.validation import nearest

NAMES_MAX: Final = 20


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


def not_in_plant(what: tuple[str, str], name: str, there: Sequence[str], near: str | None) -> Text:
    """A name that the plant file given does not have; `what` it should be, zh and en."""
    names = ", ".join(there[:NAMES_MAX]) or "–"
    zh = f"；是不是要写 {near}？" if near else "；"
    en = f"; did you mean {near}?" if near else ";"
    return Text(
        f"配置文件里没有{what[0]} {name}{zh}已有：{names}",
        f"the plant file has no {what[1]} {name}{en} there are: {names}",
    )


def another_plant_runs(state: str, running: str, meant: str) -> Text:
    """The agent behind the socket runs another plant than the file that was given."""
    return Text(
        f"{state} 下运行的是 {running}，不是配置文件中的 {meant}；未执行，请检查 --state",
        f"the agent on {state} runs {running}, not {meant} as the plant file says; nothing was done, "
        "check --state",
    )


def needed(keys: Sequence[str]) -> Text:
    """Something has to be said with it."""
    options = [f"--{key}" for key in keys]
    return Text(f"请填写 {' 或 '.join(options)}", f"{' or '.join(options)} is missing")


def no_lot(gas: str) -> Text:
    """Nobody could say later which bottle it was."""
    return Text(
        f'“{gas}”没有批号；请写成 --gas "CO 50 ppm, 批号 123"',
        f"'{gas}' names no lot; write --gas \"CO 50 ppm, lot 123\"",
    )


def engineers_only(rule: Text, engineers: Sequence[str]) -> Text:
    """Law wants it watched: not everybody may silence it or take it out."""
    names = "、".join(engineers)
    return Text(
        f"{rule.zh} 为法定测点的报警，只有 alarms.engineers 中的人可以消音或退出运行：{names}",
        f"{rule.en} is an alarm that law wants: only who is named under alarms.engineers may shelve it or "
        f"take it out: {names}",
    )


def no_span(key: str, written: str) -> Text:
    """What was given is no duration."""
    return Text(
        f"--{key} 的“{written}”不是时长；请写成 30 min、2 h",
        f"--{key}: '{written}' is no duration; write 30 min, 2 h",
    )


def text_unfit(key: str, longest: int) -> Text:
    """What was said cannot go on record."""
    return Text(
        f"--{key} 的内容不可用；最长 {longest} 个可见字符",
        f"--{key}: write up to {longest} printable characters",
    )


def no_such_alarm(name: str, rules: Sequence[str]) -> Text:
    """Neither a rule nor the id of an alarm."""
    near = nearest(name, rules)
    hint = Text(f"，是不是 {near}", f"; did you mean {near}?") if near else Text("", "")
    return Text(
        f"没有规则或报警“{name}”{hint.zh}；用 edge-agent alarm list 查看",
        f"there is no rule or alarm '{name}'{hint.en}; edge-agent alarm list shows them",
    )


def no_such_point(name: str, points: Sequence[str]) -> Text:
    """No point has this id."""
    near = nearest(name, points)
    hint = Text(f"，是不是 {near}", f"; did you mean {near}?") if near else Text("", "")
    return Text(f"没有测点“{name}”{hint.zh}", f"there is no point '{name}'{hint.en}")


def no_such_baseline(name: str, rules: Sequence[str]) -> Text:
    """No rule of this name needs a baseline."""
    there = ", ".join(rules[:NAMES_MAX]) or "–"
    return Text(
        f"规则“{name}”没有基线；需要基线的规则：{there}",
        f"no rule '{name}' has a baseline; there are: {there}",
    )


def no_such_state(written: str, there: Sequence[str]) -> Text:
    """What was given is no state that can be declared."""
    names = ", ".join(there)
    return Text(
        f"“{written}”不是可申报的状态；可选：{names}",
        f"'{written}' cannot be declared; choose: {names}",
    )


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


def nothing_recorded(span: str) -> Text:
    """Nothing was recorded in the time that is to be sent again."""
    return Text(
        f"{span} 内没有任何记录；请核对 --from、--to 及时区",
        f"nothing was recorded in {span}; check --from, --to and the time zone",
    )


def sent_again(destination: str, records: int, *, still_to_come: int) -> Text:
    """How much goes again."""
    zh = f"将向 {destination} 重发 {records} 条记录"
    en = f"{records} records go to {destination} again"
    if still_to_come:
        zh += f"，另有 {still_to_come} 条本就待发"
        en += f", and {still_to_come} were still to be sent anyway"
    return Text(zh, en)


def nothing_kept_back(destination: str, point: str | None, points: Sequence[str]) -> Text:
    """There is nothing that could be sent again or dropped."""
    names = ", ".join(points) or "–"
    what = destination if point is None else f"{destination} {point}"
    return Text(
        f"{what} 没有被搁置的数据；该平台被搁置的测点：{names}",
        f"nothing is kept back for {what}; points of which something is: {names}",
    )


def quarantine_resent(destination: str, by: str, points: Sequence[str], messages: int) -> Text:
    """What was kept back goes after all."""
    names = ", ".join(points) or "–"
    return Text(
        f"{by} 要求重新上报 {destination} 拒收的数据：测点 {names}，报文 {messages} 条",
        f"{by} asked that what {destination} refused be sent again: points {names}, {messages} messages",
    )


def quarantine_dropped(destination: str, by: str, points: Sequence[str], messages: int) -> Text:
    """What was kept back is given up."""
    names = ", ".join(points) or "–"
    return Text(
        f"{by} 放弃了 {destination} 拒收的数据：测点 {names}，报文 {messages} 条；本地仍有，测点今后照常上报",
        f"{by} gave up what {destination} refused: points {names}, {messages} messages; the store has it, "
        "and what comes of these points is sent",
    )


def kept_back_nothing(destination: str) -> Text:
    """Nothing is in quarantine."""
    return Text(f"{destination} 没有被搁置的数据", f"nothing is kept back from {destination}")


def kept_back_point(point: str, time: str, records: int | None, reason: Text) -> Text:
    """A parked point, in one line."""
    zh = "" if records is None else f"，其后 {records} 条记录"
    en = "" if records is None else f", {records} records since"
    return Text(
        f"测点 {point} 自 {time} 起停止上报{zh}：{reason.zh}",
        f"point {point} parked since {time}{en}: {reason.en}",
    )


def kept_back_reading(point: str, count: int, first: str, last: str, reason: Text) -> Text:
    """Single readings of a point, in one line."""
    span = first if first == last else f"{first} – {last}"
    return Text(
        f"测点 {point} 的 {count} 个读数被拒收（{span}）：{reason.zh}",
        f"{count} readings of {point} refused ({span}): {reason.en}",
    )


def kept_back_message(number: int, lane: str, count: int, reason: Text) -> Text:
    """A parked message, in one line."""
    return Text(
        f"报文 {number}（{lane}，{count} 条记录）被搁置：{reason.zh}",
        f"message {number} ({lane}, {count} records) set aside: {reason.en}",
    )


def drop_what() -> Text:
    """Everything at once is given up only by who says so."""
    return Text(
        "请写明放弃哪个测点的数据；要放弃该平台的全部搁置数据，写 --all",
        "say of which point to give the data up; for all that is kept back from the destination, say --all",
    )


def kept_back_unlisted(count: int) -> Text:
    """Readings of which only the number is kept."""
    return Text(
        f"另有 {count} 个读数未逐条列出；需要时用 edge-agent resend 按时间段重发",
        f"{count} more readings are not listed one by one; edge-agent resend sends a span of time",
    )
