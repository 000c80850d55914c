"""The one seam to pymodbus: a request goes out, its own answer comes back, or an error says why not.

Bare, pymodbus 3.16 passes a wrong function code and a short reply as success,
gives a late RTU reply to the next request, sleeps through its time-out when the
peer has closed, reconnects inside a read, and closes the connection by itself
after a few silent requests. Here, instead:

- Only requests on the allow-list leave (read-only, held on the bytes themselves).
- An answer must carry the request's unit, function code and length.
- A connection that breaks fails the waiting request at once.
- A serial line is drained after a time-out; a cancelled request closes the
  connection. Either way no answer is left over for the next request.
- Connecting, retrying and reconnecting are decided above, never here.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from pymodbus import FramerType
from pymodbus.client.base import ModbusBaseClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from config.source import Table
from drivers.clock import Clock
from drivers.errors import ExceptionReply, Lost, NoReply, WrongReply
from drivers.modbus.claims import Question, data_bytes
from drivers.modbus.framing import READ_MAX, Answer, RtuFraming, Strays, TcpFraming
from drivers.modbus.plan import Block

READ_FUNCTIONS: Final = frozenset({1, 2, 3, 4})
READ_DEVICE_IDENTIFICATION: Final = (43, 14)
_ERROR_FLAG: Final = 0x80
_NEVER: Final = 1 << 62
_REQUEST_BYTES: Final = 8
_ANSWER_EXTRA_BYTES: Final = 5  # unit, function, byte count, CRC

_DRAIN_S: Final = 0.05
"""Beside two answers' time on the wire: how late a unit may be and its answer still be caught."""
_DRAINS_MAX: Final = 4
"""A unit that goes on babbling gets no more than so many drains; the checks on its answers stand."""

_REQUESTS: Final[dict[Table, type[ModbusPDU]]] = {
    Table.COIL: ReadCoilsRequest,
    Table.DISCRETE_INPUT: ReadDiscreteInputsRequest,
    Table.HOLDING_REGISTER: ReadHoldingRegistersRequest,
    Table.INPUT_REGISTER: ReadInputRegistersRequest,
}


class ForbiddenRequestError(Exception):
    """A request that could change the device was about to leave: our own mistake, stopped."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What a transport's frames look like, and how much silence it needs."""

    framer: FramerType
    function_offset: int  # where the function code stands in a frame
    has_transaction_id: bool  # answers can be told apart by themselves
    pause_s: float = 0.0  # kept between an answer and the next request
    byte_s: float = 0.0  # how long one byte takes on a serial line


class Tap(Protocol):
    """Hears all that passes on a connection; must not raise."""

    def bytes_passed(self, data: bytes, *, sent: bool) -> None:
        """Take what was sent, or what one read brought."""
        ...

    def strays(self, strays: Strays) -> None:
        """Take what came and was no answer to our request."""
        ...


