"""From the plant file as written to the model: names looked up, profiles merged in, everything checked.

Each fault is told at its place and the part left out, so that one run tells all.
"""

from collections.abc import Mapping
from pathlib import Path

from config.areas import resolve_areas
from config.codes import read_codes
from config.connection import Connection
from config.device import DeviceEntry
from config.device_alarms import resolve_device_alarms
from config.device_conditions import laid_over, resolve_conditions
from config.fault import Findings, Place
from config.formerly import check_formerly
from config.gates import resolve_gates
from config.lacking import check_serves
from config.library import Library, Profile
from config.limits import resolve_limits
from config.links import check_links
from config.modbus_link import Modbus, SerialLine
from config.model import Device, Plant, Point
from config.opcua_check import locate_files
from config.overlap import check_overlaps
from config.permits import resolve_permits
from config.plant import BufferEntry, PlantEntry
from config.plant_rules import resolve_rules
from config.points import resolve_points, text_of
from config.policy import resolve_policies
from config.position import Layers, Origin
from config.reads import check_reads, resolve_ranges
from config.rule_interlock import points_of_conditions, points_of_interlocks
from config.secrets import check_secrets
from config.sector import Statutes
from config.settings import BufferSettings, Retention
from config.unit import Gas
from config.uplink_check import HJ212_CODE, check_uplinks, read_layouts
from config.validation import choice_fields
from config.written import DeviceContext
from config.written_rule import Points

REGISTERS_PER_READ_MAX = 125  # Modbus Application Protocol V1.1b3, 6.3
RTU_UNITS = (1, 247)  # Modbus over serial line V1.02, 2.2: 0 is broadcast, 248 to 255 are reserved


