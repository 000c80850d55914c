"""Which standard's limits a device follows: where a profile knows several, the plant file must say.

GB 6222 and GB/T 50493 give carbon monoxide different limits. Whichever were
taken silently, half of all plants would run with limits that are not theirs.
"""

from config.profile import StandardEntry
from config.validation import choice_fields
from config.written import DeviceContext


def standard_of(device: DeviceContext) -> str | None:
    """Return the standard a device follows; after telling a fault the first, so that the rest is judged."""
    standards = device.profile.entry.standards if device.profile else {}
    wanted = device.entry.standard
    if wanted in standards:
        return wanted
    if wanted is not None and device.profile is not None:
        suffix, fields = choice_fields(wanted, standards)
        place = device.origin.place("standard")
        device.findings.fault(place, "standard-unknown" + suffix, standard=wanted, **fields)
    elif is_open(device):
        shown = tuple(_shown(name, standard) for name, standard in standards.items())
        place = device.origin.place(at_key=True)
        device.findings.fault(place, "standard-not-chosen", standards="; ".join(shown))
    return next(iter(standards), None)


def is_open(device: DeviceContext) -> bool:
    """Whether several standards hold and the plant file names none."""
    several = device.profile is not None and len(device.profile.entry.standards) > 1
    return several and not device.origin.has("standard")


def _shown(name: str, standard: StandardEntry) -> str:
    limits = (
        f"{point} {kind.value} {limit.limit}"
        for point, limits in standard.rules.items()
        for kind, limit in limits.given().items()
    )
    return f"{name} ({', '.join(limits)})"
