"""What was expected of the rules against what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.rule_tests.play import Happened
from config.case import Case, Expected, Word


class Judgement(StrEnum):
    """How one line of a case came out."""

    AS_EXPECTED = "as-expected"
    EARLY = "early"
    LATE = "late"
    NEVER = "never"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was expected, or that came without being expected."""

    rule: str
    word: Word
    judgement: Judgement
    expected: Expected | None = None
    at_s: float | None = None  # when it came

    @property
    def is_fine(self) -> bool:
        """Whether it came as expected."""
        return self.judgement is Judgement.AS_EXPECTED


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case with its lines, in order of time."""

    case: Case
    lines: Sequence[Line]

    @property
    def is_fine(self) -> bool:
        """Whether all that was expected came, and nothing else."""
        return all(line.is_fine for line in self.lines)


def judge_case(case: Case, happened: Sequence[Happened]) -> Verdict:
    """Return the verdict. What a rule lacks for want of points that the case leaves out is no matter."""
    left = [each for each in happened if _counts(each, case)]
    lines = []
    for expected in sorted(case.expected, key=lambda each: each.at_s):
        came = _nearest(expected, left)
        if came is not None:
            left.remove(came)
        lines.append(_line(expected, came))
    lines += [Line(each.rule, each.word, Judgement.UNEXPECTED, at_s=each.at_s) for each in left]
    return Verdict(case, sorted(lines, key=_moment))


def _counts(each: Happened, case: Case) -> bool:
    is_of_values = each.word in (Word.LOST, Word.FOUND)
    return each.rule not in case.unknown and not (is_of_values and each.rule in case.unread)


def _nearest(expected: Expected, left: Sequence[Happened]) -> Happened | None:
    alike = [each for each in left if (each.rule, each.word) == (expected.rule, expected.word)]
    return min(alike, key=lambda each: abs(each.at_s - expected.at_s), default=None)


def _line(expected: Expected, came: Happened | None) -> Line:
    if came is None:
        return Line(expected.rule, expected.word, Judgement.NEVER, expected)
    off_s = came.at_s - expected.at_s
    judgement = Judgement.AS_EXPECTED
    if abs(off_s) > expected.within_s + 1e-9:
        judgement = Judgement.LATE if off_s > 0 else Judgement.EARLY
    return Line(expected.rule, expected.word, judgement, expected, came.at_s)


def _moment(line: Line) -> float:
    if line.at_s is not None:
        return line.at_s
    return line.expected.at_s if line.expected is not None else 0.0
