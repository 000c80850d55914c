"""What is said of the store's own doings, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from buffering.messages import SENTENCES
from buffering.notices import (
    AGE,
    COPIED,
    DAMAGED,
    DISK_FULL,
    DROPPED,
    LEFT,
    MAX_BACKLOG,
    MISSING,
    SET_BACK,
    SIZE,
    UNMARKED,
    EpochBegun,
    GivenUp,
    Lost,
    Salvaged,
    SentAgain,
    StateDamaged,
)
from buffering.ranges import count
from config.model import Text

WHY: Final[Mapping[str, tuple[str, str]]] = {
    AGE: ("已超过保存期限", "they are older than the store keeps them"),
    SIZE: ("存储空间已用到上限", "the store has reached its size"),
    DISK_FULL: ("磁盘已满，须为新数据腾出空间", "the disk is full, and new records need the room"),
    MAX_BACKLOG: ("已超过该平台的补传期限", "they are older than what this destination is to get"),
    DROPPED: ("有人决定放弃平台拒收的数据", "somebody gave up what the platform had refused"),
    LEFT: ("该平台已从配置文件中删除", "this destination is no longer in the plant file"),
}

WHY_ANEW: Final[Mapping[str, tuple[str, str]]] = {
    DAMAGED: ("存储文件已损坏", "the store's file is damaged"),
    SET_BACK: (
        "存储文件比已写入的数据旧（日志缺失，或由备份恢复）",
        "the store is older than what was written to it: its log is gone, or it was put back from a backup",
    ),
    COPIED: (
        "状态目录是复制或由备份恢复的",
        "the state folder is a copy, or was put back from a backup",
    ),
    MISSING: ("存储文件不见了", "the store's file is gone"),
    UNMARKED: (
        "存储文件旁没有它的水位标记（outbox.mark），可能是单独由备份恢复的",
        "the store lacks its mark (outbox.mark) and may have been put back from a backup",
    ),
}


def epoch_begun(notice: EpochBegun) -> Text:
    """Numbers begin anew, and why."""
    zh, en = WHY_ANEW[notice.cause]
    aside_zh = f"；原文件移至 {notice.aside}，请保留，正在从中恢复数据" if notice.aside else ""
    aside_en = (
        f"; its files are in {notice.aside}, keep them, and its records are being salvaged"
        if notice.aside
        else ""
    )
    return Text(f"{zh}，已启用新的编号段{aside_zh}", f"{en}, so a new epoch has begun{aside_en}")


def lost(notice: Lost) -> Text:
    """Records that damage took."""
    span = f"{notice.lane.value} {notice.first}–{notice.last}"
    return Text(
        f"存储损坏，记录 {span} 已丢失，无法恢复", f"damage took the records {span}; they cannot be recovered"
    )


def salvaged(notice: Salvaged) -> Text:
    """What could be read of the old store is in the new one."""
    return Text(
        f"已从 {notice.aside} 恢复 {notice.records} 条记录，丢失 {notice.lost} 条；"
        "原文件确认不再需要后可由人工删除",
        f"{notice.records} records of {notice.aside} are salvaged, {notice.lost} are lost; "
        "a person may delete the old files once nobody needs them as evidence",
    )


def state_damaged(notice: StateDamaged) -> Text:
    """Something beside the log is not what was written."""
    return Text(
        f"存储中的状态 {notice.key} 已损坏，不再采用，原样存为 {notice.aside}；与其有关的内容重新开始",
        f"what was kept under {notice.key} is damaged and not used; it lies under {notice.aside} as it is, "
        "and what it was about begins anew",
    )


def state_restored(key: str) -> Text:
    """A value that was damaged beside the log stands in the log as well."""
    return Text(f"已由记录恢复损坏的状态 {key}", f"{key}, which was damaged, is restored from the record")


def down(*, clean: bool, is_measured: bool) -> Text:
    """Nothing was recorded: the agent was down, for as long as the times say or for nobody knows how long."""
    zh, en = (
        ("正常停止", "stopped in order")
        if clean
        else ("未正常停止，如断电", "not stopped in order, as by a power cut")
    )
    unsure_zh = "" if is_measured else "；起止时间按当时的时钟，机器重启过，时钟可能调整过，实际时长不明"
    unsure_en = (
        ""
        if is_measured
        else "; between these times as the clock showed them: the machine was started anew, "
        "and its clock may have stepped, so how long it was is not known"
    )
    return Text(
        f"网关停机（{zh}），期间没有采集{unsure_zh}",
        f"the agent was down ({en}): nothing was read{unsure_en}",
    )


def put_back() -> Text:
    """The store is not the one that was written last."""
    return Text(
        "所用的存储不是最后写入的那一份（由备份恢复、复制，或丢失后重建）：这段时间的数据不在其中，网关当时是否运行不明",
        "the store is not the one that was written last (put back, copied, or made anew after a loss): "
        "what was recorded in this time is not in it, and whether the agent ran is not known",
    )


WHY_NOT_STORED: Final[Mapping[str, tuple[str, str]]] = {
    "disk-full": ("磁盘已满", "the disk was full"),
    "quota": ("存储已用到 max_size", "the store had reached max_size"),
    "read-only": ("存储所在的文件系统只读", "the file system was read-only"),
    "io-error": ("磁盘读写出错", "the disk failed"),
    "missing": ("存储文件被移走", "the store's file had been taken away"),
    "no-answer": ("磁盘没有应答", "the disk did not answer"),
}


def trouble(reason: str, detail: str) -> Text:
    """The disk begins to fail the store."""
    zh, en = SENTENCES.get(reason, SENTENCES["io-error"])
    more = f" ({detail})" if detail else ""
    return Text(f"存储：{zh}{more}", f"store: {en}{more}")


def trouble_over(reason: str, ns: int) -> Text:
    """The disk takes what is written again."""
    why, seconds = why_not_stored(reason), ns / 1e9
    return Text(
        f"存储：已恢复写入，故障（{why.zh}）持续约 {seconds:.0f} s",
        f"store: the disk takes data again; trouble ({why.en}) lasted about {seconds:.0f} s",
    )


def why_not_stored(reason: str) -> Text:
    """What kept readings from being stored; what has no name of its own is a disk that was too slow."""
    zh, en = WHY_NOT_STORED.get(reason, ("磁盘太慢", "the disk was too slow"))
    return Text(zh, en)


def not_stored(items: int, reason: str) -> Text:
    """Readings that found no room in memory while the disk took nothing."""
    why = why_not_stored(reason)
    return Text(f"{why.zh}，{items} 条数据未能保存", f"{why.en}: {items} readings could not be stored")


def clock_set(expected_ns: int, now_ns: int) -> Text:
    """The wall clock was set, or went on while the machine slept."""
    seconds = abs(now_ns - expected_ns) / 1e9
    if now_ns > expected_ns:
        return Text(
            f"时钟向前调整了 {seconds:.0f} s（或机器曾休眠），其间没有记录",
            f"the clock was set {seconds:.0f} s ahead, or the machine slept: that time has no records",
        )
    return Text(
        f"时钟向后调整了 {seconds:.0f} s，其间的时间出现两次；请检查对时（NTP）",
        f"the clock was set {seconds:.0f} s back, so that times come twice; check how it is set (NTP)",
    )


def clock_passed(expected_ns: int, now_ns: int) -> Text:
    """The wall clock was set ahead, over times that are on record or that nobody asks for."""
    seconds = (now_ns - expected_ns) / 1e9
    return Text(
        f"时钟向前调整了 {seconds:.0f} s，没有因此缺少数据",
        f"the clock was set {seconds:.0f} s ahead; nothing is missing because of it",
    )


def given_up(notice: GivenUp) -> Text:
    """Records that will not be sent to a destination."""
    zh, en = WHY[notice.cause]
    return Text(
        f"{notice.items} 条数据未能送达平台 {notice.destination}，不再上报：{zh}",
        f"{notice.items} items never reached destination {notice.destination} and will not be sent: {en}",
    )


def key_wrong(name: str) -> Text:
    """What should be the device's key is none."""
    return Text(
        f"{name} 不是 Ed25519 私钥（PEM），数据链不签名；请用 openssl genpkey -algorithm ed25519 重新生成",
        f"{name} is no Ed25519 private key in PEM, so heads are not signed; "
        "make one with openssl genpkey -algorithm ed25519",
    )


def key_not_kept(path: str, detail: str) -> Text:
    """The device's key can be neither read nor made."""
    return Text(
        f"设备密钥 {path} 无法读写（{detail}），数据链不签名；请检查目录权限，或用凭据 device-key 提供",
        f"the device key {path} can be neither read nor made ({detail}), so heads are not signed; "
        "check the folder's rights, or provide the credential device-key",
    )


def sent_again(notice: SentAgain) -> Text:
    """Somebody had a destination get records once more."""
    records = sum(count(each.ranges) for each in notice.stretches)
    return Text(
        f"{notice.by} 要求向 {notice.destination} 重发：{records} 条记录，{notice.items} 项",
        f"{notice.by} asked that {notice.destination} get {records} records ({notice.items} items) again",
    )
