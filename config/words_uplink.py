"""Sentences about uplinks, secrets, code files and overlays. See messages.py."""

from collections.abc import Mapping
from typing import Final

UPLINK_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "key-unfit": (
        (
            "本机凭据 {name} 长 {length} 个字符，不能作 SM4 的 {key}；应为 32 位十六进制数、16 个字符或 16 "
            "字节的 Base64，请向发放部门核对后改正"
        ),
        (
            "the credential {name} on this machine has {length} characters and cannot be sm4.{key}; it is 32 "
            "hexadecimal digits, 16 characters, or 16 bytes as Base64: ask who issued it and correct it"
        ),
    ),
    "password-unfit": (
        "本机凭据 {name} 不是 6 位数字，运行时该平台将无法上报；请向平台方核对后改正",
        (
            "the credential {name} on this machine is not six digits, so this uplink could not send; ask the "
            "platform and correct it"
        ),
    ),
    "uplink-transports": (
        "一个上报平台必须且只能写一种传输方式；ministry-http、mqtt、hj212 三选一",
        "an uplink has exactly one transport; write ministry-http, mqtt or hj212",
    ),
    "topic-malformed": (
        "主题“{value}”不可用；只能含 {{plant}}、{{lane}}、{{kind}} 占位符，不能含 # 和 +",
        "'{value}' is no topic; only {{plant}}, {{lane}} and {{kind}} are known, and no # or + may occur",
    ),
    "client-id-twice": (
        "client_id “{client_id}”与 {other} 相同，同一服务器会让二者互相挤掉线；请向平台方另要一个，或删除",
        (
            "{other} has the client_id '{client_id}' too, and the broker would end one's connection for the "
            "other's; ask the platform for one of its own, or delete it"
        ),
    ),
    "secret-in-file": (
        "{key} 是密钥，不能明文写在配置文件里；请写成 ${{credential:名称}} 或 ${{env:变量名}}",
        "{key} is a secret and must not stand in the file; write ${{credential:name}} or ${{env:NAME}}",
    ),
    "secret-reference": (
        "“{value}”引用写法不对；请写成 ${{credential:名称}} 或 ${{env:变量名}}",
        "'{value}' is no proper reference; write ${{credential:name}} or ${{env:NAME}}",
    ),
    "absent-in-plant-file": (
        "absent 只能由覆盖文件写；要停用该平台请整段删除",
        "absent may be set by an overlay only; to do without this uplink, delete it",
    ),
    "sm4-iv-missing": (
        "CBC 模式需要初始向量；请写 iv，平台要求 ECB 时写 mode: ECB",
        "CBC needs an initial vector; write iv, or mode: ECB if that is what the platform asks for",
    ),
    "sm4-iv-unused": (
        "ECB 模式没有初始向量；请删除 iv，或改为 mode: CBC",
        "ECB has no initial vector; delete iv, or write mode: CBC",
    ),
    "source-wrong": (
        "“{value}”不是本机地址，也不是网口名；请写 192.168.1.5 或 eth1 这样的内容",
        "'{value}' is neither an address nor an interface; write one like 192.168.1.5, or eth1",
    ),
    "proxy-url-wrong": (
        "代理地址不对；请写 http://主机:端口，用户名和密码另写 username、password",
        "this is no proxy's address; write http://host:port, with user and password under keys of their own",
    ),
    "second-route-empty": (
        "备用线路没有写任何内容；请写出与主线路不同的一项（地址、端口、proxy 或 source），或删除 second",
        "the second way says nothing; write what differs (address, port, proxy or source), or delete second",
    ),
    "certificate-without-key": (
        "客户端证书和私钥必须同时写；请补上 certificate 或 key，或两个都删除",
        "a client certificate needs its key; write both certificate and key, or neither",
    ),
    "codes-missing": (
        "编码表 {file} 不存在；请放到该位置，或删除 codes",
        "the code file {file} does not exist; put it there, or delete codes",
    ),
    "codes-incomplete": (
        "编码表 {file} 缺少测点：{points}；请逐个补一行，平台还没分配编码的写成“{first},”（编码留空）",
        (
            "the code file {file} lacks the points {points}; add a row for each, with an empty code while "
            "the platform has issued none: '{first},'"
        ),
    ),
    "codes-header": (
        "编码表第一行不对；请写成 {header}",
        "the first line of the code file is not right; write {header}",
    ),
    "codes-utf-16": (
        "编码表是不带标记的 UTF-16；请另存为“CSV UTF-8（逗号分隔）”",
        "the code file is UTF-16 without its mark; save it as 'CSV UTF-8 (comma delimited)'",
    ),
    "codes-semicolons": (
        "编码表用分号分隔；请改为逗号，第一行为 {header}",
        "the code file is separated by semicolons; use commas, the first line is {header}",
    ),
    "codes-columns": (
        "这一行有 {count} 列；应为两列：测点,编码",
        "this row has {count} columns; there are two: point,code",
    ),
    "codes-point-unknown": (
        "没有测点“{point}”；请删除这一行或改正名称",
        "there is no point '{point}'; delete this row or correct the name",
    ),
    "codes-point-unknown-near": (
        "没有测点“{point}”；是不是要写“{nearest}”？",
        "there is no point '{point}'; did you mean '{nearest}'?",
    ),
    "codes-point-twice": (
        "测点“{point}”重复，第 {first} 行已经写过；请删除其中一行",
        "the point '{point}' stands twice (first at line {first}); delete one row",
    ),
    "codes-code-twice": (
        "编码“{issued}”重复，第 {first} 行已经用过；每个测点的编码必须不同",
        "the code '{issued}' stands twice (first at line {first}); give every point its own",
    ),
    "codes-code-unfit": (
        "编码“{issued}”不能用于 HJ 212；只能含字母和数字，例如 a21026，请按平台下发的编码填写",
        "the code '{issued}' does not fit HJ 212; write letters and digits, like a21026, as it was issued",
    ),
    "hj212-codes-needed": (
        "HJ 212 平台只认编码；请写 codes: 文件名.csv，给每个要上报的测点填写编码",
        "an HJ 212 platform knows points by code only; write codes: file.csv with the code of each point",
    ),
    "hj212-mn-wrong": (
        "“{value}”不是 MN；应为 1 至 24 位字母和数字，由平台分配",
        "'{value}' is no MN; it has 1 to 24 letters and digits, issued by the platform",
    ),
    "hj212-st-wrong": (
        '“{value}”不是系统编码 ST；应为加引号的两位数字，例如 "31"',
        "'{value}' is no ST; it has two digits in quotation marks, e.g. \"31\"",
    ),
    "rate-for-heartbeats-only": (
        "报文最多 {rate}，每 {heartbeat} 一次的心跳就占去一半以上；请加长 heartbeat，或提高 rate",
        (
            "a heartbeat every {heartbeat} takes more than half of {rate} messages; make heartbeat longer, "
            "or rate higher"
        ),
    ),
    # Overlays
    "overlay-not-allowed": (
        "覆盖文件里不能写“{key}”；这里可以写：{known}",
        "'{key}' may not stand in an overlay; what may stand here: {known}",
    ),
    "overlay-id-unknown": (
        "配置文件里没有“{id}”；覆盖文件只能改已有的，已有：{known}",
        "the plant file has no '{id}'; an overlay changes only what is there: {known}",
    ),
    "overlay-id-unknown-near": (
        "配置文件里没有“{id}”；是不是要写“{nearest}”？已有：{known}",
        "the plant file has no '{id}'; did you mean '{nearest}'? There are: {known}",
    ),
    "overlay-other-protocol": (
        "“{id}”在配置文件里不是 {key}；覆盖文件不能改协议",
        "in the plant file '{id}' is not {key}; an overlay cannot change the protocol",
    ),
}

