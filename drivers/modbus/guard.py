"""The one seam to pymodbus: a request goes out, its own answer comes back, or an error says why not.

Bare, pymodbus 3.16 passes a wrong function code and a short reply as success,
gives a late RTU reply to the next request, sleeps through its time-out when the
peer has closed, reconnects inside a read, and closes the connection by itself
after a few silent requests. Here, instead:

- Only requests on the allow-list leave (readonly.py, held on the bytes themselves).
- An answer must carry the request's unit, function code and length.
- A connection that breaks fails the waiting request at once.
- A serial line is drained after a time-out; a cancelled request closes the
  connection. Either way no answer is left over for the next request.
- Connecting, retrying and reconnecting are decided above, never here.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.pdu import ModbusPDU

from drivers.clock import Clock
from drivers.errors import DoubtfulReply, ExceptionReply, Lost, NoReply, UnitFault, WrongReply
from drivers.modbus import identification
from drivers.modbus.claims import DIFFERING
from drivers.modbus.exchange import data_of, less_of, named, question_of, request_for, size_of
from drivers.modbus.framing import READ_MAX, Answer, Strays
from drivers.modbus.identification import Page
from drivers.modbus.plan import Block
from drivers.modbus.readonly import refuse_all_but_reads
from drivers.modbus.rtu_framing import RtuFraming
from drivers.modbus.stream import Dial, Stream, Strip
from drivers.modbus.tcp_framing import TcpFraming
from drivers.modbus.wire import Ears, Wire

Content = TypeVar("Content")

_NEVER: Final = 1 << 62
_REQUEST_BYTES: Final = 8
_ANSWER_EXTRA_BYTES: Final = 5  # unit, function, byte count, CRC

_DRAIN_S: Final = 0.05
"""Beside two answers' time on the wire: how late a unit may be and its answer still be caught."""
_DRAINS_MAX: Final = 4
"""A unit that goes on babbling gets no more than so many drains; the checks on its answers stand."""


