"""Do a device's channels, and the names of all its points, fit together?"""

from collections.abc import Iterator

from config.position import Origin
from config.profile import PointEntry
from config.written import DeviceContext


def check_channels(device: DeviceContext) -> None:
    """Tell channels that its points do not have, bits that are no points, and ids that stand twice."""
    _check_fitted(device)
    _check_flags(device)
    _check_names(device)


def _check_fitted(device: DeviceContext) -> None:
    channels = device.entry.channels
    if channels is None:
        return
    entries = [
        *device.entry.points.values(),
        *(device.profile.entry.points.values() if device.profile else ()),
    ]
    counts = [entry.repeat.count for entry in entries if entry.repeat is not None]
    place = device.origin.place("channels", at_key=True)
    if not counts:
        device.findings.fault(place, "channels-of-none")
    elif max(channels) > max(counts):
        beyond = max(channels)
        where = device.origin.place("channels", beyond, at_key=True)
        device.findings.fault(where, "channel-beyond", channel=beyond, count=max(counts))


def _written(device: DeviceContext) -> Iterator[tuple[PointEntry, Origin]]:
    if device.profile is not None:
        for name, entry in device.profile.entry.points.items():
            yield entry, device.profile.origin.at("points", name)
    for name, entry in device.entry.points.items():
        yield entry, device.origin.at("points", name)


def _check_flags(device: DeviceContext) -> None:
    """A word of flags is no point: it has neither states nor a scale of its own."""
    for entry, where in _written(device):
        if entry.flags is None:
            continue
        for key in ("states", "heartbeat", "readback", "alarm", "marks", "unit", "range", "datatype"):
            if key in entry.model_fields_set and getattr(entry, key):
                device.findings.fault(where.place(key, at_key=True), "flags-and-more", key=key)


def _check_names(device: DeviceContext) -> None:
    seen: set[str] = set()
    for written in device.points:
        if written.name in seen:
            device.findings.fault(written.says.place(at_key=True), "point-twice", point=written.name)
        seen.add(written.name)
