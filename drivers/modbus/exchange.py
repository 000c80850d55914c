"""A block as a request, and what of an answer is the block's data."""

from dataclasses import replace
from typing import Final

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from config.source import Table
from drivers.errors import ExceptionReply, WrongReply
from drivers.modbus.claims import Question, data_bytes
from drivers.modbus.framing import Answer
from drivers.modbus.plan import Block

_ERROR_FLAG: Final = 0x80

_REQUESTS: Final[dict[Table, type[ModbusPDU]]] = {
    Table.COIL: ReadCoilsRequest,
    Table.DISCRETE_INPUT: ReadDiscreteInputsRequest,
    Table.HOLDING_REGISTER: ReadHoldingRegistersRequest,
    Table.INPUT_REGISTER: ReadInputRegistersRequest,
}


def request_for(block: Block) -> ModbusPDU:
    """Return the request that reads a block."""
    return _REQUESTS[block.table](address=block.first, count=block.count, dev_id=block.unit_id)


def question_of(block: Block) -> Question:
    """Return the request as far as its answer can be told by it."""
    return Question.read(block.unit_id, block.table.function_code, block.first, block.count)


def size_of(block: Block) -> int:
    """Return how many data bytes the answer brings."""
    return data_bytes(block.table.function_code, block.count)


def named(block: Block) -> str:
    """Return the request in words, as far as the answer must fit it."""
    return f"function {block.table.function_code}, {size_of(block)} bytes"


def data_of(answer: Answer, block: Block) -> bytes:
    """Return the data bytes of an answer to the request for `block`.

    Raises ExceptionReply, or WrongReply where it fits no such request.
    """
    function_code = block.table.function_code
    size = size_of(block)
    if answer.function_code == function_code | _ERROR_FLAG and answer.data:
        raise ExceptionReply(block.unit_id, answer.data[0])
    data = answer.data[1:]
    if answer.function_code != function_code or len(data) != size or answer.data[0] != size:
        raise WrongReply(block.unit_id, named(block), f"function {answer.function_code}, {len(data)} bytes")
    return data


def less_of(block: Block) -> Block | None:
    """Return a read of the same addresses, but fewer, with fewer data bytes; None where there is none.

    Two registers fewer, where that leaves any: some units only answer even counts.
    """
    fewer = 8 if block.table.holds_bits else 2
    count = block.count - fewer if block.count > fewer else block.count - 1
    less = replace(block, count=count, points=())
    return less if count > 0 and size_of(less) < size_of(block) else None
