"""The drills' sentences for people: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # The drills.
    "drill-kill": ("多次强制结束网关", "the agent is killed several times"),
    "drill-link": (
        "到平台的链路静默中断:连接不断开,字节被吞掉",
        "silent loss of the link: nothing is closed, bytes vanish",
    ),
    "drill-platform": (
        "平台应答不实:回“已收”却丢弃、报忙、返回网页、收下不应答、忘记结果",
        "platforms that lie: say yes and throw away, say busy, show a web page, never answer, forget results",
    ),
    "drill-disk": ("磁盘写满", "the disk is full"),
    "drill-store": ("存储文件损坏", "the store is damaged"),
    # While it runs.
    "no-agent": ("网关未应答", "the agent does not answer"),
    "backlog": ("待发记录:{backlog}", "records to be sent: {backlog}"),
    "killed": ("第 {number}/{kills} 次强制结束,随即重启", "killed ({number} of {kills}), and started again"),
    "hole-opens": ("链路静默中断", "the links fall silent"),
    "hole-closes": ("链路恢复", "the links are back"),
    "lies-begin": ("平台开始不实应答", "the platforms begin to lie"),
    "lies-end": ("平台恢复正常", "the platforms are honest again"),
    "sent-again": (
        "{name}:按平台要求补发(edge-agent resend)",
        "{name}: sent again as its people would ask for (edge-agent resend)",
    ),
    "disk-full": ("磁盘写满:网关不能再写入一个字节", "disk full: the agent cannot write one more byte"),
    "disk-free": ("磁盘恢复可写", "there is room again"),
    "damaged": (
        "网关已停,文件头和 {records} 条记录被改写,网关重启",
        "agent stopped, the header and {records} records overwritten, agent started again",
    ),
    "draining": ("等待积压清空", "waiting for the backlog to drain"),
    # The verdict: what was done.
    "did-kill": (
        "在工作中的随机时刻强制结束(SIGKILL){kills} 次:有待发数据 {sending} 次,已发完 {sent} 次,启动中 0 次",
        "killed (SIGKILL) {kills} times, never while starting: {sending} with backlog, {sent} without",
    ),
    "did-link": (
        "所有平台的链路静默中断 {seconds} s",
        "the links to all platforms swallowed everything for {seconds} s",
    ),
    "did-platform": (
        "平台轮流:回“已收”却丢弃、报忙、返回网页、收下不应答;布局有 pending 的,还忘记结果",
        "each platform said yes and threw away, said busy, showed a page, never answered, forgot results",
    ),
    "thrown-away": (
        "{name}:确认后丢弃 {thrown} 个报文,平台凭编号发现缺 {holes} 个",
        "{name}: threw {thrown} confirmed messages away; {holes} numbers are missing in its books",
    ),
    "not-again": ("补发未成功:{said}", "could not be sent again: {said}"),
    "no-numbers": (
        "{name}:HJ 212 报文没有编号,“确认后丢弃”无从发现,因此未演练;其余照演",
        "{name}: HJ 212 has no numbers by which to find what was thrown away: not played there; the rest was",
    ),
    "did-disk": (
        "{seconds} s 内网关不能写入任何文件(内核限额 RLIMIT_FSIZE,写入失败同磁盘写满)",
        "for {seconds} s the agent could write to no file (RLIMIT_FSIZE; it fails as on a full disk)",
    ),
    "not-damaged": (
        "本演练未能进行:存储中可供损坏的读数记录不足 {records} 条;与网关好坏无关,请用更大的 --seconds 重做",
        "not carried out: the store has fewer than {records} records to damage; no fault, use more --seconds",
    ),
    "did-store": (
        "停机后改写文件头和 {records} 条读数记录,再启动",
        "header and {records} records of readings overwritten while it was stopped",
    ),
    # The verdict: the accounting.
    "recorded": (
        "设备应答读数 {served},入库 {accepted},在已记录的缺口内 {in_gaps},通知停止之后 {after_stop}",
        "readings served {served}, recorded {accepted}, within gaps {in_gaps}, after the stop {after_stop}",
    ),
    "not-recorded": (
        "已应答却未入库且无缺口说明:{count}({points})",
        "served, but not recorded, and no gap explains it: {count} ({points})",
    ),
    "made-up": (
        "入库却无设备应答:{count}({points})",
        "recorded, but served by no device: {count} ({points})",
    ),
    "gap": (
        "已记录的缺口:{cause} {count} 个,共 {seconds} s",
        "recorded gaps: {cause} {count}, {seconds} s in all",
    ),
    "absent": ("{name} 未参加:{reason}", "{name} is absent: {reason}"),
    "received": (
        "{name}:应得 {entitled},收到 {received},损坏所致且已说明 {taken},留待下次 {left},同号重复 {repeats}",
        "{name}: due {entitled}, received {received}, damaged, told {taken}, left {left}, repeats {repeats}",
    ),
    "treated": ("{name} 的对待:{treatments}", "how {name} treated messages: {treatments}"),
    "missing-readings": ("{name} 缺少读数 {count}:{first}", "{name} lacks readings, {count}: {first}"),
    "missing-records": ("{name} 缺少记录 {count}:{first}", "{name} lacks records, {count}: {first}"),
    "contradicted": (
        "{name} 与库中不一致 {count}:{first}",
        "{name} is at odds with the store, {count}: {first}",
    ),
    "never-accepted": (
        "{name} 收到但未入库 {count}:{first}",
        "{name} received what was never recorded, {count}: {first}",
    ),
    "missing-numbers": (
        "{name} 缺报文编号 {count}:{first}",
        "{name} lacks message numbers, {count}: {first}",
    ),
    "alarms": (
        "应报警 {due} 次,全部平台已知 {told},停机期间看不到 {unseen}",
        "alarms due {due}, known to every platform {told}, not to be seen while the agent was down {unseen}",
    ),
    "no-alarm-due": ("其间没有越限,不涉及报警", "no limit was crossed, so alarms were not tried"),
    "alarm-missing": ("未到的报警 {count}:{rules}", "alarms that did not come, {count}: {rules}"),
    "not-drained": (
        "{seconds:g} s 内积压未清空",
        "the backlog was not drained within {seconds:g} s",
    ),
    "nobody-there": ("没有任何平台参加", "no platform took part"),
    # What can keep a drill from being played, or to its end.
    "no-uplinks": (
        "{plant}:没有 uplinks,无从核对;请先配置至少一个上报平台",
        "{plant}: there are no uplinks, so there is nothing to account for; configure one at least",
    ),
    "no-plant": ("请给出配置文件", "name the plant file"),
    "too-short": (
        "--seconds 最少 {least:g}:更短则故障与恢复无法演完",
        "--seconds must be at least {least:g}: faults and recovery need that long",
    ),
    "unknown": ("没有演练“{name}”;可用:{known}", "there is no drill '{name}'; there are: {known}"),
    "fell": ("{name} 意外退出(代码 {code}):{said}", "{name} ended unexpectedly (code {code}): {said}"),
    "store-not-whole": ("存储不完整:{fault}", "the store is not whole: {fault}"),
    "cannot": ("无法进行:{fault}", "cannot go on: {fault}"),
    "no-certificate": ("未能生成 OPC UA 证书:{said}", "could not make the OPC UA certificate: {said}"),
    "interrupted": ("已中断,全部进程已结束", "interrupted; every process has been ended"),
    "kept": ("日志和存储保留在 {folder}", "logs and stores are kept in {folder}"),
    "see-logs": ("加 --state DIR 可保留日志", "with --state DIR the logs are kept"),
    # The page.
    "title": ("演练结论", "Verdict of the drills"),
    "passed": ("通过", "passed"),
    "failed": ("未通过", "failed"),
    "all-passed": (
        "全部通过:每个读数和报警或已送达,或有记录说明原因",
        "All passed: every reading and alarm has arrived, or a record tells why not",
    ),
    "not-all-passed": ("未全部通过,见标有 ✗ 的行", "Not all passed: see the lines marked ✗"),
    "plant": ("工厂", "Plant"),
    "plant-file": ("配置文件(SHA-256)", "Plant file (SHA-256)"),
    "played-at": ("演练时间(UTC)", "Played at (UTC)"),
    "played-with": ("软件版本、每项时长、随机种子", "Version, length of each drill, seed"),
    "how": (
        "设备和平台由本机模拟,地址全部替换;网关是真实进程,故障是真实的。数字出自模拟设备和平台,不用网关自己的计数。",
        "Simulated devices and platforms, a real agent, real faults; no figure is the agent's own.",
    ),
    "written": ("结论文件", "Verdict file"),
}


def both(code: str, /, **fields: object) -> tuple[str, str]:
    """Return a sentence in Chinese and in English."""
    zh, en = SENTENCES[code]
    return zh.format(**fields), en.format(**fields)


def sentence(code: str, /, **fields: object) -> str:
    """Return a sentence in both languages, on one line."""
    return " / ".join(both(code, **fields))
