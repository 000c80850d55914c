"""Which driver serves which kind of connection."""

import logging
from collections.abc import Sequence

from config.connection import Connection
from config.model import Device
from config.opcua_link import OpcUa
from drivers.driver import Driver
from drivers.modbus.driver import ModbusDriver
from drivers.surroundings import Surroundings


def build_driver(
    connection_id: str,
    settings: Connection,
    devices: Sequence[Device],
    surroundings: Surroundings,
) -> Driver:
    """Return the driver of one connection.

    The libraries below write a line for every failed request; ours tell each
    change of state once, through `on_link`. Theirs are kept for debugging only.
    """
    if isinstance(settings, OpcUa):
        # asyncua costs 19 MB and a quarter of a second: only plants that speak OPC UA pay for it.
        from drivers.opcua.driver import OpcUaDriver

        _hush("asyncua", "asyncuagds")
        return OpcUaDriver(connection_id, settings, devices, surroundings)
    _hush("pymodbus")
    return ModbusDriver(connection_id, settings, devices, surroundings)


def _hush(*names: str) -> None:
    for name in names:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() > logging.DEBUG:
            logger.setLevel(logging.CRITICAL + 1)  # asyncua calls a refused connection fatal
