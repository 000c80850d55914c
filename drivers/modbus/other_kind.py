"""Links of which nothing ever came: the other end may speak the other kind of Modbus.

A Modbus TCP server and a serial server that passes bytes through take the same
connections, mostly on the same port, and neither says which it is: it keeps silent,
or hangs up, on frames that it does not understand. The mend is one word in the plant file.
"""

from config.modbus_link import Modbus, ModbusRtuTcp, ModbusTcp
from drivers.errors import HungUp, LinkFault, Lost, Silent, SilentLine, SilentServer, Unusable


def doubting_kind(fault: LinkFault, settings: Modbus) -> LinkFault:
    """Return the fault of a link from which nothing ever came, with the doubt of its kind where it may be."""
    if isinstance(fault, Silent) and not isinstance(fault, Unusable):
        if isinstance(settings, ModbusTcp):
            return SilentServer(fault.where)
        if isinstance(settings, ModbusRtuTcp):
            return SilentLine(fault.where)
    if isinstance(fault, Lost) and isinstance(settings, ModbusRtuTcp):
        return HungUp(fault.where, fault.detail)
    return fault