UPLINK_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "codes-pending-unsent": (
        "编码表 {file} 中这些测点没有编码，不会上报到该平台：{points}；拿到编码后请补上",
        (
            "in {file} these points have no code, so this platform does not get them: {points}; fill them "
            "in when issued"
        ),
    ),
    "rate-low": (
        (
            "平台 {uplink} 的报文最多 {rate}，仅读数就约需 {needed}，断线后补传很慢甚至越积越多；"
            "请向平台方申请提高，或减少上报（readings: {{snapshot: …}}、points）"
        ),
        (
            "{uplink} may get {rate} messages, readings alone need about {needed}: an outage is made up for "
            "slowly or never; ask the platform for more, or send less (readings: {{snapshot: …}}, points)"
        ),
    ),
    "limits-hj212": (
        (
            "平台 {uplink} 收不到报警：{points} 个有限值的测点超限时，数值按普通数据上报（标志 N；"
            "T 表示超出量程，不是超限）；请在该平台上另设限值，或另加一路能报警的上报"
        ),
        (
            "the platform {uplink} gets no alarms: of {points} points with limits, a value beyond one goes "
            "like any other (letter N; T is beyond the measuring range, not a limit); set limits there, too, "
            "or add an uplink that has alarms"
        ),
    ),
    "limits-unsent": (
        (
            "平台 {uplink} 收不到报警，也收不到这些有限值的测点，超限完全看不到：{points}；"
            "请补编码，或放宽 readings 的 points"
        ),
        (
            "the platform {uplink} gets no alarms, and not these points either, so it never sees their "
            "limits passed: {points}; give them codes, or widen the points under readings"
        ),
    ),
    "peaks-unseen": (
        (
            "平台 {uplink} 收不到报警，每 {window} 一个快照只报最后一个值，其间的短时超限看不到；"
            "请改用 readings: all 或 change"
        ),
        (
            "the platform {uplink} gets no alarms, and a snapshot every {window} brings the last value only: "
            "a limit passed for less does not show; use readings: all, or change"
        ),
    ),
}
