"""How many messages an uplink may send in a time, and whether that can be enough.

A platform that gets less than is recorded falls behind for ever, without a fault
that anybody would see: it must be found out before the start.
"""

from typing import Final

from config.fault import Findings
from config.layout import LayoutFile
from config.model import Plant
from config.policy import chosen
from config.position import Layers, Loc
from config.settings import Policy
from config.uplink import Uplink

COMMITS_PER_MESSAGE: Final = 100
READINGS_PER_MESSAGE: Final = 5000
"""What a message holds at most, roughly, where the layout allows it: 48 kB of the store."""
SHARE_FOR_HEARTBEATS: Final = 0.5
ROOM: Final = 2.0
"""Times what is recorded: below it an outage takes longer to make up for than it lasted."""


def allowed_per_s(uplink: Uplink, layout: LayoutFile) -> float | None:
    """Return the most messages in a second: the stricter of the plant file's word and the layout's."""
    return min((rate for rate in (uplink.rate, layout.limits.rate) if rate is not None), default=None)


def check_rate(id_: str, uplink: Uplink, layout: LayoutFile, source: Layers, findings: Findings) -> None:
    """Tell where heartbeats, which do not wait, would leave nothing for readings."""
    rate = allowed_per_s(uplink, layout)
    if rate is None or "heartbeat" not in layout.kinds or rate * uplink.heartbeat * SHARE_FOR_HEARTBEATS >= 1:
        return
    fields = {"rate": _per_hour(rate), "heartbeat": f"{uplink.heartbeat:g} s"}
    findings.fault(source.place(*_key(id_, uplink)), "rate-for-heartbeats-only", **fields)


def advise_rates(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of rates that are not enough for what is recorded."""
    for id_, layout in plant.layouts.items():
        uplink = plant.uplinks[id_]
        rate, needed = allowed_per_s(uplink, layout), _needed_per_s(plant, plant.policies[id_], layout)
        if rate is not None and rate < needed * ROOM:
            fields = {"uplink": id_, "rate": _per_hour(rate), "needed": _per_hour(needed)}
            findings.warn(source.place(*_key(id_, uplink)), "rate-low", **fields)


def _needed_per_s(plant: Plant, policy: Policy, layout: LayoutFile) -> float:
    """Return how many messages the readings of a second take, in the long run."""
    points = [point for point in plant.points if chosen(policy.patterns, point.id)]
    every_s = (point.period_s if policy.kind == "all" else policy.window_s for point in points)
    most = min(layout.limits.points or READINGS_PER_MESSAGE, READINGS_PER_MESSAGE)
    return max(sum(1 / each for each in every_s) / most, 1 / (COMMITS_PER_MESSAGE * plant.commit_interval_s))


def _key(id_: str, uplink: Uplink) -> Loc:
    return ("uplinks", id_, "layout" if uplink.rate is None else "rate")


def _per_hour(per_s: float) -> str:
    number = per_s * 3600
    return f"{number:.0f}/h" if number >= 100 else f"{number:.3g}/h"
