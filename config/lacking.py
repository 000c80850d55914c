"""What a plant file lacks of what its sectors must measure.

An installation is complete area by area: what one area's devices serve together
is one installation. One of which nothing is connected is told in one line,
because nobody but the plant knows whether it exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.fault import Findings, Place
from config.model import Confidence, Device, Plant, Point
from config.position import Layers
from config.sector import Installation, Sector, Statutes, StatutoryPoint
from config.validation import choice_fields
from config.written import DeviceContext


@dataclass(frozen=True, slots=True)
class _Served:
    device: Device
    point: Point


def check_serves(devices: Iterable[DeviceContext]) -> None:
    """Tell points that serve as what no sector knows."""
    saying = ((device, written) for device in devices for written in device.points if written.entry.serves)
    for device, written in saying:
        if written.entry.serves not in device.statutes.roles:
            suffix, fields = choice_fields(written.entry.serves, sorted(device.statutes.roles))
            place = written.says.place("serves")
            device.findings.fault(place, "serves-unknown" + suffix, value=written.entry.serves, **fields)


def advise_lacking(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of statutory points that are not connected, and of those that no limit watches."""
    if not plant.sectors:
        return
    sectors, served = Statutes().sectors, _served(plant)
    for index, name in enumerate(plant.sectors):
        place = source.place("plant", "sectors", index)
        for installation in sectors[name].installations.values():
            _advise(installation, sectors[name], served, plant, place, findings)
    watched = {point.id for rule in plant.rules for point in rule.points}
    for name in plant.sectors:
        for installation in sectors[name].installations.values():
            for role, point in installation.points.items():
                if point.confidence is Confidence.LAW:
                    continue  # that is a fault: see judged.py
                unwatched = [one for one in served.get(role, ()) if one.point.id not in watched]
                _advise_alarms(point, unwatched, source, findings)


def _served(plant: Plant) -> Mapping[str, list[_Served]]:
    served: dict[str, list[_Served]] = {}
    for device in plant.devices.values():
        for point in device.points:
            if point.serves is not None:
                served.setdefault(point.serves, []).append(_Served(device, point))
    return served


def _advise(
    installation: Installation,
    sector: Sector,
    served: Mapping[str, list[_Served]],
    plant: Plant,
    place: Place,
    findings: Findings,
) -> None:
    areas = {one.device.area: None for role in installation.points for one in served.get(role, ())}
    fields = {"sector": sector.name.model_dump(), "installation": installation.name.model_dump()}
    if not areas:
        roles = tuple(installation.points)
        findings.warn(place, "installation-absent", installation.name.en, **fields, roles=roles)
    for area in areas:
        there = {role for role, all_ in served.items() for one in all_ if one.device.area == area}
        where = {"zh": "–", "en": "–"} if area is None else _name(plant, area)
        if installation.alike:
            _advise_fewer(installation, served, area, {**fields, "area": where}, place, findings)
        for role, point in installation.points.items():
            if role not in there:
                missing = {"point": point.name.model_dump(), "role": role, "basis": point.basis()}
                findings.warn(place, "statutory-missing", f"{role} {area}", **fields, **missing, area=where)


def _advise_fewer(
    installation: Installation,
    served: Mapping[str, list[_Served]],
    area: str | None,
    fields: Mapping[str, object],
    place: Place,
    findings: Findings,
) -> None:
    """Warn of points that fewer have than there are: of three furnaces two are watched."""
    there = {
        role: [one.point.id for one in served.get(role, ()) if one.device.area == area]
        for role in installation.points
    }
    most = max(len(points) for points in there.values())
    for role, points in there.items():
        if 0 < len(points) < most:
            of = installation.points[role]
            counted = {"most": most, "has": len(points), "points": tuple(points)}
            what = {"point": of.name.model_dump(), "role": role, "basis": of.basis()}
            findings.warn(place, "statutory-fewer", f"{role} {area}", **fields, **what, **counted)


def _name(plant: Plant, area: str) -> dict[str, str]:
    name = plant.areas[area].name
    return {"zh": name.zh, "en": name.en}


def _advise_alarms(
    statutory: StatutoryPoint, served: Iterable[_Served], source: Layers, findings: Findings
) -> None:
    for one in served:
        kinds = {rule.kind for rule in one.device.rules if rule.point.id == one.point.id}
        if statutory.alarm and not kinds & set(statutory.alarm):
            place = source.place("devices", one.device.id, at_key=True)
            findings.warn(
                place,
                "statutory-unwatched",
                one.point.id,
                point=one.point.id,
                what=statutory.name.model_dump(),
                kinds=tuple(kind.value for kind in statutory.alarm),
                basis=statutory.basis(),
            )
