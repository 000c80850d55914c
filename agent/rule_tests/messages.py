"""Words of a test of rules for people: code → Chinese, English."""

from typing import Final

from agent.rule_tests.verdict import Judgement
from config.case import Word
from config.model import Text

WORDS: Final = {
    Word.RAISED: Text("报警", "raised"),
    Word.CLEARED: Text("解除", "cleared"),
    Word.LOST: Text("失去监视", "lost"),
    Word.FOUND: Text("恢复监视", "found"),
    Word.RESET: Text("复位", "reset"),
    Word.REFUSED: Text("操作被拒绝", "act refused"),
}
JUDGEMENTS: Final = {
    Judgement.AS_EXPECTED: Text("符合", "as expected"),
    Judgement.EARLY: Text("过早", "too early"),
    Judgement.LATE: Text("过迟", "too late"),
    Judgement.NEVER: Text("没有发生", "did not come"),
    Judgement.UNEXPECTED: Text("不应发生", "not expected"),
}
HEADINGS: Final = (
    Text("", ""),
    Text("规则", "rule"),
    Text("事件", "event"),
    Text("预期", "expected"),
    Text("实际", "came"),
    Text("判定", "verdict"),
)
QUIET: Final = Text("没有任何报警，符合预期", "no alarm at all, as expected")


def whole(cases: int, failed: int, took_ms: float) -> Text:
    """Return the last line."""
    if failed:
        return Text(
            f"{cases} 个用例，{failed} 个不符，用时 {took_ms:.0f} ms",
            f"{cases} cases, {failed} failed, {took_ms:.0f} ms",
        )
    return Text(f"{cases} 个用例全部符合，用时 {took_ms:.0f} ms", f"{cases} cases passed, {took_ms:.0f} ms")
