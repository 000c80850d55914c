"""Sentences about which readings a platform gets. See messages.py."""

from collections.abc import Mapping
from typing import Final

POLICY_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "readings-unknown": (
        "“{value}”不是上报策略；请写 all，或 {{change: …}}、{{snapshot: 30 s}}、{{points: […]}}",
        "'{value}' is no policy; write all, or {{change: …}}, {{snapshot: 30 s}}, {{points: […]}}",
    ),
    "readings-twice": (
        "change 和 snapshot 只能写一种；按变化上报写 change，按时间窗上报写 snapshot",
        "change and snapshot exclude each other; write change, or snapshot for one reading in each window",
    ),
    "window-too-long": (
        "时间窗 {value} 太长；最长 1 h",
        "a window of {value} is too long; write 1 h at most",
    ),
    "window-below-period": (
        "时间窗 {window} 短于采集周期（{points}，最长 {period}）；请加长时间窗，或用 points 只选较快的测点",
        (
            "a window of {window} is shorter than the period of {points} (up to {period}); make it longer, "
            "or name only faster points under points"
        ),
    ),
    "policy-point-unknown": (
        "没有名为“{pattern}”的测点或设备；请写 设备、设备.测点，或带 * 的写法",
        "'{pattern}' names no point and no device; write device, device.point, or a pattern with *",
    ),
    "policy-point-unknown-near": (
        "没有名为“{pattern}”的测点或设备；是不是要写“{nearest}”？",
        "'{pattern}' names no point and no device; did you mean '{nearest}'?",
    ),
    "policy-deadband-unit": (
        "死区 {value} 与测点 {points} 的单位不符；请用 points 只选单位相符的测点，或改用 deadband_percent",
        (
            "the deadband {value} does not fit the unit of {points}; name only fitting points under points, "
            "or write deadband_percent"
        ),
    ),
    "policy-deadband-without-range": (
        "按百分比的死区需要量程，这些测点没有：{points}；请给测点补上 range，或用 points 只选有量程的测点",
        (
            "a deadband in percent needs a measuring range, which {points} lack; give them a range, or name "
            "only points that have one under points"
        ),
    ),
}

POLICY_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "snapshot-hj212": (
        "HJ 212 的实时数据只有一个值，平台 {uplink} 只能看到每个时间窗的最后一个值；如需全部读数请写 all",
        (
            "real-time data of HJ 212 hold one value, so {uplink} sees only the last one of each window; "
            "write all if it is to see more"
        ),
    ),
    "snapshot-last-only": (
        (
            "报文格式“{layout}”不含最小值和最大值，平台 {uplink} 只能看到每个时间窗的最后一个值；"
            "可改用 json-snapshot，或在自有格式中写 reading.min、reading.max"
        ),
        (
            "the layout '{layout}' tells no smallest and largest values, so {uplink} sees only the last one "
            "of each window; use json-snapshot, or write reading.min and reading.max in a layout of your own"
        ),
    ),
}
