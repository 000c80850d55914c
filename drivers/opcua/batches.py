"""Requests of many parts, cut to what a server takes at once.

A server tells its limits (OPC 10000-5, OperationLimits); one that tells none, or
more than it can, refuses what is too large, and is asked for half as much.

On some servers one part, of a device that hangs, makes the whole request fail. It is
halved down to that part, so that it does not take all the others with it.
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

_OF_THE_SESSION: Final = (
    ua.uaerrors.BadConnectionClosed,
    ua.uaerrors.BadSecureChannelClosed,
    ua.uaerrors.BadSecureChannelIdInvalid,
    ua.uaerrors.BadServerHalted,
    ua.uaerrors.BadServiceUnsupported,
    ua.uaerrors.BadSessionClosed,
    ua.uaerrors.BadSessionIdInvalid,
    ua.uaerrors.BadSessionNotActivated,
    ua.uaerrors.BadShutdown,
    ua.uaerrors.BadSubscriptionIdInvalid,
    ua.uaerrors.BadTooManySubscriptions,
)
"""What no smaller request would mend."""

FAILED_ALONE_MAX: Final = 8
"""So many parts that fail one by one, and none that does not: the rest is not asked for."""

Part = TypeVar("Part")
Result = TypeVar("Result")


class Batches:
    """How many parts of one kind of request go at once; learns from refusals."""

    def __init__(self, limit: int = 0) -> None:
        """Take the server's own `limit`; 0 is none."""
        self.size = min(limit, PARTS_MAX) if limit > 0 else PARTS_MAX

    async def run(
        self,
        parts: Sequence[Part],
        request: Callable[[Sequence[Part]], Awaitable[Sequence[Result]]],
        failed: Callable[[ua.StatusCode], Result] | None = None,
    ) -> list[Result]:
        """Return the results of all parts, in order.

        `failed` makes the result of a part for which the service itself fails. Without it that
        is raised, as is whatever `request` raises of a single part, or of the session.
        """
        results: list[Result] = []
        size, alone = self.size, 0
        while len(results) < len(parts):
            batch = parts[len(results) : len(results) + size]
            try:
                results += await request(batch)
                size = min(self.size, 2 * size)
            except _TOO_LARGE:
                if len(batch) == 1:
                    raise
                self.size = size = len(batch) // 2
            except _OF_THE_SESSION:
                raise
            except ua.UaStatusCodeError as error:
                if len(batch) > 1 and failed is not None:
                    size = len(batch) // 2
                    continue
                if failed is None:
                    raise
                results.append(failed(ua.StatusCode(ua.UInt32(error.code))))
                alone += 1
                if alone == len(results) == FAILED_ALONE_MAX:
                    results += [results[-1]] * (len(parts) - len(results))
        return results
