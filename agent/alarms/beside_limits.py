"""What is watched beside limits: alarms that devices raise themselves, sensors over their range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.alarms.deadlines import Deadlines
from agent.alarms.device_alarm import JoinedWord, Joint, WordWatch
from agent.alarms.duty import duty_of_priority
from agent.alarms.event import Out
from agent.alarms.limit import LimitWatch
from agent.alarms.note import OnNote
from agent.alarms.over_range import PRIORITY, OverRangeWatch
from config.model import Device, Plant

PointWatch = LimitWatch | WordWatch | JoinedWord | OverRangeWatch
"""Whatever sees every reading of one point."""


@dataclass(slots=True)
class BesideLimits:
    """The watches, by point; those of `watches` have an alarm of their own."""

    by_point: dict[str, list[PointWatch]] = field(default_factory=dict)
    watches: list[WordWatch | OverRangeWatch] = field(default_factory=list)
    joints: dict[str, Joint] = field(default_factory=dict)  # by the limit's rule

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up what stood when the last run ended; called after all alarms have."""
        for joint in self.joints.values():
            joint.start(is_told=joint.key in stored)


def beside_limits(
    plant: Plant, limits: Sequence[LimitWatch], deadlines: Deadlines, out: Out, on_note: OnNote
) -> BesideLimits:
    """Return the watches of a plant, joined to the limits that they belong to."""
    found = BesideLimits()
    by_rule = {limit.rule.id: limit for limit in limits}
    for device in plant.devices.values():
        for told in device.alarms:
            watch: WordWatch | JoinedWord
            if told.rule in by_rule:
                rule = str(told.rule)
                joint = found.joints.get(rule) or Joint(by_rule[rule], deadlines, on_note)
                found.joints[rule] = joint
                watch = JoinedWord(told, joint)
            else:
                duty = duty_of_priority(plant.alarms, told.priority)
                watch = WordWatch(told, device.name, duty, deadlines, out)
                found.watches.append(watch)
            found.by_point.setdefault(told.word.id, []).append(watch)
        _add_over_range(found, device, plant, limits, deadlines, out)
    return found


def _add_over_range(
    found: BesideLimits,
    device: Device,
    plant: Plant,
    limits: Sequence[LimitWatch],
    deadlines: Deadlines,
    out: Out,
) -> None:
    """Over-range comes before the point's limits, and around what a device says of them."""
    for point in device.points:
        if point.over_range_latched:
            own = [limit for limit in limits if limit.rule.point.id == point.id]
            duty = duty_of_priority(plant.alarms, PRIORITY, latched=True)
            watch = OverRangeWatch(point, device.name, own, duty, deadlines, out)
            found.watches.append(watch)
            found.by_point.setdefault(point.id, []).append(watch)
