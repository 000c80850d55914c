"""The simulator's sentences for people: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-a-map": ("这里应为“键: 值”", "a mapping `key: value` is wanted here"),
    "not-a-list": ("这里应为列表,每项以“- ”开头", "a list is wanted here, each item begun by `- `"),
    "unknown-key": ("未知的键“{key}”;可用:{known}", "unknown key '{key}'; known here: {known}"),
    "missing-key": ("缺少“{key}”", "'{key}' is missing"),
    "duration": ("“{value}”不是时长;请写明单位,例如 20 min", "'{value}' is no duration; write e.g. 20 min"),
    "fraction": (
        "“{value}”应为全程的 0 到 1 之间的比例，或全程之内的时刻，例如 90 s",
        "'{value}' is neither a fraction of the length, 0 to 1, nor a time within it, e.g. 90 s",
    ),
    "span": ("结束 {until} 不在开始 {at} 之后", "until {until} is not after at {at}"),
    "one-target": (
        "每个事件须恰好写明 device、process、every、connection、platform 之一",
        "an event names exactly one of device, process, every, connection, platform",
    ),
    "unknown-process": (
        "没有工艺过程“{process}”；有：{known}",
        "there is no process '{process}'; there are: {known}",
    ),
    "nobody-plays": (
        "工厂文件中没有设备模拟“{process}”；有：{known}",
        "no device of the plant file plays '{process}'; there are: {known}",
    ),
    "unknown-target": (
        "工厂文件中没有 {kind}“{id}”;有:{known}",
        "the plant file has no {kind} '{id}'; it has: {known}",
    ),
    "unknown-fault": ("未知的故障“{do}”;可用:{known}", "unknown fault '{do}'; known: {known}"),
    "wrong-target": ("故障“{do}”不能施加于 {kind}", "'{do}' cannot befall a {kind}"),
    "cannot-say": (
        "设备“{id}”没有能报出“{do}”的测点(状态字、心跳或设定回读);请换一台设备,或在模板中补上",
        "'{id}' has no point that could say '{do}'; name another device, or add the point to its profile",
    ),
    "wrong-process-of": (
        "故障“{do}”只适用于 {process} 设备,而不是 {actual}",
        "'{do}' befalls only devices that play {process}, and not {actual}",
    ),
    "wrong-process": (
        "故障“{do}”只适用于 {process} 设备,而“{id}”是 {actual}",
        "'{do}' befalls only devices that play {process}; '{id}' plays {actual}",
    ),
    "wrong-protocol": (
        "故障“{do}”只适用于 {protocols},而“{id}”使用 {actual}",
        "'{do}' befalls only {protocols}; '{id}' is reached by {actual}",
    ),
    "quantity": ("“{value}”应为带单位 {unit} 的数", "'{value}' is not a number in {unit}"),
    "number": ("“{value}”应为不带单位的数", "'{value}' is not a bare number"),
    "up": ("模拟现场已就绪。在另一个终端运行：", "The simulated plant is up. In another terminal:"),
    "certificate": (
        "OPC UA 连接要求证书：先运行一次（只为这个状态目录生成）：",
        "A connection asks for a certificate of ours: run this once, for this state folder:",
    ),
    "safe": (
        "上报通道在此命令中全部停用：模拟的报警不会发往平台。",
        "All uplinks are off in this command: no simulated alarm reaches a platform.",
    ),
    "stop": ("按 Ctrl-C 结束。", "Ctrl-C ends it."),
}


def sentence(code: str, fields: Mapping[str, object], language: str = "both") -> str:
    """Return the sentence in `zh`, `en` or both."""
    zh, en = (text.format(**fields) for text in SENTENCES[code])
    return {"zh": zh, "en": en}.get(language, f"{zh} / {en}")
