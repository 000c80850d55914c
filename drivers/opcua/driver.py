"""The OPC UA driver: one server, watched by subscription."""

from collections.abc import Sequence
from random import Random

from config.connection import OpcUa
from config.model import Device
from drivers.clock import Clock
from drivers.driver import OnLink
from drivers.reading import Emit, ScanPlan


class OpcUaDriver:
    """Not there yet."""

    def __init__(
        self,
        connection_id: str,
        settings: OpcUa,
        devices: Sequence[Device],
        clock: Clock,
        *,
        on_link: OnLink,
        rng: Random,
    ) -> None:
        self.connection_id = connection_id

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """None yet."""
        return ()

    async def run(self, emit: Emit) -> None:
        """Do nothing yet."""
