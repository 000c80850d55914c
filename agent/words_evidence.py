"""What is said of a store by those who examine it, in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from agent.words_store import why_not_stored
from buffering.errors import StoreUnusable
from config.model import Text

NAMES_SHOWN_MAX: Final = 16
DAY_S: Final = 86_400
HOUR_S: Final = 3600
MINUTE_S: Final = 60

BREAKS: Final[Mapping[str, tuple[str, str]]] = {
    "payload": (
        "内容与其 SHA-256 不符，已被改动或损坏",
        "the content does not fit its SHA-256: altered or damaged",
    ),
    "chain": (
        "记录头与数据链不符：它或它前面的记录被改动、删除或插入",
        "the header does not fit the chain: it, or a record before it, was altered, removed or inserted",
    ),
    "total": ("累计条数与前一条不符", "the running total does not follow from the record before"),
    "missing": ("记录缺失，没有任何说明", "missing, and nothing says why"),
    "removed-and-there": ("登记为已删除，却还在", "told as removed, and there"),
    "unreadable": ("所在的页已损坏，读不出来", "on a damaged page, cannot be read"),
    "key-unknown": ("签名所用的密钥不在册", "signed with a key that is not on record"),
    "signature": ("签名不对", "the signature is wrong"),
    "other-key": (
        "由另一把密钥签名，不是指定的密钥",
        "signed with another key than the one that was asked for",
    ),
    "unsigned": (
        "指定的密钥没有为这些记录签名：签名被删除，或网关当时没有这把密钥",
        "the key that was asked for does not vouch for these: its heads were removed, or the agent lacked it",
    ),
    "signed-missing": ("有签名，记录却没有了", "it was signed, and is not there"),
    "signed-otherwise": ("与签名时的链值不同", "its chain value is not the one that was signed"),
    "twice": ("在待发表中出现两次", "stands twice in the tables of what is to be sent"),
    "unsaid": ("已删除，但没有事件记录说明", "removed, and no event says so"),
    "newest-removed": (
        "登记为按期删除，但最新的记录从不按期删除",
        "told as removed in order, but a lane's newest record never is",
    ),
    "behind-mark": (
        "存储曾写到这里，现在没有了（被删除，或文件不是同一时刻复制的）",
        "the store had come so far, and lacks it now (removed, or the files were not copied at one time)",
    ),
    "schema-added": (
        "存储里多出不属于它的对象（触发器、视图、表或索引），可能篡改了内容",
        "an object that no store has (trigger, view, table or index): it may have changed what is there",
    ),
    "schema-altered": ("表的定义被改动", "its definition was altered"),
    "schema-gone": ("存储应有的对象不见了", "an object that every store has is gone"),
    "epoch": (
        "meta 中的编号段与记录或水位标记不符，被改动过",
        "the epoch in meta is not that of the newest records, or of the mark: it was altered",
    ),
    "epoch-unsaid": ("编号段的开始没有事件记录说明", "an epoch whose beginning no event tells of"),
    "destination-gone": (
        "平台表中没有这个平台，括号中所列之处却有它：它被删除，或这些行是加进去的",
        (
            "no such destination in its table, though what stands in brackets names it: it was deleted, "
            "or those rows were added"
        ),
    ),
    "kept-back-unknown": (
        "该平台拒收数据的登记（state 表）读不懂，拒收的数据被计入已确认",
        "what is kept back from it (table state) cannot be understood: what it refused counts as confirmed",
    ),
    "kept-back-gone": (
        "括号中的事件说它被平台拒收，此后没有放行的记录，登记（state 表）中却没有：已确认数不可信",
        (
            "the event says that the platform refused it, none says that it was let go, and the table state "
            "lacks it: confirmed says too much"
        ),
    ),
    "parked-gone": (
        "括号中的事件说该编号的报文被拒收搁置，此后没有放行或放弃的记录，表中却没有：已确认数不可信",
        (
            "the event says that the message of this number was set aside, none says that it was sent or "
            "given up since, and its table lacks it: confirmed says too much"
        ),
    ),
    "not-awaited": (
        "待发表中缺少该平台今后数据的登记，已确认数不可信",
        "the table of what is to be sent lacks what is to come: rows were deleted, confirmed says too much",
    ),
    "numbers-behind": (
        "下一个报文编号小于水位标记所记，被改回",
        "the next message number is below what the mark knows: it was set back",
    ),
    "not-understood": ("事件内容读不懂", "an event whose content cannot be understood"),
}

UNUSABLE: Final[Mapping[str, tuple[str, str]]] = {
    "missing": (
        "没有这个文件，或没有权限打开；请检查 --state 或 --store",
        "there is no such file, or it may not be opened; check --state or --store",
    ),
    "not-ours": ("不是本网关的存储文件", "it is not a store of this agent"),
    "newer": (
        "由更新版本的程序写成；请用该版本检查",
        "it was written by a newer version; examine it with that one",
    ),
    "older": (
        "是旧格式；复制一份，用本版本的网关打开一次即可转换",
        "it has an older format; open a copy with this version of the agent, which converts it",
    ),
    "damaged": (
        (
            "不是本网关的存储，或其文件头、目录已损坏；存储是状态目录中的 outbox.db，"
            "损坏时网关启动会移开它并恢复其中的记录"
        ),
        (
            "it is no store of this agent, or its header or schema is damaged; a store is outbox.db in the "
            "state folder, and a damaged one is set aside at the agent's start, its records salvaged"
        ),
    ),
    "read-only": (
        "文件旁有日志（-wal），目录却不可写；请把三个文件一起复制到可写的目录",
        "a log (-wal) lies beside it in a folder that cannot be written; copy all three files elsewhere",
    ),
    "in-use": ("文件被另一个程序独占", "another program holds it for itself"),
    "io-error": ("磁盘读取出错；请检查存储介质", "the disk fails; check the storage medium"),
}

CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "restart": ("网关停机", "the agent was down"),
    "restored": (
        "存储由备份恢复或重建，这段时间的数据不在其中",
        "the store was put back or made anew: what was recorded in this time is not in it",
    ),
    "staging": ("磁盘没有应答，数据未能保存", "the disk was away, readings could not be stored"),
    "clock": ("时钟向前调整，或机器曾休眠", "the clock was set ahead, or the machine slept"),
    "damage": ("存储损坏，记录丢失", "damage took records"),
    "age": ("超过保存期限", "older than the store keeps"),
    "size": ("存储空间已用到 max_size", "the store had reached its size"),
    "disk-full": ("磁盘已满", "the disk was full"),
    "max-backlog": ("超过该平台的补传期限", "older than this platform is to get"),
    "dropped": ("由人放弃", "given up by a person"),
    "left": ("平台已从配置文件中删除", "the destination left the plant file"),
    "retention": ("按保存期限或空间删除", "removed by age or size"),
    "damaged": ("存储文件损坏", "the store was damaged"),
    "set-back": ("存储由备份恢复", "the store was put back from a backup"),
    "copied": ("状态目录是复制的", "the state folder was a copy"),
    "missing": ("存储文件不见了", "the store was gone"),
    "unmarked": (
        "存储文件旁没有水位标记，可能由备份恢复",
        "the store had no mark and may have been put back from a backup",
    ),
}


def unusable(fault: StoreUnusable) -> Text:
    """The file cannot be examined as a store."""
    zh, en = UNUSABLE.get(fault.reason, UNUSABLE["io-error"])
    detail = f" ({fault.detail})" if fault.detail else ""
    return Text(f"{fault.path}：{zh}{detail}", f"{fault.path}: {en}{detail}")


def broken(what: str) -> Text:
    """What is wrong at a place."""
    zh, en = BREAKS[what]
    return Text(zh, en)


def cause(code: str) -> Text:
    """Why something is missing; a cause that a later version wrote stands for itself."""
    zh, en = CAUSES.get(code, (code, code))
    return Text(zh, en)


def restart(*, clean: bool) -> Text:
    """Why nothing was recorded between two runs."""
    if clean:
        return Text("网关停机（正常停止）", "the agent was down (stopped in order)")
    return Text("网关停机（未正常停止）", "the agent was down (not stopped in order)")


def gap_cause(code: str, *, clean: bool, reason: str | None) -> Text:
    """Why something is missing, as exactly as its record says."""
    if code == "restart":
        return restart(clean=clean)
    if code == "staging" and reason is not None:
        why = why_not_stored(reason)
        return Text(f"{why.zh}，数据未能保存", f"{why.en}, readings could not be stored")
    return cause(code)


def duration(ns: int) -> Text:
    """A length of time in its two largest units."""
    seconds = abs(ns) / 1e9
    if seconds < MINUTE_S:
        return Text(f"{seconds:.3g} 秒", f"{seconds:.3g} s")
    whole = round(seconds)
    days, rest = divmod(whole, DAY_S)
    hours, rest = divmod(rest, HOUR_S)
    minutes, rest = divmod(rest, MINUTE_S)
    counted = ((days, "天", "d"), (hours, "小时", "h"), (minutes, "分", "min"), (rest, "秒", "s"))
    begin = next(index for index, (number, _, _) in enumerate(counted) if number)
    shown = [each for each in counted[begin : begin + 2] if each[0]]
    return Text(
        " ".join(f"{number} {zh}" for number, zh, _ in shown),
        " ".join(f"{number} {en}" for number, _, en in shown),
    )


def gap_duration(ns: int, *, is_measured: bool) -> Text:
    """How long a gap lasted; the clock's own difference is no length where the clock may have been set."""
    return duration(ns) if is_measured else Text("时长不明", "length not known")


