"""Requests of many parts, cut to what a server takes at once.

A server tells its limits (OPC 10000-5, OperationLimits); one that tells none, or
more than it can, refuses what is too large, and is asked for half as much.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from asyncua import ua

PARTS_MAX: Final = 500
"""In one request, where the server knows no limit: a busy PLC must not be held up for long."""

_TOO_LARGE: Final = (
    ua.uaerrors.BadTooManyOperations,
    ua.uaerrors.BadRequestTooLarge,
    ua.uaerrors.BadResponseTooLarge,
    ua.uaerrors.BadEncodingLimitsExceeded,
)

Part = TypeVar("Part")
Result = TypeVar("Result")


class Batches:
    """How many parts of one kind of request go at once; learns from refusals."""

    def __init__(self, limit: int = 0) -> None:
        """Take the server's own `limit`; 0 is none."""
        self.size = min(limit, PARTS_MAX) if limit > 0 else PARTS_MAX

    async def run(
        self, parts: Sequence[Part], request: Callable[[Sequence[Part]], Awaitable[Sequence[Result]]]
    ) -> list[Result]:
        """Return the results of all parts, in order. Raises what `request` raises of a single part."""
        results: list[Result] = []
        while len(results) < len(parts):
            batch = parts[len(results) : len(results) + self.size]
            try:
                results += await request(batch)
            except _TOO_LARGE:
                if len(batch) == 1:
                    raise
                self.size = len(batch) // 2
        return results
