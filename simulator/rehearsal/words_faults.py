"""What befalls a plant, in a few words for people: fault → Chinese, English."""

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # On the wire.
    "silent": ("不应答", "no answer"),
    "late": ("应答迟到", "answers late"),
    "exception": ("应答异常码", "answers with an exception"),
    "sentinel": ("只给无效值", "gives no values"),
    "wrong-order": ("字节次序颠倒", "bytes reversed"),
    "bad-crc": ("校验错误", "bad check sums"),
    "freeze": ("数值冻结", "values stand still"),
    "drift": ("测量漂移", "measurements drift"),
    "over-scale": ("超出量程", "driven off the scale"),
    "line-cut": ("线路中断", "line cut"),
    "reboot": ("重启", "reboot"),
    "half-close": ("连接半关闭", "connection half closed"),
    "constant-id": ("事务号恒为 0", "constant transaction id"),
    "noise": ("线路干扰", "noise on the line"),
    "echo": ("回显", "echo"),
    "repeat": ("应答重复", "answers come twice"),
    "second-master": ("另有主站", "a second master"),
    "adapter-pulled": ("串口适配器被拔出", "serial adapter pulled"),
    # What a device says of itself.
    "inhibit": ("报警被屏蔽", "inhibited"),
    "calibrate": ("标定中", "being calibrated"),
    "stop-heartbeat": ("心跳停止", "heartbeat stops"),
    "change-setting": ("设定被改", "settings changed"),
    # In the plant.
    "leak": ("泄漏", "leak"),
    "pump-trip": ("水泵跳闸", "pump trips"),
    "valve-stuck": ("快速切断阀卡住", "cut-off valve stuck"),
    "burn-through": ("水冷件烧穿", "a cooled part burns through"),
    "smoulder": ("阴燃", "dust smoulders"),
    "broken-bag": ("滤袋破裂", "bag bursts"),
    "clogged-tube": ("取压管堵塞", "pressure tube clogged"),
    "fan-off": ("风机停", "fan off"),
    "no-top-up": ("补水中断且漏水", "no water comes, and some leaks out"),
    "sensor-outside": ("水位计挂在箱外", "level sensor hangs outside the tank"),
    "off": ("停机", "switched off"),
    "idle": ("停产", "nothing is cast"),
    "pour": ("倾动浇铸", "pours"),
    "pressure-loss": ("液压失压", "hydraulic pressure lost"),
    "cast": ("铸造", "a cast"),
    "surge": ("流槽液位上冲", "launder level surges"),
    "level-loss": ("流槽液位跌落", "launder level is lost"),
    "dross": ("浮渣经过液位计", "dross under the level gauge"),
    "stuck-ingot": ("铸锭卡住", "an ingot sticks"),
    "drift-off": ("柜位失去平衡", "the holder fills or empties"),
    "supply-loss": ("气源中断", "the supply fails"),
    "drawn": ("启用应急水", "emergency water runs"),
    "act": ("发出动作指令", "told to act"),
    "stuck": ("卡死", "stuck"),
    # At the platform.
    "outage": ("平台不可达", "platform out"),
    "black-hole": ("链路静默中断", "link falls silent"),
    "lie": ("平台应答不实", "platform lies"),
}


def fault_in_words(do: str) -> tuple[str, str]:
    """Return what a fault is, in Chinese and English."""
    return FAULTS[do]
