"""The demo's sentences for people: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # The live view.
    "starting": ("正在启动模拟现场、平台和网关", "starting the plant, the platform and the agent"),
    "playing": ("演示中", "playing"),
    "draining": ("等待积压清空", "waiting for the backlog to drain"),
    "stopping": ("正在停止网关", "stopping the agent"),
    "device": ("设备", "device"),
    "values": ("测点值", "values"),
    "destination": ("平台", "destination"),
    "state": ("状态", "state"),
    "backlog": ("待发记录", "backlog"),
    "has": ("平台已有读数", "readings it has"),
    "alarms": ("报警", "alarms"),
    "no-alarm": ("无报警", "no alarm"),
    "no-agent": ("网关未应答", "the agent does not answer"),
    # The accounting.
    "accounting": ("核算", "Accounting"),
    "complete": ("完整:各平台已收到应得的全部数据", "Complete: every destination has all it is entitled to"),
    "incomplete": ("不完整,见标有 ✗ 的行", "Incomplete: see the lines marked ✗"),
    "served": ("设备应答的读数", "Readings served by the devices"),
    "accepted": ("其中已入库", "of these, accepted in the store"),
    "in-gaps": ("在已记录的缺口内", "within recorded gaps"),
    "after-stop": ("在通知停止之后", "served after the agent was told to stop"),
    "lost": ("已应答却未入库", "served, but not in the store"),
    "unfounded": ("入库却无设备应答", "in the store, but served by no device"),
    "stored": ("入库读数(含坏值)", "Readings in the store (bad ones included)"),
    "absent": ("未参加", "absent"),
    "entitled": ("应得读数", "entitled to readings"),
    "received": ("已收到读数", "readings received"),
    "missing": ("缺少读数", "readings missing"),
    "left": ("停止时留待下次(记录数)", "left for the next start (records)"),
    "missing-records": ("缺少报警或事件记录", "records missing (alarms and events included)"),
    "contradicted": ("与库中不一致", "at odds with the store"),
    "never-accepted": ("收到但未入库", "received, but never accepted"),
    "duplicates": ("重复报文", "repeated messages"),
    "numbers": ("报文编号", "message numbers"),
    "gapless": ("连续至 {last}", "gapless to {last}"),
    "holes": ("缺号:{numbers}", "missing: {numbers}"),
    "alarms-received": ("收到报警步骤", "alarm steps received"),
    "events-received": ("收到事件", "events received"),
    "attempts": ("平台的对待", "how the platform treated them"),
    "gaps": ("缺口", "Gaps"),
    "no-gap": ("无", "none"),
    "delays": (
        "越限应答到报警首次到达(含延时)",
        "Response beyond a limit to the alarm's first arrival (on-delay included)",
    ),
    "on-delay": ("延时", "on-delay"),
    "outage": ("其间平台不可达", "the destination could not be reached meanwhile"),
    "not-told": ("未到", "none came"),
    "standing": ("未解除", "standing"),
    "first-reading": ("启动到首个读数", "Start to first reading"),
    "cpu": ("网关 CPU 占用(单核)", "Agent's CPU share (of one core)"),
    "start-cost": ("启动另耗 {seconds:.1f} s", "starting took {seconds:.1f} s more"),
    "rss": ("网关内存峰值", "Agent's largest memory"),
    "written": ("核算文件", "Accounting file"),
    # What can keep a demo from being played.
    "too-short": (
        "--seconds 最少 {least:g}:更短则故障与恢复无法演完",
        "--seconds must be at least {least:g}: faults and recovery need that long",
    ),
    "fell": (
        "{name} 意外退出(代码 {code})。日志末尾:",
        "{name} ended unexpectedly (code {code}). End of its log:",
    ),
    "interrupted": ("已中断,全部进程已结束", "interrupted; every process has been ended"),
    "damaged": ("存储不完整:{fault}", "the store is not whole: {fault}"),
    "cannot": ("无法进行:{fault}", "cannot go on: {fault}"),
    "kept": ("日志保留在 {folder}", "logs are kept in {folder}"),
}


def sentence(code: str, /, **fields: object) -> str:
    """Return a sentence in both languages."""
    zh, en = SENTENCES[code]
    return f"{zh.format(**fields)} / {en.format(**fields)}"
