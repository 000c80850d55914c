"""Line settings: what is no serial port is a fault in words, and a simulated line takes any parity."""

import os
import tty

import pytest

from config.modbus_link import ModbusRtu
from drivers.clock import SystemClock
from drivers.errors import PortSettingsRefused
from drivers.messages import describe
from drivers.modbus.line import open_line


async def test_a_file_that_is_no_serial_port_is_refused_with_the_mend() -> None:
    with pytest.raises(PortSettingsRefused) as caught:
        await open_line(ModbusRtu(port="/dev/null"), SystemClock(), lambda: None)
    assert "/dev/null" in describe(caught.value).zh
    assert "parity" in describe(caught.value).en


async def test_a_line_with_parity_can_be_simulated_and_opened_again() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    settings = ModbusRtu(port=os.ttyname(slave), parity="even")
    try:
        for _ in range(3):
            line = await open_line(settings, SystemClock(), lambda: None)
            assert line.connected
            line.close()
    finally:
        os.close(master)
        os.close(slave)
