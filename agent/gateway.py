"""What a running agent is made of; built by daemon.py, read by status.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.alarms.engine import Engine
from agent.latest import LatestValues
from agent.loop_lag import LoopLag
from agent.pipeline import Pipeline
from agent.supervise import Supervisor
from agent.uplinks.forward import Forwarder
from agent.uplinks.uplink import OnEvent
from buffering.outbox import Outbox
from config.model import Plant, Text
from drivers.clock import Clock
from drivers.driver import Driver


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of one running agent."""

    plant: Plant
    clock: Clock
    started_ns: int
    supervisor: Supervisor
    outbox: Outbox
    stopgap: Text | None  # why the outbox is not the one in the state folder
    engine: Engine
    latest: LatestValues
    pipeline: Pipeline
    drivers: tuple[Driver, ...]
    forwarders: Mapping[str, Forwarder]
    lag: LoopLag
    on_event: OnEvent  # puts on record what a person did
    unusable: Mapping[str, Text]  # uplinks that cannot work as configured here, and why