def whole() -> Text:
    """Nothing was found that is not accounted for."""
    return Text(
        "相符：没有改动，缺少的都有记录说明（见以上缺口和删除）",
        "it holds: nothing was altered, and what is missing is accounted for by the gaps and removals above",
    )


def signed_by_nobody_asked_for(asked_for: Sequence[str], on_record: Sequence[str]) -> Text:
    """Not one head is of the key that was demanded."""
    wanted, there = ", ".join(asked_for), ", ".join(on_record) or "–"
    return Text(
        f"没有一个签名出自指定的密钥 {wanted}；在册的有 {there}",
        f"nothing here is signed by the key {wanted}; on record: {there}",
    )


def no_fingerprint(text: str) -> Text:
    """What should name a key does not."""
    return Text(
        f"“{text}” 不是密钥指纹：应为 64 位十六进制数（audit verify 会打印）",
        f"'{text}' is no fingerprint: 64 hexadecimal digits, as audit verify prints them",
    )


def no_key(path: str, detail: str) -> Text:
    """What should hold a key does not."""
    return Text(
        f"{path} 中没有 Ed25519 密钥（{detail}）：应为 PEM，例如 openssl pkey -in device-key.pem -pubout",
        f"{path} holds no Ed25519 key ({detail}): PEM, as openssl pkey -in device-key.pem -pubout writes it",
    )


