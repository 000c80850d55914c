"""What is said of interlocks, in Chinese and English."""

from collections.abc import Sequence
from typing import Final

from agent.alarms.rules.delay import Delay, Verdict
from agent.alarms.rules.interlock import Proof
from agent.alarms.words_span import span
from config.model import Rule, Text

VERDICT: Final = {
    Verdict.IN_TIME: Text("及时", "in time"),
    Verdict.LATE: Text("超时", "late"),
    Verdict.CANNOT_TELL: Text("无法判断", "cannot tell"),
    Verdict.NEVER: Text("未动作", "never"),
}
WHY: Final = {
    "": Text("", ""),
    "restart": Text("，期间网关重启", ", the agent was restarted meanwhile"),
    "trigger-over": Text("，触发条件提前消失", ", the trigger was over before"),
    "samples": Text("，采样不足以判断", ", samples are too far apart or missing"),
}


def triggered(rule: Rule) -> Text:
    """Say that it was set off."""
    return Text(f"{rule.name.zh}：联锁触发，等待各动作", f"{rule.name.en}: set off; its effects are awaited")


def judged(rule: Rule, proofs: Sequence[Proof]) -> Text:
    """Say what became of each effect."""
    told = [_effect(proof) for proof in proofs]
    zh, en = "；".join(each.zh for each in told), "; ".join(each.en for each in told)
    return Text(f"{rule.name.zh}：{zh}", f"{rule.name.en}: {en}")


def failed(rule: Rule, proofs: Sequence[Proof]) -> Text:
    """Say that an effect did not follow in time."""
    told = [_effect(proof) for proof in proofs]
    zh, en = "；".join(each.zh for each in told), "; ".join(each.en for each in told)
    return Text(f"{rule.name.zh}：联锁失效，{zh}", f"{rule.name.en}: the interlock failed: {en}")


def _effect(proof: Proof) -> Text:
    verdict, why, took = VERDICT[proof.verdict], WHY[proof.why], _took(proof.delay)
    within = span(proof.effect.within_s)
    return Text(
        f"{proof.effect.zh} {verdict.zh}（{took.zh}，限时 {within}{why.zh}）",
        f"{proof.effect.en} {verdict.en} ({took.en}, limit {within}{why.en})",
    )


def _took(delay: Delay) -> Text:
    if delay.high_s is not None and delay.high_s <= 0:
        return Text("触发前已到位", "was so before")
    low = max(0.0, delay.low_s or 0.0)
    if delay.high_s is not None:
        high = max(0.0, delay.high_s)
        return Text(f"{low:.2f} 至 {high:.2f} s", f"{low:.2f} to {high:.2f} s")
    if delay.low_s is None:
        return Text("时间未知", "nobody knows how long")
    return Text(f"{low:.2f} s 内没有", f"not within {low:.2f} s")
