"""What the agent's own commands say to people, in Chinese and English."""

from collections.abc import Sequence

from buffering.errors import StoreUnusable
from buffering.messages import SENTENCES
from config.model import Text


def store_unusable(fault: StoreUnusable) -> Text:
    """The store would not open."""
    zh, en = SENTENCES[fault.reason]
    detail = f" ({fault.detail})" if fault.detail else ""
    return Text(f"{fault.path}：{zh}{detail}", f"{fault.path}: {en}{detail}")


def store_replaced(fault: StoreUnusable, instead: str) -> Text:
    """The store would not open, and the agent goes on with a stop-gap."""
    why = store_unusable(fault)
    return Text(
        f"{why.zh}。网关继续运行，数据暂存在 {instead}；原文件未改动，处理后请重启网关",
        f"{why.en}. The agent goes on and keeps its records in {instead}; the file is untouched: "
        "mend it, then restart the agent",
    )


def no_state_folder(state: str, detail: str) -> Text:
    """The state folder is not there and can not be made."""
    return Text(
        f"状态目录 {state} 无法创建（{detail}）：用 --state 指定可写的目录，或检查权限",
        f"the state folder {state} cannot be made ({detail}): name one with --state, or check its rights",
    )


def no_such_connection(there: Sequence[str]) -> Text:
    """A connection was named that the plant file does not have."""
    names = ", ".join(there)
    return Text(f"没有这个连接；已有的连接：{names}", f"there is no such connection; there are: {names}")


def frames_not_kept() -> Text:
    """The frames of an OPC UA connection were asked for."""
    return Text(
        "OPC UA 连接不保留报文：其内容为二进制编码，多已加密，读不出什么；"
        "请看 edge-agent status 中该连接的状态和提示，或用 edge-agent read、edge-agent opcua browse",
        "no frames are kept of an OPC UA connection: they are binary, mostly encrypted, and say nothing to "
        "people. See what edge-agent status says of the connection, or use edge-agent read and "
        "edge-agent opcua browse",
    )


def no_frames_yet() -> Text:
    """The frames of a connection were asked for over which nothing has passed."""
    return Text(
        "该连接上还没有收发过任何报文；请看 edge-agent status 中该连接的状态",
        "nothing has passed on this connection so far; see what edge-agent status says of it",
    )


def nobody_answers(state: str) -> Text:
    """No agent behind the control socket."""
    return Text(
        f"{state} 下没有正在运行的网关程序：用 edge-agent run 启动，或检查 --state",
        f"no agent is running on {state}: start it with edge-agent run, or check --state",
    )


def own_fault(task: str, count: int) -> Text:
    """A part of the agent failed by a fault of ours, and was started again."""
    return Text(
        f"程序内部故障 {count} 次：{task}；其余部分继续运行。请看日志（journalctl -u edge-agent）"
        "并反馈给开发者",
        f"a fault of the program itself in {task}, {count} times; the rest goes on. See the log "
        "(journalctl -u edge-agent) and report it",
    )
