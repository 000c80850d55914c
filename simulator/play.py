"""Plays a plant: every connection with its devices, a log of what they served, an overlay to reach them."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.connection import Connection
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.model import Plant
from config.opcua_link import OpcUa
from simulator.devices import PlayedDevice, play_devices
from simulator.dtu import DtuPlayer
from simulator.exchange import Exchange
from simulator.line import LinePlayer
from simulator.modbus import TcpPlayer
from simulator.overlay import write_overlay
from simulator.player import Overlay, Player
from simulator.relay import Cabled, is_cut
from simulator.served import ServedLog
from simulator.station import Station
from simulator.timeline import Timeline

SERVED_NAME: Final = "served.jsonl"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a plant is played with. `folder` takes the log, the overlay and the serial ports' links."""

    timeline: Timeline
    folder: Path
    served: ServedLog


async def play(
    plant: Plant, timeline: Timeline, folder: Path, *, seed: int, ready: Callable[[Path], None]
) -> None:
    """Play until cancelled; calls `ready` with the overlay's path once every connection answers.

    `folder` must exist and be absolute. Raises OSError where a port or file cannot be had.
    """
    async with AsyncExitStack() as closing:
        served = closing.enter_context(ServedLog(folder / SERVED_NAME))
        stage = Stage(timeline, folder, served)
        devices = play_devices(plant, timeline, seed)
        players: dict[str, Player] = {}
        overlays: dict[str, Overlay] = {}
        for connection_id, settings in plant.connections.items():
            player = _player(connection_id, settings, devices[connection_id], stage)
            closing.push_async_callback(player.close)
            overlays[connection_id] = await player.open()
            players[connection_id] = player
        ready(write_overlay(folder, overlays))
        async with asyncio.TaskGroup() as tasks:
            for connection_id, player in players.items():
                tasks.create_task(player.run(), name=f"simulator[{connection_id}]")
            tasks.create_task(asyncio.Event().wait(), name="simulator.until-cancelled")


def _player(
    connection_id: str, settings: Connection, devices: tuple[PlayedDevice, ...], stage: Stage
) -> Player:
    if isinstance(settings, OpcUa):
        from simulator.opcua import OpcUaPlayer  # 19 MB and a quarter of a second, so only where needed

        player = OpcUaPlayer(connection_id, settings, devices, stage.timeline, stage.served, stage.folder)
        is_cabled = is_cut(connection_id, stage.timeline)
        return Cabled(connection_id, player, stage.timeline) if is_cabled else player
    station = Station(connection_id, devices, stage.timeline, timeout_s=settings.timeout)
    exchange = Exchange(station, stage.served, stage.timeline.clock)
    match settings:
        case ModbusTcp() | ModbusRtuTcp():
            return TcpPlayer(connection_id, settings, exchange, stage.timeline)
        case ModbusDtu():
            return DtuPlayer(connection_id, settings, exchange, stage.timeline)
        case ModbusRtu():
            return LinePlayer(connection_id, settings, exchange, stage.timeline, stage.folder)
