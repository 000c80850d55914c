"""What an interlock is: a trigger, and the effects that must follow it within their times."""

from dataclasses import dataclass

from config.expression import Logical


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that is true of points or not; `of` numbers them as `points` does."""

    of: Logical
    points: tuple[str, ...]
    text: str  # as it was written


@dataclass(frozen=True, slots=True)
class Effect:
    """What must be so, and how soon after the trigger."""

    id: str
    zh: str
    en: str
    must: Statement
    within_s: float


@dataclass(frozen=True, slots=True)
class Interlock:
    """Whoever acts, the agent only watches: did every effect follow the trigger in time?"""

    trigger: Statement
    effects: tuple[Effect, ...]
    give_up_s: float  # an effect that has not come by then never did

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The trigger, then what the effects must be."""
        return (self.trigger, *(effect.must for effect in self.effects))

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads, each once."""
        return tuple(dict.fromkeys(point for each in self.statements for point in each.points))
