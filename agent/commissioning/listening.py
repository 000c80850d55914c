"""Listening on a serial line before anything is asked: does another master talk there?

A second master's requests and ours destroy each other, so that a plant's PLC loses
its devices while we probe. Where bytes are heard, but no frames, the line's speed
may be another than the one we listen at: then every other setting is listened at
as well, and a master that is understood has told us the setting of its line.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agent.commissioning.candidates import Setting
from config.modbus_link import ModbusRtu
from drivers.clock import Clock
from drivers.modbus.eavesdrop import Eavesdropper, Frame, Kind
from drivers.modbus.line import open_port

LISTEN_S: Final = 3.0
ANSWERS_MIN: Final = 2
"""So many answers, and not a single request: the setting is right, and nobody asks."""
NOISE_BYTES_MAX: Final = 8
"""A line without bias resistors brings a stray byte now and then; a talk is more than that."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard at one setting. `asks` maps the units that were asked to the function codes.

    `answers` are those of the units in `answered`.
    """

    setting: Setting
    received: int = 0
    asks: tuple[tuple[int, tuple[int, ...]], ...] = ()
    answered: tuple[int, ...] = ()
    answers: int = 0

    @property
    def is_talk(self) -> bool:
        """Whether somebody talks: requests were understood, or there is more than noise."""
        return bool(self.asks) or self.received > NOISE_BYTES_MAX

    @property
    def is_understood(self) -> bool:
        """Whether the setting is the line's own."""
        return bool(self.asks) or self.is_unasked

    @property
    def is_unasked(self) -> bool:
        """Whether units speak, and no master is heard: they send unasked, or its pair is not connected."""
        return not self.asks and self.answers >= ANSWERS_MIN


class _Ear(asyncio.Protocol):
    """Takes what a port brings."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._eavesdropper = Eavesdropper()
        self._frames: list[Frame] = []
        self.received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._frames += self._eavesdropper.feed(data, self._clock.monotonic_ns())

    def frames(self) -> list[Frame]:
        return self._frames + self._eavesdropper.silence()


async def listen(line: ModbusRtu, setting: Setting, clock: Clock, *, for_s: float) -> Heard:
    """Listen at one setting, without sending a bit.

    Raises PortMissing, PortBusy, PortForbidden, PortSettingsRefused, Lost.
    """
    ear = _Ear(clock)
    transport = await open_port(line, lambda: ear)
    try:
        await clock.sleep_until(clock.monotonic_ns() + round(for_s * 1e9))
    finally:
        transport.abort()
        await asyncio.sleep(0)  # the transport closes its port in the loop's next turn
    frames = ear.frames()
    asks: dict[int, set[int]] = {}
    for frame in frames:
        if frame.kind is Kind.REQUEST:
            asks.setdefault(frame.unit_id, set()).add(frame.function_code)
    answers = [frame.unit_id for frame in frames if frame.kind is not Kind.REQUEST]
    named = tuple((unit, tuple(sorted(asks[unit]))) for unit in sorted(asks))
    return Heard(setting, ear.received, named, tuple(sorted(set(answers))), len(answers))


async def understand(
    line: ModbusRtu, settings: Iterable[Setting], clock: Clock, *, for_s: float
) -> Heard | None:
    """Listen at one setting after the other until a talk is understood; None if it never is.

    Raises as `listen` does.
    """
    for setting in settings:
        at = {"baudrate": setting.baudrate, "parity": setting.parity, "stopbits": setting.stopbits}
        heard = await listen(line.model_copy(update=at), setting, clock, for_s=for_s)
        if heard.is_understood:
            return heard
    return None
