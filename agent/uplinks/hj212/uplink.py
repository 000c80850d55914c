"""HJ 212-2017 over TCP: one connection, one frame at a time, each acknowledged by a 9014 of its QN and MN.

A frame without an answer is sent again as it is, on the same connection; packets
of one area share their QN, so that an answer that comes late would be taken for
the next packet's: there the connection is ended and the area begun anew.

The frame that failed last is what is tried while the destination is down. A
heartbeat proves nothing here: HJ 212-2017 has no answer to one.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent.records import Json
from agent.uplinks import messages
from agent.uplinks.connecting import judge_connect_fault
from agent.uplinks.dial import dial
from agent.uplinks.hj212.frame import (
    CRC_BYTES,
    END,
    VERSION_2017,
    Framer,
    Received,
    Segment,
    frame,
    read_segment,
)
from agent.uplinks.hj212.judge import ANSWERS, is_for, judge
from agent.uplinks.hj212.messages import for_another
from agent.uplinks.hj212.packet import SYSTEM, Station, packets
from agent.uplinks.hj212.register import Register, written
from agent.uplinks.hj212.requests import Requests
from agent.uplinks.source import Source
from agent.uplinks.uplink import Delivered, Failure, Kind, Parcel, Unknown, Verdict, Wire
from config.model import Text
from drivers.clock import Clock

log = logging.getLogger(__name__)

CHUNK_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Peer:
    """Where the platform is, and how patient we are with it."""

    host: str
    port: int
    timeout_s: float
    retries: int
    source: Source | None = None


class Hj212Uplink:
    """Sends data areas; refuses whatever the platform asks."""

    window = 1

    def __init__(
        self,
        peer: Peer,
        station: Station,
        register: Register,
        *,
        destination: str,
        clock: Clock,
        on_event: Callable[[Json], None],
    ) -> None:
        self._peer = peer
        self._station = station
        self._register = register
        self._clock = clock
        self._requests = Requests(station, destination, clock, on_event)
        self._turn = asyncio.Lock()
        self._link: _Link | None = None
        self._owed: list[str] = []  # the segments of the area that failed last

    async def send(self, parcel: Parcel) -> Verdict:
        """Send every area of a parcel, or only see to the connection where it has none."""
        async with self._turn:
            try:
                if parcel.kind is Kind.HEARTBEAT:
                    return await self._heartbeat(parcel)
                for segments in await self._areas(parcel):
                    verdict = await self._exchange(segments)
                    if not isinstance(verdict, Delivered):
                        return verdict
            except (ConnectionResetError, BrokenPipeError) as lost:  # no refusal: the connection stood
                return Unknown(messages.broken(self._peer.host, str(lost)))
            except (OSError, TimeoutError) as fault:
                where = f"{self._peer.host}:{self._peer.port}"
                return judge_connect_fault(fault, where, self._peer.timeout_s, self._clock)
            return Delivered()

    def wires(self, parcel: Parcel) -> list[Wire]:
        """Return every frame, the password hidden: it is in every one of them."""
        to = f"TCP {self._peer.host}:{self._peer.port}"
        return [
            Wire(to, self._hidden(frame(segment)))
            for segments in self._numbered(parcel, self._register.next())
            for segment in segments
        ]

    def _hidden(self, sent: bytes) -> bytes:
        """Hide the password, and the CRC: of six digits, it leaves few to be tried."""
        head, crc = sent[: -CRC_BYTES - len(END)], b"*" * CRC_BYTES
        password = self._station.password.encode()
        return head.replace(b";PW=" + password, b";PW=******") + crc + END

    async def close(self) -> None:
        """End the connection."""
        if self._link is not None:
            await self._link.close()

    async def _areas(self, parcel: Parcel) -> list[list[str]]:
        """Return the segments of each area; a repeat has the QNs that it had. Raises StoreFailed."""
        areas = len(parcel.body.splitlines())
        return self._numbered(parcel, await self._register.first_of(parcel, areas)) if areas else []

    def _numbered(self, parcel: Parcel, first: int) -> list[list[str]]:
        found = []
        for qn, line in enumerate(parcel.body.decode("ascii").splitlines(), first):
            command, _, area = line.partition(" ")
            if parcel.kind is Kind.HEARTBEAT:
                found.append([self._station.segment(written(qn), command, VERSION_2017, area, st=SYSTEM)])
            else:
                found.append(packets(self._station, written(qn), command, area))
        return found

    async def _heartbeat(self, parcel: Parcel) -> Verdict:
        """Send what is owed, if anything is; else a heartbeat, which nobody answers."""
        if self._owed:
            return await self._exchange(self._owed)
        link = await self._connected()
        for segments in await self._areas(parcel):
            await link.write(b"".join(map(frame, segments)))
        return Delivered()

    async def _exchange(self, segments: list[str]) -> Verdict:
        self._owed = segments
        verdict: Verdict = Unknown(messages.no_answer(self._peer.host, self._peer.timeout_s))
        for _ in range(self._peer.retries + 1):
            link = await self._connected()
            verdict = await self._once(link, segments)
            if not isinstance(verdict, Failure):
                self._owed = []
            if not isinstance(verdict, Unknown):
                return verdict
            if len(segments) > 1 or not link.alive:
                await link.close()
        await self.close()  # the silence may be the network's: only a new connection can tell
        return verdict

    async def _once(self, link: "_Link", segments: list[str]) -> Verdict:
        for segment in segments:
            verdict = await link.exchange(segment)
            if not isinstance(verdict, Delivered):
                return verdict
        return Delivered()

    async def _connected(self) -> "_Link":
        """Return a connection that stands. Raises OSError or TimeoutError."""
        if self._link is None or not self._link.alive:
            async with asyncio.timeout(self._peer.timeout_s):
                sock = await dial(self._peer.host, self._peer.port, None, self._peer.source)
            reader, writer = await asyncio.open_connection(sock=sock)
            self._link = _Link(self._peer, self._station, self._requests, reader, writer)
        return self._link


class _Link:
    """One connection's life."""

    def __init__(
        self,
        peer: Peer,
        station: Station,
        requests: Requests,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._peer = peer
        self._station = station
        self._requests = requests
        self._reader = reader
        self._writer = writer
        self._awaited: tuple[str, asyncio.Future[Verdict]] | None = None
        self._astray: Segment | None = None  # came under the QN that is awaited, for another station
        self._listening = asyncio.get_running_loop().create_task(self._listen(), name=f"hj212[{peer.host}]")

    @property
    def alive(self) -> bool:
        """Whether the other end is still there, as far as is known."""
        return not self._listening.done() and not self._writer.is_closing()

    async def write(self, sent: bytes) -> None:
        """Send bytes. Raises OSError, TimeoutError."""
        async with asyncio.timeout(self._peer.timeout_s):
            self._writer.write(sent)
            await self._writer.drain()

    async def exchange(self, segment: str) -> Verdict:
        """Send a frame and wait for its answer; Unknown if none comes."""
        read = read_segment(segment)
        assert read is not None, segment
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._awaited, self._astray = (read.qn, answer), None
        try:
            async with asyncio.timeout(self._peer.timeout_s):
                self._writer.write(frame(segment))
                await self._writer.drain()
                return await answer
        except asyncio.CancelledError:
            self._writer.transport.abort()  # an answer that comes after all must find nobody
            raise
        except TimeoutError:
            return Unknown(self._why_no_answer())
        except OSError as lost:
            return Unknown(messages.broken(self._peer.host, str(lost)))
        finally:
            self._awaited = None

    def _why_no_answer(self) -> Text:
        if self._astray is None:
            return messages.no_answer(self._peer.host, self._peer.timeout_s)
        head = self._astray.head
        return for_another(self._peer.host, head.get("MN", ""), head.get("ST", ""))

    async def close(self) -> None:
        """End the connection at once."""
        self._listening.cancel()
        self._writer.transport.abort()
        await asyncio.wait([self._listening])

    async def _listen(self) -> None:
        framer, lost = Framer(), ConnectionResetError("closed by the platform")
        try:
            while received := await self._reader.read(CHUNK_BYTES):
                for each in framer.feed(received):
                    self._take(each)
        except OSError as fault:
            lost = ConnectionResetError(str(fault))
        finally:
            if self._awaited is not None and not self._awaited[1].done():
                self._awaited[1].set_exception(lost)

    def _take(self, received: Received) -> None:
        segment = read_segment(received.text)
        if segment is None or segment.cn not in ANSWERS:
            reply = self._requests.refuse(received)
            if reply is not None:
                self._writer.write(reply)
        elif received.sound and self._awaited is not None and segment.qn == self._awaited[0]:
            if not is_for(self._station, segment):
                self._astray = segment
                return
            verdict, future = judge(segment, self._peer.host), self._awaited[1]
            if verdict is not None and not future.done():
                future.set_result(verdict)