def not_whole(count: int) -> Text:
    """Something was found."""
    return Text(f"不符：{count} 处", f"it does not hold at {count} places")


def being_salvaged() -> Text:
    """The walk came before the end of a salvage."""
    return Text(
        "正从移开的旧文件中恢复记录，旧编号段尚不完整；恢复完成后请再检查一次",
        "records of an older file are still being salvaged; run this again when that is done",
    )


def sent_after_all() -> Text:
    """What a destination was not to get went to it later."""
    return Text("后来已补发", "sent after all")


def kept_back(points: Sequence[str], readings: int) -> Text:
    """What a destination will not take of records that it confirmed."""
    names = ", ".join(points) or "–"
    return Text(
        f"其中拒收：搁置的测点 {names}；单条数据 {readings} 条",
        f"kept back of these: points {names}; single readings {readings}",
    )


def no_mark() -> Text:
    """There is nothing beside the store that says how far it had come."""
    return Text(
        "旁边没有水位标记（outbox.mark），看不出末尾是否被截去",
        "no mark (outbox.mark) lies beside it: whether its end was cut off does not show",
    )


def damaged_table(name: str) -> Text:
    """A table beside the records cannot be read."""
    return Text(
        f"表 {name} 所在的页已损坏，其内容未计入",
        f"the table {name} lies on damaged pages; what it says is left out",
    )


def exported(count: int) -> Text:
    """How much was exported."""
    return Text(f"已导出 {count} 条数据", f"{count} readings exported")


def left_out(records: int) -> Text:
    """Records within the time that are not what was committed."""
    return Text(
        f"另有 {records} 条记录已损坏，未导出；位置见 edge-agent audit verify",
        f"{records} records are damaged and were left out; edge-agent audit verify names them",
    )


def missing_here(records: int) -> Text:
    """Records within the time of which nothing says where they are."""
    return Text(
        f"该时段缺少 {records} 条记录，且没有删除记录说明去向；详见 edge-agent audit verify",
        f"{records} records of this time are missing, and nothing says why; see edge-agent audit verify",
    )


def thinned_here() -> Text:
    """The oldest made room."""
    return Text(
        "该时段的部分数据可能已按保存期限或容量删除",
        "readings of this time may have been removed since, for their age or for room",
    )


def gaps_here(gaps: int, why: Text) -> Text:
    """Gaps on record within the time."""
    return Text(
        f"该时段有 {gaps} 个已记录的缺口：{why.zh}；逐条见 edge-agent audit report",
        f"{gaps} gaps are on record in this time: {why.en}; edge-agent audit report lists them",
    )


def nothing_here(begins: str, ends: str) -> Text:
    """Nothing was exported."""
    return Text(
        f"所选时段和测点没有数据；存储中的数据从 {begins} 到 {ends}",
        f"the store holds nothing of these points in this time; it has readings from {begins} to {ends}",
    )


def no_time(text: str) -> Text:
    """What should be a time is none."""
    return Text(
        f"“{text}” 不是时间：写成 2026-11-28、2026-11-28T08:00 或 2026-11-28T08:00+08:00",
        f"'{text}' is no time: write 2026-11-28, 2026-11-28T08:00 or 2026-11-28T08:00+08:00",
    )


def ends_before_it_begins() -> Text:
    """The time asked for is empty."""
    return Text("--to 必须晚于 --from", "--to must be later than --from")


def not_recorded(unknown: Sequence[str], known: Sequence[str]) -> Text:
    """Names that the store has never known."""
    names, there = ", ".join(unknown), ", ".join(known[:NAMES_SHOWN_MAX])
    return Text(
        f"存储中从来没有 {names}；有：{there}",
        f"the store has never known {names}; there are: {there}",
    )


def already_there(path: str) -> Text:
    """A file would be overwritten."""
    return Text(f"{path} 已存在：加 --force 覆盖", f"{path} exists: --force replaces it")


def not_written(path: str, detail: str) -> Text:
    """A file cannot be written."""
    return Text(f"{path} 无法写入（{detail}）", f"{path} cannot be written ({detail})")
