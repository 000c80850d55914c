"""One message as it is sent: in parts where the platform takes less, in ever smaller ones where it refuses.

A part that is refused is halved by points, one that is too large by time; the
halves have ids that follow from the whole's, so that a repeat, also after a
restart, is the same part under the same id. What was delivered stays delivered.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from agent.records import Reading
from agent.uplinks.content import Content
from agent.uplinks.layout import Render
from agent.uplinks.uplink import Kind, Parcel, Verdict

Item = tuple[int, Reading]


@dataclass(frozen=True, slots=True)
class Part:
    """What one part says, and its bytes."""

    content: Content
    parcel: Parcel


class Shipment:
    """The parts of one message that are still to be sent; each is rendered when its turn has come."""

    def __init__(
        self,
        contents: Sequence[Content],
        lane: str,
        render: Render,
        left_out: Sequence[Kind] = (),
        kept_back: Collection[str] = (),
    ) -> None:
        """Take `left_out`, the kinds in the message that the platform has no words for.

        `kept_back` are the points of which readings are not in it, because they are parked.
        """
        self.left_out = left_out
        self.kept_back = set(kept_back)
        self._lane = lane
        self._render = render
        self._left = list(contents)
        self._rendered: Part | None = None
        self._accepted: list[Item] = []
        self.result: Verdict | None = None
        """What the platform said later of the current part, once it has been asked."""

    @property
    def current(self) -> Part | None:
        """The part to be sent next; None when all are through, or the platform has no words for the rest."""
        while self._rendered is None and self._left:
            content = self._left[0]
            body = self._render(content)
            if body is None:
                del self._left[0]
            else:
                parcel = Parcel(content.id, content.kind, self._lane, body, content.made_ns)
                self._rendered = Part(content, parcel)
        return self._rendered

    def skip_to(self, part: UUID) -> bool:
        """Leave out what comes before a part, which is through; False if there is no such part."""
        at = next((at for at, content in enumerate(self._left) if content.id == part), None)
        if at is not None:
            self._replace([], at)
        return at is not None

    def take_result(self) -> Verdict | None:
        """Return the current part's result, once."""
        result, self.result = self.result, None
        return result

    @property
    def readings(self) -> Sequence[Item]:
        """The readings of the current part."""
        return self._left[0].readings

    def behind(self, point: str) -> int:
        """Return how many readings of a point are in the parts behind the current one."""
        return sum(item[1].point.id == point for part in self._left[1:] for item in part.readings)

    def delivered(self) -> None:
        """The current part is through."""
        self._accepted += self._left[0].readings
        self._replace([])

    def give_up(self) -> None:
        """The current part will not be taken."""
        self._replace([])

    def drop(self, points: Collection[str]) -> None:
        """Send nothing more of these points, which are parked."""
        self.kept_back |= {point for content in self._left for point in points_of(content) if point in points}
        self._left = [
            replace(content, readings=kept)
            for content in self._left
            if (kept := [item for item in content.readings if item[1].point.id not in points])
        ]
        self._rendered = None

    def take_accepted(self) -> Sequence[Item]:
        """Return the readings that were taken since the last call."""
        accepted, self._accepted = self._accepted, []
        return accepted

    def halve_time(self) -> bool:
        """Halve the current part by the order of its readings; False if it holds but one."""
        readings = self._left[0].readings
        middle = len(readings) // 2
        return self._halve("time", readings[:middle], readings[middle:])

    def halve_points(self) -> bool:
        """Halve the current part by its points; False if there is but one."""
        content = self._left[0]
        points = points_of(content)
        first = set(points[: len(points) // 2])
        return self._halve(
            "points",
            [item for item in content.readings if item[1].point.id in first],
            [item for item in content.readings if item[1].point.id not in first],
        )

    def narrow(self, points: Collection[str]) -> bool:
        """Keep of the current part only these points: the rest is through. False if none of them is in it."""
        content = self._left[0]
        kept = [item for item in content.readings if item[1].point.id in points]
        if kept and len(kept) < len(content.readings):
            self._accepted += [item for item in content.readings if item[1].point.id not in points]
            # As the second half: what was taken went as the whole, and nothing of it comes again.
            rest, share = uuid5(content.id, "rest/" + "/".join(sorted(points))), content.share.halves()[1]
            self._replace([replace(content, id=rest, part=share, readings=kept)])
        return bool(kept)

    def _halve(self, by: str, first: Sequence[Item], second: Sequence[Item]) -> bool:
        if not first or not second:
            return False
        content = self._left[0]
        halves = zip(("first", "second"), (first, second), content.share.halves(), strict=True)
        self._replace(
            [
                # A half by points is another one than by time: after a restart it may come to that.
                replace(content, id=uuid5(content.id, f"{by}/{which}"), part=share, readings=of)
                for which, of, share in halves
            ]
        )
        return True

    def _replace(self, contents: Sequence[Content], count: int = 1) -> None:
        self._left[:count] = contents
        self._rendered = None


def points_of(content: Content) -> tuple[str, ...]:
    """Return the points that a part brings readings of, in order."""
    return tuple(dict.fromkeys(reading.point.id for _, reading in content.readings))


def part_id(message: UUID, number: int) -> UUID:
    """Return the id of a message's part; the first one has the message's own."""
    return message if number == 1 else uuid5(message, f"part/{number}")
