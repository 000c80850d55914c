"""What a plant file asks of its lines, judged: for `check` and `plan`, which both tell it at its place."""

import math
from collections.abc import Sequence
from typing import Final

from config.fault import Findings
from config.modbus_link import Modbus
from config.model import Plant, Point
from config.position import Layers
from drivers.modbus.load import LinePlan, plan_line

FULL_SHARE: Final = 0.7
"""From here on a line has no room left for retries, probes of silent units, and noise [E]."""


def plan_lines(plant: Plant) -> tuple[LinePlan, ...]:
    """Return what is asked of each Modbus connection, in the plant file's order."""
    return tuple(
        plan_line(id_, settings, plant.devices_on(id_))
        for id_, settings in plant.connections.items()
        if isinstance(settings, Modbus)
    )


def judge_lines(plans: Sequence[LinePlan], plant: Plant, source: Layers, findings: Findings) -> None:
    """Tell which lines are asked for more than they can carry, and which points nothing can read."""
    for plan in plans:
        _judge_load(plan, source, findings)
        _judge_left_out(plan, plant, source, findings)


def _judge_load(plan: LinePlan, source: Layers, findings: Findings) -> None:
    place = source.place("connections", plan.connection_id, at_key=True)
    fields: dict[str, object] = {
        "connection": plan.connection_id,
        "requests": f"{plan.requests_per_s:.3g}",
        "busy": f"{plan.share:.2f}",
    }
    if plan.firm_share > 1:
        factor = math.ceil(10 * plan.share / FULL_SHARE) / 10
        findings.fault(place, "line-overloaded", **fields, factor=f"{factor:.1f}")
    elif plan.share > 1:
        assumed = f"{1000 * plan.assumed_s:.0f}"
        findings.warn(place, "line-overloaded-perhaps", **fields, assumed=assumed)
    elif plan.share > FULL_SHARE:
        percent, most = f"{100 * plan.share:.0f}", f"{100 * FULL_SHARE:.0f}"
        findings.warn(place, "line-nearly-full", **fields, percent=percent, most=most)


def _judge_left_out(plan: LinePlan, plant: Plant, source: Layers, findings: Findings) -> None:
    by_device: dict[str, list[Point]] = {}
    for point in plan.left_out:
        by_device.setdefault(point.device_id, []).append(point)
    for device_id, points in by_device.items():
        unit = plant.devices[device_id].unit_id
        place = source.place("devices", device_id, at_key=True)
        findings.fault(place, "points-unreadable", unit=unit, points=tuple(point.id for point in points))
