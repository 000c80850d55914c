"""What a simulated unit says of itself when it is asked by function 43/14.

The truth: that it is simulated, by which version, and from which profile. Modbus
Application Protocol V1.1b3, section 6.21; conformity level 2, streams only.
"""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from config.model import Device

FUNCTION: Final = 43
_MEI: Final = 14
_CONFORMITY: Final = 0x02
_NO_MORE: Final = bytes(2)
_BASIC, _REGULAR = 1, 2
_FIRST_REGULAR: Final = 3
_OBJECT_BYTES_MAX: Final = 60  # seven of them fit into one answer
_REQUEST_BYTES: Final = 4


def is_identification(request: bytes) -> bool:
    """Return whether a request PDU asks for identification."""
    return len(request) == _REQUEST_BYTES and request[:2] == bytes((FUNCTION, _MEI))


def identification_pdu(request: bytes, devices: Sequence[Device]) -> bytes | None:
    """Return the answer of a unit that plays `devices`; None where it has no such category."""
    category, first = request[2], request[3]
    if category not in (_BASIC, _REGULAR):
        return None
    objects = [
        (number, text)
        for number, text in enumerate(_texts(devices))
        if number >= first and (category == _REGULAR or number < _FIRST_REGULAR)
    ]
    body = b"".join(bytes((number, len(text))) + text for number, text in objects)
    return bytes((FUNCTION, _MEI, category, _CONFORMITY)) + _NO_MORE + bytes((len(objects),)) + body


def _texts(devices: Sequence[Device]) -> list[bytes]:
    profiles = dict.fromkeys(device.profile or "no profile" for device in devices)
    ids = [device.id for device in devices]
    names = [device.name.en for device in devices]
    texts = [
        "edge-agent simulator",
        "+".join(profiles),
        _version(),
        "",
        ", ".join(names),
        "simulated",
        "+".join(ids),
    ]
    return [text.encode("ascii", "replace")[:_OBJECT_BYTES_MAX] for text in texts]


def _version() -> str:
    try:
        return version("edge-gateway-agent")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"
