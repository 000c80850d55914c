"""What recorded bytes ask for, read after the specifications alone; a byte too many is an error."""

import struct
from collections import Counter
from collections.abc import Iterable

from tests.drivers.scripted import with_crc

RTU_READ = 8
MBAP = struct.Struct(">HHH")  # transaction id, protocol, bytes that follow
OPC_HEAD = struct.Struct("<4sI")  # kind and chunk, size
OPC_BODY = 24  # where the body of a secured message begins: channel, token, sequence, request
OPC_UNSECURED_KINDS = {b"HELF", b"OPNF", b"CLOF"}

SERVICES = {
    428: "GetEndpoints",
    461: "CreateSession",
    467: "ActivateSession",
    473: "CloseSession",
    527: "Browse",
    533: "BrowseNext",
    554: "TranslateBrowsePathsToNodeIds",
    631: "Read",
    673: "Write",
    700: "HistoryUpdate",
    712: "Call",
    751: "CreateMonitoredItems",
    787: "CreateSubscription",
    826: "Publish",
    847: "DeleteSubscriptions",
}
"""Numbers of the binary encodings of requests: OPC 10000-6, annex A (NodeIds.csv)."""

Function = int | tuple[int, int]
"""A function code; 43 with its kind."""


def tcp_functions(pieces: Iterable[bytearray]) -> Counter[Function]:
    """Return the function codes in streams of Modbus TCP."""
    found: Counter[Function] = Counter()
    for stream in pieces:
        at = 0
        while at < len(stream):
            _, protocol, length = MBAP.unpack_from(stream, at)
            body = bytes(stream[at + MBAP.size : at + MBAP.size + length])
            assert protocol == 0, stream[at:]
            assert len(body) == length > 2, stream[at:]
            found[_function(body[1:])] += 1
            at += MBAP.size + length
    return found


def rtu_functions(pieces: Iterable[bytearray]) -> Counter[Function]:
    """Return the function codes in streams of RTU frames, all of which must have eight bytes."""
    found: Counter[Function] = Counter()
    for stream in pieces:
        for at in range(0, len(stream), RTU_READ):
            frame = bytes(stream[at : at + RTU_READ])
            assert with_crc(frame[:-2]) == frame, f"no read: {frame.hex(' ')}"
            found[_function(frame[1:-2])] += 1
    return found


def opcua_services(pieces: Iterable[bytearray]) -> Counter[str]:
    """Return the services in streams of OPC UA without security, every message in one chunk."""
    found: Counter[str] = Counter()
    for stream in pieces:
        at = 0
        while at < len(stream):
            kind, size = OPC_HEAD.unpack_from(stream, at)
            message = bytes(stream[at : at + size])
            assert len(message) == size, "a message was cut"
            at += size
            if kind in OPC_UNSECURED_KINDS:
                found[kind[:3].decode()] += 1
            else:
                assert kind == b"MSGF", kind
                encoding, namespace, number = struct.unpack_from("<BBH", message, OPC_BODY)
                assert (encoding, namespace) == (1, 0), message.hex()
                found[SERVICES.get(number, f"service {number}")] += 1
    return found


def _function(pdu: bytes) -> Function:
    return (pdu[0], pdu[1]) if pdu[0] == 43 else pdu[0]
