"""What the statements of an interlock say now, as they seem; a trigger that seems so sets it off."""

from collections.abc import Sequence

from agent.alarms.rules.expression import ExpressionJudge
from agent.alarms.rules.judging import Input, Judgement
from agent.alarms.rules.truth import Truth
from agent.alarms.states import Signal
from config.condition import Expression
from config.interlock import Interlock
from config.model import Point


class InterlockJudge:
    """Holds one judge for each statement; what the alarm is to say is set from outside."""

    def __init__(self, interlock: Interlock, points: Sequence[Point]) -> None:
        by_id = {point.id: point for point in points}
        self._judges = [
            ExpressionJudge(
                Expression(each.points, each.of, each.text), tuple(by_id[id_] for id_ in each.points)
            )
            for each in interlock.statements
        ]
        at = {point.id: place for place, point in enumerate(points)}
        self.places = tuple(tuple(at[id_] for id_ in each.points) for each in interlock.statements)
        self.latest: list[Input | None] = [None] * len(points)
        self.truths: tuple[Truth, ...] = (None,) * len(self._judges)
        self.says = Judgement(Signal.LOST)
        self._due_ns: int | None = None

    def take(self, place: int, given: Input) -> None:
        """Take a reading."""
        self.latest[place] = given
        for judge, places in zip(self._judges, self.places, strict=True):
            for own, of in enumerate(places):
                if of == place:
                    judge.take(own, given)

    def look(self, mono_ns: int) -> None:
        """Find out what is true now."""
        judged = [judge.judge(mono_ns) for judge in self._judges]
        self.truths = tuple(None if each.blind else each.signal is Signal.BEYOND for each in judged)
        self._due_ns = min((each.due_ns for each in judged if each.due_ns is not None), default=None)

    @property
    def is_trigger_sure(self) -> bool:
        """Whether all that the trigger reads is GOOD."""
        read = (self.latest[place] for place in self.places[0])
        return all(given is not None and given.quality.is_good for given in read)

    def judge(self, _mono_ns: int) -> Judgement:
        """Say what the alarm is to do; a statement that nobody can judge is no proof of anything."""
        due_ns = min((each for each in (self._due_ns, self.says.due_ns) if each is not None), default=None)
        return self.says._replace(due_ns=due_ns, blind=None in self.truths)