class Guard:
    """One Modbus connection, from connect to close. Not for concurrent use: one request in flight."""

    def __init__(
        self,
        make_client: Callable[..., ModbusBaseClient],
        wire: Wire,
        clock: Clock,
        *,
        where: str,
        on_lost: Callable[[], None],
        tap: Tap | None = None,
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._where = where
        self._on_lost = on_lost
        self._free_ns = clock.monotonic_ns()
        self._heard_ns = 0
        self._tap = tap
        self._late_units: set[int] = set()
        self._client = make_client(
            framer=wire.framer,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._trace_packet,
            trace_connect=self._trace_connect,
        )
        self._client.set_max_no_responses(_NEVER)
        framing = TcpFraming if wire.has_transaction_id else RtuFraming
        self._framing = framing(self._note_strays, clock.monotonic_ns)
        self._client.ctx.framer = self._framing
        self._client.ctx.max_buffer_size = READ_MAX

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        return self._client.connected

    async def connect(self) -> None:
        """Open the connection.

        Raises OSError with the system's reason, or TimeoutError; pymodbus alone says only "no".
        """
        reasons: list[OSError] = []
        context = self._client.ctx
        context.call_create = _keeping_reason(context.call_create, reasons)
        if not await self._client.connect():
            raise reasons[0] if reasons else TimeoutError(self._where)

    def close(self) -> None:
        """Close the connection for good; a request still waiting fails. The next one needs a new guard."""
        self._client.close()
        self._fail_waiting()

    async def read(self, block: Block, timeout_s: float) -> bytes:
        """Ask for one block and return its data bytes.

        The unit has `timeout_s` to answer; what the frames take on a serial
        line is given beside it.

        Raises Lost, NoReply, ExceptionReply, WrongReply.
        """
        if self._framing.doubts(_question(block)):
            await self._settle(block, timeout_s)
        return await self._exchange(block, timeout_s)

    async def _settle(self, block: Block, timeout_s: float) -> None:
        """Ask for less, whose answer cannot be mistaken: what was asked before is settled by it (claims.py).

        Raises as `read` does; WrongReply where nothing less can be asked.
        """
        less = _less(block)
        if less is None or self._framing.doubts(_question(less)):
            raise WrongReply(block.unit_id, _asked(block), "possibly the answer to an earlier request")
        with suppress(ExceptionReply):  # an answer too
            await self._exchange(less, timeout_s)

    async def _exchange(self, block: Block, timeout_s: float) -> bytes:
        if not self.connected:
            raise Lost(self._where)
        if self._wire.pause_s:
            await self._clock.sleep_until(self._free_ns)
        request = _REQUESTS[block.table](address=block.first, count=block.count, dev_id=block.unit_id)
        answer_s = self._wire.byte_s * (_ANSWER_EXTRA_BYTES + _data_bytes(block))
        try:
            answer = await self._transact(request, timeout_s + self._wire.byte_s * _REQUEST_BYTES + answer_s)
            return _checked(answer, block)
        except (NoReply, WrongReply):
            await self._drain(_DRAIN_S + 2 * answer_s)
            raise
        finally:
            self._free_ns = self._clock.monotonic_ns() + round(self._wire.pause_s * 1e9)

    def take_late_units(self) -> frozenset[int]:
        """Return the units whose answers came when nobody waited for them any more."""
        late = frozenset(self._late_units)
        self._late_units.clear()
        return late

    async def _transact(self, request: ModbusPDU, timeout_s: float) -> Answer:
        self._client.ctx.comm_params.timeout_connect = timeout_s  # pymodbus has no time-out per request
        try:
            answer = await self._client.execute(False, request)
        except ConnectionException as error:
            raise Lost(self._where) from error
        except ModbusIOException as error:
            if (got := self._framing.over()) is not None:
                raise WrongReply(request.dev_id, f"function {request.function_code}", got) from error
            raise NoReply(request.dev_id, timeout_s) from error
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._framing.over()
            _honour_cancel()
        assert isinstance(answer, Answer)
        return answer

    async def _drain(self, silence_s: float) -> None:
        """Wait until a line has been silent for so long: a late answer falls on the floor."""
        if self._wire.has_transaction_id:  # a late answer is known by its id
            return
        silence_ns = round(silence_s * 1e9)
        begun_ns = self._clock.monotonic_ns()
        for _ in range(_DRAINS_MAX):
            until_ns = max(begun_ns, self._heard_ns) + silence_ns
            if until_ns <= self._clock.monotonic_ns():
                return
            await self._clock.sleep_until(until_ns)

    def _trace_packet(self, sending: bool, packet: bytes) -> bytes:
        if sending:
            refuse_all_but_reads(packet[self._wire.function_offset :])
            self._framing.sent(packet)
        else:
            self._note_heard(packet)
        if self._tap is not None:
            self._tap.bytes_passed(packet, sent=sending)
        return packet

    def _note_heard(self, _packet: bytes) -> None:
        self._heard_ns = self._clock.monotonic_ns()

    def _note_strays(self, strays: Strays) -> None:
        self._late_units |= strays.late_units
        if self._tap is not None:
            self._tap.strays(strays)

    def _trace_connect(self, up: bool) -> None:
        if not up:
            self._fail_waiting()
            self._on_lost()

    def _fail_waiting(self) -> None:
        waiting = self._client.ctx.response_future
        if not waiting.done():
            waiting.set_exception(ConnectionException("the connection is closed"))
            waiting.exception()  # seen: there may be no request to see it


def _honour_cancel() -> None:
    """Let a cancel through that met the answer, or the loss of the connection.

    pymodbus waits with `asyncio.wait_for`, which in Python 3.11 passes on what it
    waited for and forgets the cancel when both come in the same turn of the loop:
    the task would poll on for ever, and the agent would never stop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def refuse_all_but_reads(pdu: bytes) -> None:
    """Raise ForbiddenRequestError unless `pdu`, as it would stand on the wire, only reads."""
    if pdu[0] not in READ_FUNCTIONS and tuple(pdu[:2]) != READ_DEVICE_IDENTIFICATION:
        raise ForbiddenRequestError(f"function code {pdu[0]} may not leave this gateway")


def _checked(answer: Answer, block: Block) -> bytes:
    function_code = block.table.function_code
    size = _data_bytes(block)
    if answer.function_code == function_code | _ERROR_FLAG and answer.data:
        raise ExceptionReply(block.unit_id, answer.data[0])
    data = answer.data[1:]
    if answer.function_code != function_code or len(data) != size or answer.data[0] != size:
        raise WrongReply(block.unit_id, _asked(block), f"function {answer.function_code}, {len(data)} bytes")
    return data


def _asked(block: Block) -> str:
    return f"function {block.table.function_code}, {_data_bytes(block)} bytes"


def _data_bytes(block: Block) -> int:
    return data_bytes(block.table.function_code, block.count)


def _question(block: Block) -> Question:
    return Question.read(block.unit_id, block.table.function_code, block.first, block.count)


def _less(block: Block) -> Block | None:
    """Return a read of the same addresses, but fewer, with fewer data bytes; None where there is none.

    Two registers fewer, where that leaves any: some units only answer even counts.
    """
    fewer = 8 if block.table.holds_bits else 2
    count = block.count - fewer if block.count > fewer else block.count - 1
    less = replace(block, count=count, points=())
    return less if count > 0 and _data_bytes(less) < _data_bytes(block) else None


def _keeping_reason(
    create: Callable[[], Coroutine[Any, Any, Any]], reasons: list[OSError]
) -> Callable[[], Coroutine[Any, Any, Any]]:
    async def keeping() -> Any:
        try:
            return await create()
        except OSError as error:
            reasons.append(error)
            raise

    return keeping
