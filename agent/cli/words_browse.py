"""What `edge-agent opcua browse` says to people."""

from typing import Final

from config.model import Text

REFUSED_SHOWN_MAX: Final = 20


def no_device_id(text: str) -> Text:
    """The id of a device that `check` would refuse."""
    return Text(
        f"“{text}”不能作设备编号；请写小写字母、数字和连字符，例如 furnace-1（中文名写在 name 里）",
        f"'{text}' is no id of a device; write small letters, digits and hyphens, such as furnace-1 (its "
        "Chinese name goes into name)",
    )


def nothing_readable(count: int) -> Text:
    """No node that was found makes a point."""
    return Text(
        f"找到的 {count} 个节点中没有可读的变量，没有生成配置；请换 --search 或 --start",
        f"none of the {count} nodes found is a variable that can be read, so nothing was made of them; try "
        "another --search or --start",
    )


def left_out(nodes: tuple[str, ...]) -> Text:
    """Variables that no point can be made of."""
    names = ", ".join(nodes)
    return Text(
        f"未写入的变量（不可读、没有数值、类型不支持或数组太长）：{names}",
        f"variables left out (not readable, without a value, of another type, or too long an array): {names}",
    )


def nothing_found(search: str | None) -> Text:
    """Browsing found nothing."""
    if search is None:
        return Text("没有节点", "there is no node")
    return Text(f"没有找到含“{search}”的节点", f"no node holds '{search}'")


def cut_short(count: int) -> Text:
    """Too many nodes."""
    return Text(
        f"节点超过 {count} 个，只显示了一部分：请用 --start 从更深处开始，或减小 --depth",
        f"there are more than {count} nodes, and not all are shown: begin deeper by --start, or with less "
        "--depth",
    )


def start_unknown(start: str, detail: str) -> Text:
    """The node to begin at cannot be had."""
    return Text(
        f"服务器上没有起始节点 {start}（{detail}）：请核对 --start；不写 --start 可从 Objects 看起，"
        "再用 --search 按名称查找",
        f"the server has no node {start} to begin at ({detail}): check --start; without it browsing "
        "begins at Objects, and --search finds nodes by their names",
    )


def start_unreadable(start: str) -> Text:
    """It is neither a node id nor a path."""
    return Text(
        f"“{start}”不是节点号，也不是浏览路径：--start 请写例如 ns=3;i=7、nsu=urn:plc;s=Oil 或 3:PLC/3:Oil",
        f"'{start}' is neither a node id nor a path: write --start as ns=3;i=7, nsu=urn:plc;s=Oil or "
        "3:PLC/3:Oil",
    )


def start_refused(start: str, status: str) -> Text:
    """The node to begin at is there, and may not be browsed."""
    return Text(
        f"服务器不让浏览起始节点 {start}（{status}）：请换一个有权限的 user，或请服务器管理员开放浏览权限",
        f"the server does not let {start} be browsed ({status}): take a user who may, or have its "
        "owner allow it",
    )


def refused(nodes: tuple[str, ...]) -> Text:
    """Nodes that are there, but not what lies below them."""
    names = ", ".join(nodes[:REFUSED_SHOWN_MAX])
    more = f" … (+{len(nodes) - REFUSED_SHOWN_MAX})" if len(nodes) > REFUSED_SHOWN_MAX else ""
    return Text(
        f"服务器不让浏览以下节点，其下的内容没有列出：{names}{more}；请换一个有权限的 user，"
        "或请服务器管理员开放浏览权限",
        f"the server does not let these be browsed, so what lies below them is left out: {names}{more}; "
        "take a user who may, or have its owner allow it",
    )


def stanza_head() -> Text:
    """What is left to do with the stanza."""
    return Text("删去不需要的测点，补上量程和限值", "delete what is not needed, add ranges and limits")