class Resolver:
    """Resolves one plant file; used once."""

    def __init__(
        self,
        entry: PlantEntry,
        source: Layers,
        library: Library,
        findings: Findings,
        *,
        may_lack_devices: bool = False,
    ) -> None:
        self._may_lack_devices = may_lack_devices
        self._entry = entry
        self._source = source
        self._library = library
        self._findings = findings
        self._statutes = Statutes()
        self._interlocked = points_of_interlocks(entry.rules)
        self._incomplete: set[str] = set()  # devices whose points are not all known
        self._contexts: dict[str, DeviceContext] = {}
        self._resolved: list[tuple[DeviceContext, Device]] = []
        self._connections: dict[str, Connection] = {
            id_: connection.settings for id_, connection in entry.connections.items()
        }

    def plant(self, path: Path, sha256: str) -> Plant:
        """Return the plant; only to be used when `findings` holds no fault."""
        devices = self._devices()
        points = self._points(devices)
        check_links(self._connections, self._source, self._findings)
        identity = self._entry.plant
        conditions = resolve_conditions(self._resolved, self._findings)
        of_plant = resolve_rules(self._entry.rules, self._source, points, self._findings)
        rules = (*conditions.rules, *of_plant)
        plant = Plant(
            id=identity.id,
            name=text_of(identity.name),
            region=identity.region,
            timezone=identity.timezone,
            areas=resolve_areas(self._entry.areas, self._source, points, self._findings),
            connections=locate_files(self._connections, path.parent, self._source, self._findings),
            devices=devices,
            uplinks=self._entry.uplinks,
            buffer=_buffer(self._entry.buffer),
            path=path,
            text_sha256=sha256,
            codes=self._codes(path.parent, devices),
            layouts=read_layouts(self._entry.uplinks, path.parent, self._source, self._findings),
            policies=resolve_policies(
                self._entry.uplinks, devices, self._incomplete, self._source, self._findings
            ),
            console_listen=self._entry.console.listen,
            alarms=self._entry.alarms.settings(),
            rules=rules,
            gates=resolve_gates(self._entry.gates, self._source, points, self._findings),
            disabled=conditions.disabled,
            permits=resolve_permits(
                self._entry.start_permits, self._source, points, rules, devices, self._findings
            ),
            sectors=identity.sectors,
        )
        self._check_uplinks()
        return plant

    def _devices(self) -> dict[str, Device]:
        devices: dict[str, Device] = {}
        index = 0
        self._incomplete = self._section("devices").keys() - self._entry.devices.keys()
        resolved = self._resolved
        for id_, entry in self._entry.devices.items():
            context = self._context(id_, entry)
            self._check_names(context)
            device = devices[id_] = _device(context, index)
            resolved.append((context, device))
            index += len(device.points)
            if (entry.profile and context.profile is None) or len(device.points) < context.points_to_read:
                self._incomplete.add(id_)
        if self._is_empty("connections"):
            self._findings.fault(self._source.place("connections"), "no-connections")
        if self._is_empty("devices") and not self._may_lack_devices:
            self._findings.fault(self._source.place("devices"), "no-devices")
        sound = [device for device in devices.values() if self._is_addressed(device)]
        self._contexts = {context.id: context for context, _ in resolved}
        check_overlaps(sound, self._contexts, self._source, self._findings)
        check_reads(resolved)
        check_serves(context for context, _ in resolved)
        return devices

    def _points(self, devices: Mapping[str, Device]) -> Points:
        points = {point.id: point for device in devices.values() for point in device.points}
        return Points(points, self._gas, self._incomplete)

    def _gas(self, point: Point) -> Gas | None:
        return self._contexts[point.device_id].gas(point.id.partition(".")[2])

    def _is_empty(self, section: str) -> bool:
        data = self._source.data
        return not (isinstance(data, dict) and data.get(section))

    def _section(self, name: str) -> Mapping[str, object]:
        """Return a section as written, rightly or wrongly; empty if it is not even a mapping."""
        section = self._source.data.get(name) if isinstance(self._source.data, dict) else None
        return section if isinstance(section, dict) else {}

    def _context(self, id_: str, entry: DeviceEntry) -> DeviceContext:
        origin = Origin(self._source, ("devices", id_))
        profile: Profile | None = None
        if entry.profile is not None:
            profile = self._library.get(entry.profile, origin.place("profile"))
        connection = self._connections.get(entry.connection)
        disabled = {rule for rule, each in entry.conditions.items() if each.disabled is not None}
        conditions = [each for rule, each in laid_over(entry, profile).items() if rule not in disabled]
        return DeviceContext(
            id_,
            entry,
            origin,
            profile,
            connection,
            self._findings,
            self._statutes,
            self._section("gates"),
            self._interlocked | points_of_conditions(id_, conditions),
        )

    def _check_names(self, device: DeviceContext) -> None:
        entry, origin = device.entry, device.origin
        if origin.has("connection"):
            place = origin.place("connection")
            self._check_known(entry.connection, "connections", place, "connection-unknown")
        if entry.area is not None:
            self._check_known(entry.area, "areas", origin.place("area"), "area-unknown")
        if entry.profile is None and not origin.has("profile") and not origin.has("points"):
            self._findings.fault(origin.place(at_key=True), "device-without-points")
        if isinstance(device.connection, Modbus):
            self._check_unit(device, device.connection)
        elif device.connection is not None and entry.unit is not None:
            self._findings.fault(origin.place("unit", at_key=True), "unit-without-modbus")

    def _check_known(self, name: str, section: str, place: Place, code: str) -> None:
        known = self._section(section)
        if name not in known:
            suffix, fields = choice_fields(name, known)
            self._findings.fault(place, code + suffix, name=name, **fields)

    def _check_unit(self, device: DeviceContext, connection: Connection) -> None:
        unit = device.entry.unit
        if unit is None:
            if not device.origin.has("unit"):
                self._findings.fault(device.origin.place(at_key=True), "unit-id-missing")
        elif isinstance(connection, SerialLine) and not RTU_UNITS[0] <= unit <= RTU_UNITS[1]:
            place = device.origin.place("unit")
            self._findings.fault(place, "unit-id-outside", unit=unit, least=RTU_UNITS[0], most=RTU_UNITS[1])

    def _is_addressed(self, device: Device) -> bool:
        connection = self._connections.get(device.connection_id)
        if isinstance(connection, Modbus):
            return device.unit_id is not None
        return connection is not None

    def _codes(self, folder: Path, devices: Mapping[str, Device]) -> dict[str, Mapping[str, str]]:
        points = [point.id for device in devices.values() for point in device.points]
        own = {p.id for device in devices.values() for p in device.points if p.marks is not None}
        codes: dict[str, Mapping[str, str]] = {}
        for id_, uplink in self._entry.uplinks.items():
            if uplink.codes is not None:
                asked = self._source.place("uplinks", id_, "codes")
                path = folder / uplink.codes
                codes[id_] = read_codes(
                    path,
                    points,
                    asked,
                    self._findings,
                    incomplete=self._incomplete,
                    optional=own,
                    fitting=HJ212_CODE if uplink.hj212 else None,
                )
        return codes

    def _check_uplinks(self) -> None:
        plant_file = self._source.layers[0][0].file
        for id_ in self._entry.uplinks:
            origin = Origin(self._source, ("uplinks", id_))
            if origin.has("absent") and origin.place("absent").file == plant_file:
                self._findings.fault(origin.place("absent", at_key=True), "absent-in-plant-file")
        check_uplinks(self._entry.uplinks, self._source, self._findings)
        check_formerly(self._entry.uplinks, self._source, self._findings)
        check_secrets(self._source, self._findings)


def _device(context: DeviceContext, first_index: int) -> Device:
    entry, profile = context.entry, context.profile
    points = resolve_points(context, first_index)
    simulate: dict[str, object] = {}
    if profile is not None and profile.entry.simulate is not None:
        simulate = profile.entry.simulate.model_dump()
    modbus = context.modbus()
    rules = resolve_limits(context, points)
    return Device(
        id=context.id,
        name=text_of(entry.name),
        profile=entry.profile,
        verified=profile is not None and profile.entry.verified,
        connection_id=entry.connection,
        unit_id=entry.unit,
        area=entry.area,
        tag=entry.tag,
        points=points,
        rules=rules,
        simulate=simulate | entry.simulate,
        max_gap_registers=modbus.max_gap or 0,
        max_registers=modbus.max_registers or REGISTERS_PER_READ_MAX,
        even_count=modbus.even_count or False,
        forbidden=resolve_ranges(context, "forbidden"),
        readable=resolve_ranges(context, "readable"),
        calibration_due=entry.calibration_due,
        standard=entry.standard,
        caveat=text_of(profile.entry.caveat) if profile is not None and profile.entry.caveat else None,
        alarms=resolve_device_alarms(context, points, rules),
    )


def _buffer(entry: BufferEntry) -> BufferSettings:
    retain = entry.retain
    retention = Retention(retain.readings, retain.alarms, retain.events, entry.max_size)
    return BufferSettings(retention, entry.commit_interval)
