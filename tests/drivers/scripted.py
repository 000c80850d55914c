"""A Modbus device that does what a script says; by default every register holds its own address.

It speaks TCP or, over a pair of ptys, RTU, and keeps every byte that it gets.
Written against the specification alone, so that no library can cancel out its own mistakes.
"""

import asyncio
import os
import struct
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.waiting import look_again

IDENTIFY = 43


@dataclass(frozen=True)
class Request:
    number: int  # 1 is the first that the device got
    unit: int
    function: int
    first: int  # of an identification: the category
    count: int  # of an identification: the first object


@dataclass(frozen=True)
class Reply:
    """How to answer; what is not said is done properly."""

    delay_s: float = 0.0
    silent: bool = False
    drop: bool = False  # close the connection instead
    hang_up: bool = False  # close it after the answer
    before: bytes = b""  # sent ahead of the answer, in one piece with it
    transaction: int | None = None
    protocol: int = 0  # over TCP
    unit: int | None = None
    function: int | None = None
    count: int | None = None
    exception: int | None = None
    registers: tuple[int, ...] | None = None
    pdu: bytes | None = None
    broken: bool = False  # on a line: with a check sum that does not hold
    after: bytes = b""  # sent behind the answer, in one piece with it


def proper(_: Request) -> Reply:
    return Reply()


@dataclass
class Scripted:
    """The device's side, apart from its transport."""

    rtu: bool = False
    script: Callable[[Request], Reply] = proper
    requests: list[Request] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)  # set by each request
    echoes: bool = False  # a line's adapter hands back what it sends
    say: Callable[[bytes], None] | None = None  # has a line bring these bytes, whoever sends them

    def take(self, buffer: bytearray, send: Callable[[bytes], None], close: Callable[[], None]) -> None:
        """Answer each whole request in `buffer`."""
        while len(buffer) >= (size := self._size(buffer)):
            frame = bytes(buffer[:size])
            del buffer[:size]
            self.frames.append(frame)
            request = self._parse(frame)
            self.requests.append(request)
            self.asked.set()
            reply = self.script(request)
            if reply.drop:
                close()
            elif not reply.silent:
                answer = reply.before + self._frame(frame, reply, request) + reply.after
                loop = asyncio.get_running_loop()
                loop.call_later(reply.delay_s, send, answer)
                if reply.hang_up:
                    loop.call_later(reply.delay_s, close)

    def _size(self, buffer: bytearray) -> int:
        function = 1 if self.rtu else 7
        identifies = len(buffer) > function and buffer[function] == IDENTIFY
        return (8 if self.rtu else 12) - identifies

    def _parse(self, frame: bytes) -> Request:
        number, pdu = len(self.requests) + 1, frame[:-2] if self.rtu else frame[6:]
        if pdu[1] == IDENTIFY:
            return Request(number, pdu[0], IDENTIFY, first=pdu[3], count=pdu[4])
        return Request(number, *struct.unpack(">BBHH", pdu))

    def _frame(self, frame: bytes, reply: Reply, request: Request) -> bytes:
        unit = request.unit if reply.unit is None else reply.unit
        pdu = reply.pdu or _pdu(reply, request)
        if self.rtu:
            answer = with_crc(bytes([unit]) + pdu)
            return answer[:-1] + bytes([answer[-1] ^ 0x55]) if reply.broken else answer
        head = frame[:2] if reply.transaction is None else struct.pack(">H", reply.transaction)
        return head + struct.pack(">HHB", reply.protocol, len(pdu) + 1, unit) + pdu


def _pdu(reply: Reply, request: Request) -> bytes:
    function = request.function if reply.function is None else reply.function
    if reply.exception is not None:
        return bytes([function | 0x80, reply.exception])
    count = request.count if reply.count is None else reply.count
    if function < 3:  # bit n of the table is set where n is odd
        bits = sum(((request.first + n) & 1) << n for n in range(count))
        data = bits.to_bytes((count + 7) // 8, "little")
    else:
        registers = reply.registers or tuple(range(request.first, request.first + count))
        data = struct.pack(f">{len(registers)}H", *registers)
    return bytes([function, len(data)]) + data


def with_crc(frame: bytes) -> bytes:
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return frame + crc.to_bytes(2, "little")


class _Connection(asyncio.Protocol):
    def __init__(self, device: Scripted, connections: set[asyncio.Transport]) -> None:
        self._device = device
        self._connections = connections
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._device.take(self._buffer, self._transport.write, self._transport.close)


@asynccontextmanager
async def tcp_device(device: Scripted, port: int = 0, address: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve `device` on a port of this machine; at the end all connections are cut."""
    connections: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(device, connections), address, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for transport in tuple(connections):
            transport.abort()
        await server.wait_closed()


@asynccontextmanager
async def dtu_device(device: Scripted, port: int, *packets: bytes) -> AsyncIterator[asyncio.Transport]:
    """Dial in as soon as somebody listens, send `packets`, and serve `device`; at the end hang up."""
    connections: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    while True:
        try:
            transport, _ = await loop.create_connection(
                lambda: _Connection(device, connections), "127.0.0.1", port
            )
        except ConnectionRefusedError:
            await look_again()
        else:
            break
    transport.writelines(packets)
    try:
        yield transport
    finally:
        transport.abort()


@contextmanager
def rtu_device(device: Scripted) -> Iterator[str]:
    """Serve `device` behind a pty; the path is the serial port to open. At the end the cable is pulled."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    loop = asyncio.get_running_loop()
    buffer = bytearray()

    def send(data: bytes) -> None:
        with suppress(OSError):
            os.write(master, data)

    def readable() -> None:
        with suppress(OSError):
            data = os.read(master, 4096)
            if device.echoes:
                send(data)
            buffer.extend(data)
            device.take(buffer, send, lambda: None)

    device.say = send
    loop.add_reader(master, readable)
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)
