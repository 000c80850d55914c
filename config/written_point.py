"""A point as it is written: once for each of its channels, once for each bit that is a point of its own.

A profile writes a point of a 32-channel panel once. What it stands for is 32
points, each at its own address and with the channel's number in its name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from config.base import Names
from config.opcua_source import OpcUaSource
from config.position import Layers, Origin
from config.profile import ModbusSource, PointEntry
from config.selfreport import ChannelEntry, FlagEntry, RepeatEntry, StateEntry

DIGITS_MIN: Final = 2  # concentration-01: ids sort as channels do

Channels = Mapping[int, ChannelEntry] | None
"""The channels that are fitted; None: all."""


@dataclass(frozen=True, slots=True, eq=False)
class WrittenPoint:
    """A point as written, and where.

    `base` is the name under which it is written; `origin` where its source is,
    `says` where its states and marks are: the two differ for a bit of a word.
    """

    name: str
    entry: PointEntry
    origin: Origin
    base: str
    says: Origin
    channel: int | None = None

    @classmethod
    def at(cls, name: str, entry: PointEntry, origin: Origin) -> "WrittenPoint":
        """Return the point that stands at one place."""
        return cls(name, entry, origin, name, origin)

    @property
    def is_measured(self) -> bool:
        """Whether it is about the plant, and not about the device itself."""
        entry = self.entry
        return entry.states is None and entry.heartbeat is None and entry.readback is None


def lay_over(below: WrittenPoint, entry: PointEntry, origin: Origin) -> WrittenPoint:
    """Return a point with what `entry` says laid over it, key by key."""
    above = {key: getattr(entry, key) for key in entry.model_fields_set}
    return replace(
        below,
        entry=below.entry.model_copy(update=above),
        origin=_both(below.origin, origin),
        says=_both(below.says, origin),
    )


def _both(below: Origin, above: Origin) -> Origin:
    layers = [
        (document, (*prefix, *origin.loc))
        for origin in (below, above)
        for document, prefix in origin.layers.layers
    ]
    return Origin(Layers(layers, None), ())


def expand(written: WrittenPoint, channels: Channels) -> Iterator[WrittenPoint]:
    """Yield the points that one written point stands for."""
    flags = written.entry.flags
    words = [written] if flags is None else [_flag(written, id_, flag) for id_, flag in flags.items()]
    for word in words:
        repeat = written.entry.repeat
        if repeat is None:
            yield word
            continue
        for number in range(1, repeat.count + 1):
            if channels is None or number in channels:
                yield _channel(word, repeat, number, (channels or {}).get(number) or ChannelEntry())


def _flag(word: WrittenPoint, id_: str, flag: FlagEntry) -> WrittenPoint:
    modbus = word.entry.modbus
    if modbus is not None:
        # The word is a uint16, whether it is said or not; anything else is told where the bit is resolved.
        cut = {
            "bit": flag.bit,
            "contact": flag.contact,
            "type": None if modbus.type == "uint16" else modbus.type,
        }
        modbus = modbus.model_copy(update=cut)
    said = {
        "name": flag.name,
        "modbus": modbus,
        "opcua": flag.opcua,
        "flags": None,
        "states": {1: StateEntry(name=flag.name, quality=flag.quality)} if flag.quality else None,
        "alarm": flag.alarm,
        "marks": flag.marks,
        "heartbeat": flag.heartbeat,
        "serves": flag.serves,
    }
    entry = word.entry.model_copy(update=said)
    return replace(word, name=id_, base=id_, entry=entry, says=word.says.at("flags", id_))


def _channel(written: WrittenPoint, repeat: RepeatEntry, number: int, channel: ChannelEntry) -> WrittenPoint:
    entry = written.entry
    digits = max(DIGITS_MIN, len(str(repeat.count)))
    said = {
        "name": entry.name and _named(entry.name, number, channel),
        "states": entry.states
        and {
            raw: state.model_copy(update={"name": _named(state.name, number, channel)})
            for raw, state in entry.states.items()
        },
        "tag": channel.tag or entry.tag,
        "modbus": entry.modbus and _moved(entry.modbus, repeat, number),
        "opcua": entry.opcua and _numbered(entry.opcua, number),
        "repeat": None,
    }
    name = f"{written.name}-{number:0{digits}d}"
    return replace(written, name=name, entry=entry.model_copy(update=said), channel=number)


def _named(name: Names, number: int, channel: ChannelEntry) -> Names:
    of_channel = channel.name or Names(zh=f"通道{number}", en=f"Channel {number}")
    return Names(
        zh=name.zh.replace("{n}", str(number)).replace("{channel}", of_channel.zh),
        en=name.en.replace("{n}", str(number)).replace("{channel}", of_channel.en),
    )


def _moved(source: ModbusSource, repeat: RepeatEntry, number: int) -> ModbusSource:
    moved: dict[str, object] = {"address": source.address + (number - 1) * repeat.step}
    if source.bit is not None:
        moved["bit"] = source.bit + (number - 1) * repeat.bit_step
    return source.model_copy(update=moved)


def _numbered(source: OpcUaSource, number: int) -> OpcUaSource:
    texts = {key: getattr(source, key) for key in ("id", "path", "name")}
    return source.model_copy(
        update={key: text.replace("{n}", str(number)) for key, text in texts.items() if text is not None}
    )
