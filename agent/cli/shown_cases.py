"""Tests of rules on a terminal, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from agent.cli.table import render
from agent.rule_tests.messages import HEADINGS, JUDGEMENTS, QUIET, WORDS
from agent.rule_tests.verdict import Line, Verdict

FINE: Final = "✓"
FAILED: Final = "✗"
_DIGITS: Final = 3  # of seconds
_RIGHT: Final = "lllrrl"

Tested = Sequence[tuple[Path, Sequence[Verdict]]]
"""Files, each with what became of its cases."""


def lines(path: Path, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what a terminal shows of one file."""
    yield f"{path}"
    for verdict in verdicts:
        case = verdict.case
        name = case.name.zh if case.name.zh == case.name.en else f"{case.name.zh} / {case.name.en}"
        shown = case.id if name == case.id else f"{case.id}: {name}"
        yield f"{FINE if verdict.is_fine else FAILED} {shown}"
        if verdict.lines:
            headings = [heading.zh + " " + heading.en for heading in HEADINGS]
            table = render(
                [each.strip() for each in headings], [_row(line) for line in verdict.lines], right=_RIGHT
            )
            yield from (f"  {row}" for row in table.splitlines())
        else:
            yield f"    {QUIET.zh} / {QUIET.en}"
    yield ""


def _row(line: Line) -> Sequence[str]:
    judgement, word, expected = JUDGEMENTS[line.judgement], WORDS[line.word], line.expected
    place = "" if expected is None or line.is_fine else f"  {expected.place}"
    return (
        FINE if line.is_fine else FAILED,
        line.rule,
        f"{word.zh} {word.en}",
        "–" if expected is None else f"{expected.at_s:g} ± {expected.within_s:g} s",
        "–" if line.at_s is None else f"{round(line.at_s, _DIGITS):g} s",
        f"{judgement.zh} {judgement.en}{place}",
    )


def as_json(tested: Tested) -> Mapping[str, Any]:
    """Return the verdicts as plain data; times are seconds since the case began."""
    cases = [_case(path, verdict) for path, verdicts in tested for verdict in verdicts]
    failed = sum(not case["passed"] for case in cases)
    return {"passed": len(cases) - failed, "failed": failed, "cases": cases}


def _case(path: Path, verdict: Verdict) -> Mapping[str, Any]:
    case = verdict.case
    return {
        "file": str(path),
        "line": case.place.line,
        "case": case.id,
        "name": {"zh": case.name.zh, "en": case.name.en},
        "passed": verdict.is_fine,
        "events": [_event(line) for line in verdict.lines],
    }


def _event(line: Line) -> Mapping[str, Any]:
    expected = line.expected
    return {
        "rule": line.rule,
        "event": line.word.value,
        "verdict": line.judgement.value,
        "expected_s": None if expected is None else expected.at_s,
        "within_s": None if expected is None else expected.within_s,
        "came_s": None if line.at_s is None else round(line.at_s, _DIGITS),
        "line": None if expected is None else expected.place.line,
        "column": None if expected is None else expected.place.column,
    }
