"""Sending a message part by part, and halving at once what the platform refuses."""

from collections.abc import Awaitable, Callable, Collection

from agent.uplinks import messages
from agent.uplinks.content import Content
from agent.uplinks.shipment import Shipment, points_of
from agent.uplinks.uplink import Delivered, Parcel, Partly, Rejected, TooLarge, Verdict

Code = Callable[[str], str | None]
"""Point → its code at the platform, or its own id."""


async def ship(shipment: Shipment, attempt: Callable[[Parcel], Awaitable[Verdict]], code: Code) -> Verdict:
    """Send what is left of a message; return Delivered when all is through.

    Otherwise the verdict on the current part: a Failure, after which the part is to
    be sent again; Pending, after which its result is to be asked for; a refusal of
    what cannot be halved; Partly, where the platform named items that are not in it.
    """
    strangers: tuple[str, ...] = ()
    while (part := shipment.current) is not None:
        verdict = shipment.take_result() or await attempt(part.parcel)
        match verdict:
            case Delivered():
                shipment.delivered()
            case Partly(rejected):
                points = named(rejected, part.content, code)
                if shipment.narrow(points):
                    return Rejected(messages.items_refused(", ".join(rejected)))
                strangers += rejected
                shipment.delivered()
            case TooLarge() if shipment.halve_time():
                pass
            case Rejected() if shipment.halve_points() or shipment.halve_time():
                pass
            case _:
                return verdict
    return Partly(strangers) if strangers else Delivered()


def named(items: Collection[str], content: Content, code: Code) -> frozenset[str]:
    """Return the points of a part that a platform names, by code or id; all, if it names the message."""
    points = points_of(content)
    if str(content.id) in items:
        return frozenset(points)
    return frozenset(point for point in points if point in items or code(point) in items)