class Guard:
    """One Modbus connection, from connect to close. Not for concurrent use: one request in flight."""

    def __init__(
        self,
        dial: Dial,
        wire: Wire,
        clock: Clock,
        *,
        where: str,
        on_lost: Callable[[], None],
        strips: Sequence[Strip] = (),
        ears: Ears | None = None,
        is_there: Callable[[], bool] = lambda: True,
    ) -> None:
        ears = ears or Ears()
        self._dial = dial
        self._wire = wire
        self._clock = clock
        self._where = where
        self._on_lost = on_lost
        self._tap = ears.tap
        self._is_there = is_there  # asked after a silence: a serial port can go without a word
        self._free_ns = clock.monotonic_ns()
        self._heard_ns = 0
        self._late_units: set[int] = set()
        self._framing = self._make_framing(ears)
        self._client = self._make_client()
        self._stream = Stream(self._client.ctx, strips)

    def _make_framing(self, ears: Ears) -> TcpFraming | RtuFraming:
        now_ns = self._clock.monotonic_ns
        if self._wire.framer is FramerType.SOCKET:
            return TcpFraming(self._note_strays, now_ns, ears.claims, any_id=self._wire.any_id)
        return RtuFraming(self._note_strays, now_ns, ears.claims)

    def _make_client(self) -> AsyncModbusTcpClient:
        """Return pymodbus's client without its own ways of connecting: any stream of bytes will do."""
        client = AsyncModbusTcpClient(
            "",
            framer=self._wire.framer,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._trace_packet,
            trace_connect=self._trace_connect,
        )
        client.set_max_no_responses(_NEVER)
        client.ctx.framer = self._framing
        client.ctx.max_buffer_size = READ_MAX
        return client

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        return self._client.connected

    async def connect(self, timeout_s: float) -> None:
        """Open the connection. Raises OSError with the system's reason, or TimeoutError."""
        async with asyncio.timeout(timeout_s):
            transport = await self._dial(lambda: self._stream)
        if self._stream.is_over:
            raise ConnectionResetError(self._where)
        self._client.ctx.transport = self._stream.outlet(transport)

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
        if self._framing.doubts(question_of(block)):
            await self._settle(block, timeout_s)
        return await self._read(block, timeout_s)

    async def _settle(self, block: Block, timeout_s: float) -> None:
        """Ask for less, whose answer cannot be mistaken: what was asked before is settled by it (claims.py).

        Raises as `read` does; DoubtfulReply where nothing less can be asked.
        """
        less = less_of(block)
        if less is None or self._framing.doubts(question_of(less)):
            raise DoubtfulReply(block.unit_id, named(block), "possibly the answer to an earlier request")
        with suppress(ExceptionReply):  # an answer too
            await self._read(less, timeout_s)

    async def _read(self, block: Block, timeout_s: float) -> bytes:
        """Ask, and ask for the same again where what came may be no answer to it (twice.py).

        Raises as `read` does; DoubtfulReply where what came for both leaves more than one answer.
        """
        data = await self._read_once(block, timeout_s)
        if not self._framing.is_held:
            return data
        try:
            await self._read_once(block, timeout_s)
        finally:
            answer = self._framing.agreed()
        if answer is None:
            raise DoubtfulReply(block.unit_id, named(block), DIFFERING)
        return data_of(answer, block)

    async def _read_once(self, block: Block, timeout_s: float) -> bytes:
        return await self._exchange(
            request_for(block), size_of(block), timeout_s, lambda answer: data_of(answer, block)
        )

    async def identify(self, unit_id: int, category: int, object_id: int, timeout_s: float) -> Page:
        """Ask for the identification of a unit (43/14), from one object on.

        Raises Lost, NoReply, ExceptionReply, WrongReply.
        """
        request = identification.request_for(unit_id, category, object_id)
        return await self._exchange(
            request,
            identification.ANSWER_BYTES_MAX,
            timeout_s,
            lambda answer: identification.page_of(answer, unit_id),
        )

    async def _exchange(
        self, request: ModbusPDU, size: int, timeout_s: float, content_of: Callable[[Answer], Content]
    ) -> Content:
        """Send a request whose answer brings at most `size` bytes; return what `content_of` makes of it."""
        await self._wait_for_quiet()
        if not self.connected:
            raise Lost(self._where)
        answer_s = self._wire.byte_s * (_ANSWER_EXTRA_BYTES + size)
        frames_s = self._wire.byte_s * _REQUEST_BYTES + answer_s
        begun_ns = self._clock.monotonic_ns()
        try:
            content = content_of(await self._transact(request, timeout_s + frames_s))
        except (UnitFault, Lost) as fault:
            ended_ns = self._clock.monotonic_ns()
            if isinstance(fault, NoReply | WrongReply):
                await self._drain(_DRAIN_S + 2 * answer_s)
            self._tell(request.dev_id, begun_ns, ended_ns, fault)
            raise
        finally:
            self._free_ns = self._clock.monotonic_ns() + round(self._wire.pause_s * 1e9)
        self._tell(request.dev_id, begun_ns, self._clock.monotonic_ns(), None)
        return content

    def _tell(self, unit_id: int, begun_ns: int, ended_ns: int, fault: UnitFault | Lost | None) -> None:
        if self._tap is not None:
            self._tap.exchanged(unit_id, begun_ns, ended_ns, fault)

    def take_late_units(self) -> frozenset[int]:
        """Return the units whose answers came when nobody waited for them any more."""
        late = frozenset(self._late_units)
        self._late_units.clear()
        return late

    async def _wait_for_quiet(self) -> None:
        """Keep the pause since our last request, and the time that a line needs to turn round."""
        for _ in range(_DRAINS_MAX):
            quiet_ns = self._heard_ns + round(self._wire.turnaround_s * 1e9)
            until_ns = max(self._free_ns, quiet_ns)
            if until_ns <= self._clock.monotonic_ns():
                return
            await self._clock.sleep_until(until_ns)

    async def _transact(self, request: ModbusPDU, timeout_s: float) -> Answer:
        self._client.ctx.comm_params.timeout_connect = timeout_s  # pymodbus has no time-out per request
        try:
            answer = await self._client.execute(False, request)
        except ConnectionException as error:
            raise Lost(self._where) from error
        except ModbusIOException as error:
            if (misfit := self._framing.over()) is not None:
                kind = DoubtfulReply if misfit.in_doubt else WrongReply
                raise kind(request.dev_id, f"function {request.function_code}", misfit.got) from error
            if not self._is_there():
                self.close()
                raise Lost(self._where) from error
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
