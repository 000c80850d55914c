"""`edge-agent` that writes where it should read, and whose allow-list lets it, as a process of its own.

python -m tests.mutants.launch_writes run PLANT --state DIR
"""

import sys
from collections.abc import Callable
from typing import Any

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.register_message import WriteSingleRegisterRequest

import drivers.modbus.guard
from agent.cli.main import main
from config.source import Table
from drivers.modbus.exchange import request_for
from drivers.modbus.plan import Block


def _writing(read: Callable[[Block], ModbusPDU]) -> Callable[[Block], ModbusPDU]:
    def write(block: Block) -> ModbusPDU:
        if block.table is Table.COIL:
            return read(block)
        return WriteSingleRegisterRequest(address=block.first, registers=[0], dev_id=block.unit_id)

    return write


def _let_pass(*_: Any) -> None:
    pass


if __name__ == "__main__":
    setattr(drivers.modbus.guard, "request_for", _writing(request_for))  # noqa: B010
    if "--guarded" in sys.argv:  # the mutant writes, and the allow-list is in force
        sys.argv.remove("--guarded")
    else:
        setattr(drivers.modbus.guard, "refuse_all_but_reads", _let_pass)  # noqa: B010
    sys.exit(main())
