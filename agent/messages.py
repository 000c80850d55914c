"""What the agent's own commands say to people, in Chinese and English."""

from buffering.errors import StoreUnusable
from config.model import Text


def store_unusable(fault: StoreUnusable) -> Text:
    """The store would not open."""
    return Text(
        f"本地存储 {fault.path} 无法打开（{fault.reason} {fault.detail}）：检查磁盘空间、权限，勿删除原文件",
        f"the store {fault.path} will not open ({fault.reason} {fault.detail}): "
        "check disk space and rights; do not delete the file",
    )


def nobody_answers(state: str) -> Text:
    """No agent behind the control socket."""
    return Text(
        f"{state} 下没有正在运行的网关程序：用 edge-agent run 启动，或检查 --state",
        f"no agent is running on {state}: start it with edge-agent run, or check --state",
    )
