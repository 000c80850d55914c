"""From a rule of the model to its judge: done once, when the plant is loaded."""

from agent.alarms.rules import stated
from agent.alarms.rules.baseline import BaselineJudge
from agent.alarms.rules.compared import DifferenceJudge, ImbalanceJudge
from agent.alarms.rules.count import CountJudge
from agent.alarms.rules.dose import DoseJudge
from agent.alarms.rules.expression import ExpressionJudge
from agent.alarms.rules.frozen import FrozenJudge
from agent.alarms.rules.heat import HeatLoadJudge
from agent.alarms.rules.interlock_judge import InterlockJudge
from agent.alarms.rules.judging import Judge
from agent.alarms.rules.jump import JumpJudge
from agent.alarms.rules.rate import RateJudge
from config import condition as of
from config.interlock import Interlock
from config.model import Rule


def compile_rule(rule: Rule) -> Judge:  # noqa: C901 one case for each kind that there is
    """Return the judge of a rule."""
    match rule.condition:
        case of.Rate() as rate:
            return RateJudge(rate, rule.points[0])
        case of.Difference() as difference:
            return DifferenceJudge(difference)
        case of.Imbalance() as imbalance:
            return ImbalanceJudge(imbalance)
        case of.Holds() as holds:
            return stated.holds(holds)
        case of.Contradiction() as contradiction:
            return stated.contradiction(contradiction)
        case of.Feedback() as feedback:
            return stated.feedback(feedback)
        case of.Frozen() as frozen:
            return FrozenJudge(frozen)
        case of.Jump() as jump:
            return JumpJudge(jump, rule.points[0])
        case of.Dose() as dose:
            return DoseJudge(dose)
        case of.Count() as count:
            return CountJudge(count)
        case of.Baseline() as baseline:
            return BaselineJudge(baseline)
        case of.HeatLoad() as heat:
            return HeatLoadJudge(heat, rule.points)
        case Interlock() as interlock:
            return InterlockJudge(interlock, rule.points)
        case of.Expression() as expression:
            return ExpressionJudge(expression, rule.points)
