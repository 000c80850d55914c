"""Which points are watched through a planned stop as well: gas leaks and dust smoulders while nobody works.

What the sectors' data, a profile or the unit says of it holds; a plant file may add to it and
take nothing away.
"""

from config.unit import canonical, is_concentration
from config.written import DeviceContext
from config.written_point import WrittenPoint


def always_watched(device: DeviceContext, written: WrittenPoint, unit: str) -> bool:
    """Return whether a point's rules never rest; tells where the plant file denies it."""
    said = written.entry.always_watched
    holds = (
        written.entry.gas is not None
        or is_concentration(canonical(unit))
        or _by_profile(device, written)
        or _by_statute(device, written)
    )
    if holds and said is False and written.says.has("always_watched"):
        device.findings.fault(
            written.says.place("always_watched"), "always-watched-denied", point=written.name
        )
    return holds or said is True


def _by_profile(device: DeviceContext, written: WrittenPoint) -> bool:
    if device.profile is None:
        return False
    point = device.profile.entry.points.get(written.base)
    return (device.profile.entry.always_watched and point is not None) or (
        point is not None and point.always_watched is True
    )


def _by_statute(device: DeviceContext, written: WrittenPoint) -> bool:
    role = device.statutes.role_of(written.entry.serves)
    return role is not None and role.point.always_watched
