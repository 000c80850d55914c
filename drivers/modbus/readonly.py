"""Read-only on the wire: the list of what may leave, held against the very bytes that would.

On some detectors a write to the concentration register is a zero adjustment. So
nothing but reads has a way out, whatever the code above may ask for.
"""

from typing import Final

READ_FUNCTIONS: Final = frozenset({1, 2, 3, 4})
READ_DEVICE_IDENTIFICATION: Final = (43, 14)


class ForbiddenRequestError(Exception):
    """A request that could change the device was about to leave: our own mistake, stopped."""


def refuse_all_but_reads(pdu: bytes) -> None:
    """Raise ForbiddenRequestError unless `pdu`, as it would stand on the wire, only reads."""
    if pdu[0] not in READ_FUNCTIONS and tuple(pdu[:2]) != READ_DEVICE_IDENTIFICATION:
        raise ForbiddenRequestError(f"function code {pdu[0]} may not leave this gateway")
