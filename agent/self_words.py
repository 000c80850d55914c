"""What the events about settings and states of devices say to people, in Chinese and English."""

from typing import Final

from config.model import Point, Role, State, Text
from drivers.reading import Value

_CONSEQUENCES: Final = {
    Role.UNIT: Text(
        "在此之前，相关测值标为存疑。请核对仪表设置。",
        "Until it agrees, the values are marked suspect. Check the instrument's setting.",
    ),
    Role.DECIMALS: Text(
        "读数可能差十倍，已标为存疑。请核对仪表的小数位与配置文件的 scale。",
        "The values may be wrong by a factor of ten and are marked suspect. "
        "Check the instrument's decimals and scale.",
    ),
    Role.CONSTANT: Text(
        "字节顺序可能不对，该设备的所有测值标为存疑。请核对 order。",
        "The byte order may be wrong; all values of the device are marked suspect. Check order.",
    ),
}
_USUAL: Final = Text(
    "请核对仪表设置；若设置正确，请修改配置文件。",
    "Check the instrument's setting; if it is right, correct the plant file.",
)


def changed(device: Text, point: Point, old: Value, new: Value) -> Text:
    """A setting is not what it was."""
    was, now = _with_unit(point, old), _with_unit(point, new)
    return Text(
        f"{device.zh}的“{point.name.zh}”由 {was} 变为 {now}。网关只读不写，不知是谁改的，请核实。",
        f"{device.en}: {point.name.en} changed from {was} to {now}. "
        "The gateway only reads and cannot know who did it; find out.",
    )


def differs(device: Text, point: Point, value: Value, expected: float | str | None) -> Text:
    """A setting is not what the plant file says."""
    readback = point.marks.readback if point.marks else None
    what = _CONSEQUENCES.get(readback.role, _USUAL) if readback else _USUAL
    found, wanted = _with_unit(point, value), _with_unit(point, expected)
    return Text(
        f"{device.zh}的“{point.name.zh}”为 {found}，配置文件中为 {wanted}。{what.zh}",
        f"{device.en}: {point.name.en} is {found}, the plant file says {wanted}. {what.en}",
    )


def agrees(device: Text, point: Point, value: Value, expected: float | str | None) -> Text:
    """A setting is again what the plant file says."""
    found = _with_unit(point, value)
    return Text(
        f"{device.zh}的“{point.name.zh}”为 {found}，与配置文件一致。",
        f"{device.en}: {point.name.en} is {found}, as the plant file says.",
    )


def clock(device: Text, offset_s: int, *, is_off: bool) -> Text:
    """A device's clock is off, or right again."""
    if not is_off:
        return Text(f"{device.zh}的时钟已校准。", f"{device.en}: its clock is right again.")
    zh, en = ("快", "fast") if offset_s > 0 else ("慢", "slow")
    return Text(
        f"{device.zh}的时钟{zh} {abs(offset_s)} 秒。网关不采用设备时钟；请校时，否则设备自身的记录对不上。",
        f"{device.en}: its clock is {abs(offset_s)} s {en}. The gateway does not use it; "
        "set it, or the device's own records cannot be joined with ours.",
    )


def state(device: Text, point: Text, now: State | None, before: State | None) -> Text:
    """A device has passed from one state to another; None: nothing to tell."""
    if now is None:
        ended = before.name if before else point
        return Text(f"{device.zh}：“{ended.zh}”已解除。", f"{device.en}: {ended.en} has ended.")
    return Text(f"{device.zh}：{now.name.zh}。", f"{device.en}: {now.name.en}.")


def unknown_state(raw: int) -> Text:
    """A status word holds what its manual does not list."""
    return Text(f"未知状态 {raw}，测值存疑", f"unknown state {raw}, its values are in doubt")


def _with_unit(point: Point, value: Value) -> str:
    if value is None:
        return "–"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{shown} {point.unit}".rstrip()
