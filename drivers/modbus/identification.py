"""Device identification (43/14): what a unit says of itself, page by page.

Modbus Application Protocol V1.1b3, section 6.21. A unit that conforms to level 1
has maker, product and version; level 2 adds names and an address on the web,
level 3 objects of the maker's own. An answer that does not hold all of them says
so, and from which object to go on.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from pymodbus.pdu.mei_message import ReadDeviceInformationRequest

from drivers.errors import ExceptionReply, WrongReply
from drivers.modbus.framing import Answer

FUNCTION: Final = 43
ANSWER_BYTES_MAX: Final = 256

_MEI: Final = 14
_HEAD: Final = 6  # of an answer behind its function code: 14, code, conformity, more follows, next, count
_ERROR_FLAG: Final = 0x80
_MORE: Final = 0xFF
_LEVEL: Final = 0x7F
_OWN_FIRST: Final = 0x80
_PAGES_MAX: Final = 64
"""More than 256 objects there are not; a unit that goes on for ever is left."""
_NOT_THAT_MUCH: Final = frozenset({2, 3})
"""Exceptions by which a unit refuses one more category, though it has answered for less."""


class Category(IntEnum):
    """What is asked for at once; each needs a level of conformity."""

    BASIC = 1
    REGULAR = 2
    EXTENDED = 3


OBJECTS: Final = {
    0: "VendorName",
    1: "ProductCode",
    2: "MajorMinorRevision",
    3: "VendorUrl",
    4: "ProductName",
    5: "ModelName",
    6: "UserApplicationName",
}
"""The standard's own names, table 6.21.1."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `following` is the object to go on from; None where this was the last."""

    conformity: int
    objects: dict[int, bytes]
    following: int | None


@dataclass(frozen=True, slots=True)
class Identification:
    """All that a unit says of itself. `conformity` 1 to 3: basic, regular, extended."""

    conformity: int
    objects: dict[int, bytes]


class Identifiable(Protocol):
    """A link that can carry a request for identification; a guard is one."""

    async def identify(self, unit_id: int, category: int, object_id: int, timeout_s: float) -> Page:
        """Return one page. Raises Lost, NoReply, ExceptionReply, WrongReply."""
        ...


async def identify(link: Identifiable, unit_id: int, timeout_s: float) -> Identification:
    """Ask a unit for all categories that it has. Raises Lost, NoReply, ExceptionReply, WrongReply."""
    conformity, objects = await _category(link, unit_id, Category.BASIC, timeout_s)
    for category in (Category.REGULAR, Category.EXTENDED):
        if category > conformity & _LEVEL:
            break
        try:
            _, more = await _category(link, unit_id, category, timeout_s)
        except ExceptionReply as reply:
            if reply.exception_code not in _NOT_THAT_MUCH:
                raise
            break
        objects |= more
    return Identification(conformity & _LEVEL, dict(sorted(objects.items())))


async def _category(
    link: Identifiable, unit_id: int, category: Category, timeout_s: float
) -> tuple[int, dict[int, bytes]]:
    objects: dict[int, bytes] = {}
    following: int | None = _OWN_FIRST if category is Category.EXTENDED else 0
    conformity = 0
    for _ in range(_PAGES_MAX):
        if following is None:
            break
        page = await link.identify(unit_id, category, following, timeout_s)
        conformity = page.conformity
        objects |= page.objects
        if page.following is not None and page.following in objects:
            raise WrongReply(unit_id, f"objects from {following} on", "objects that it has sent before")
        following = page.following
    return conformity, objects


def request_for(unit_id: int, category: int, object_id: int) -> ReadDeviceInformationRequest:
    """Return the request for the objects of a category, from one on."""
    return ReadDeviceInformationRequest(category, object_id, unit_id)


def page_of(answer: Answer, unit_id: int) -> Page:
    """Return what an answer holds. Raises ExceptionReply, or WrongReply where it is cut off or another's."""
    data = answer.data
    if answer.function_code == FUNCTION | _ERROR_FLAG and data:
        raise ExceptionReply(unit_id, data[0])
    if answer.function_code != FUNCTION or len(data) < _HEAD or data[0] != _MEI:
        raise _wrong(answer, unit_id)
    objects: dict[int, bytes] = {}
    at = _HEAD
    for _ in range(data[5]):
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            raise _wrong(answer, unit_id)
        objects[data[at]] = bytes(data[at + 2 : at + 2 + data[at + 1]])
        at += 2 + data[at + 1]
    following = data[4] if data[3] == _MORE and objects else None
    return Page(data[2], objects, following)


def _wrong(answer: Answer, unit_id: int) -> WrongReply:
    return WrongReply(unit_id, "function 43/14", f"function {answer.function_code}, {len(answer.data)} bytes")
