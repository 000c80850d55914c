"""Which standard's limits a device follows: where several are known, the plant file must say.

GB 6222 and GB/T 50493 give carbon monoxide different limits. Whichever were
taken silently, half of all plants would run with limits that are not theirs.

A profile's own standards come first. Where it has none, or there is no profile, the
standards of the statutory points that the device's points serve as do the same:
the law does not depend on whose detector reads the gas.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from config.position import Origin
from config.rule import Limits, ProfileLimitEntry
from config.validation import choice_fields
from config.written import DeviceContext

Rules = Mapping[str, Limits[ProfileLimitEntry]]


@dataclass(slots=True)
class _Standard:
    """What one standard says of one device's points, and where it is written."""

    rules: list[tuple[Rules, Origin]] = field(default_factory=list)

    def shown(self, name: str) -> str:
        """Return its limits for a sentence."""
        limits = (
            f"{point} {kind.value} {limit.limit}"
            for rules, _ in self.rules
            for point, limits in rules.items()
            for kind, limit in limits.given().items()
        )
        return f"{name} ({', '.join(limits)})"


def statutory_rules(device: DeviceContext) -> Iterator[tuple[Rules, Origin]]:
    """Yield the limits of the standard that a device follows; tells a fault where it names none, or another.

    After a fault those of the first one, so that the rest is judged.
    """
    standards, wanted = _standards(device), device.entry.standard
    if wanted is not None and wanted not in standards:
        if device.profile is not None or standards:
            suffix, fields = choice_fields(wanted, standards)
            place = device.origin.place("standard")
            device.findings.fault(place, "standard-unknown" + suffix, standard=wanted, **fields)
    elif is_open(device):
        shown = "; ".join(standard.shown(name) for name, standard in standards.items())
        device.findings.fault(device.origin.place(at_key=True), "standard-not-chosen", standards=shown)
    chosen = wanted if wanted in standards else next(iter(standards), None)
    if chosen is not None:
        yield from standards[chosen].rules


def is_open(device: DeviceContext) -> bool:
    """Whether several standards hold and the plant file names none."""
    return not device.origin.has("standard") and len(_standards(device)) > 1


def _standards(device: DeviceContext) -> dict[str, _Standard]:
    if device.profile is not None and device.profile.entry.standards:
        of_profile = device.profile.origin.at("standards")
        return {
            name: _Standard([(entry.rules, of_profile.at(name, "rules"))])
            for name, entry in device.profile.entry.standards.items()
        }
    found: dict[str, _Standard] = {}
    for written in device.points:
        if (role := device.statutes.role_of(written.entry.serves)) is not None:
            for name, limits in role.point.standards.items():
                rules = found.setdefault(name, _Standard()).rules
                rules.append(({written.name: limits}, role.origin.at("standards", name)))
    return found
