"""Rules of the plant, from what is written to the model; faults in them: fixtures/plants/rules.yaml."""

from agent.alarms.engine import Engine
from config.condition import Condition, Dose, Rate
from config.load import load_plant
from config.model import Confidence, Plant
from tests.config.test_broken_plants import FIXTURES

EXAMPLE = FIXTURES / "rules" / "one_of_each.yaml"


def example() -> Plant:
    return load_plant(EXAMPLE, profile_dirs=())


def test_the_example_has_one_rule_of_each_kind() -> None:
    assert {type(rule.condition) for rule in example().rules} == set(Condition.__args__)


def test_every_rule_is_watched_by_the_engine_from_the_start() -> None:
    plant = example()
    engine = Engine(plant)
    assert {rule.id for rule in plant.rules} <= {alarm.subject.rule for alarm in engine.alarms}
    outcomes = (
        engine.start({}, utc_ns=0, mono_ns=0),  # that there is no baseline is known at once
        engine.tick(utc_ns=11 * 10**9, mono_ns=11 * 10**9),
    )
    events = [event for outcome in outcomes if outcome for event in outcome.events]
    lost = {event.rule for event in events if event.happening == "not-evaluated"}
    assert lost == {rule.id for rule in plant.rules}, "no reading came"


def test_a_rule_names_its_points_and_the_first_is_what_it_is_about() -> None:
    [rule] = [rule for rule in example().rules if rule.id == "bag-broken"]
    assert [point.id for point in rule.points] == ["collector.pressure-difference", "collector.fan"]
    assert rule.on_delay_s == 30


def test_a_limit_is_converted_to_the_unit_of_its_point() -> None:
    [dose] = [rule.condition for rule in example().rules if isinstance(rule.condition, Dose)]
    assert round(dose.limit, 1) == 80.0, "100 mg/m3 CO at 0 °C, in ppm"


def test_a_percentage_has_its_base() -> None:
    [rate] = [rule.condition for rule in example().rules if isinstance(rule.condition, Rate)]
    assert (rate.threshold.limit, rate.threshold.at_least) == (15.0, 20.0)


def test_a_rule_may_quote_a_standard_and_is_the_plants_own() -> None:
    clauses = {rule.id: rule.clause for rule in example().rules}
    assert (clauses["co-dose"].standard, clauses["co-dose"].confidence) == ("GB 6222", Confidence.PLANT)
    assert clauses["sparks"].standard == ""


def test_the_command_a_feedback_waits_for_is_its_on_delay() -> None:
    [rule] = [rule for rule in example().rules if rule.kind == "feedback"]
    assert rule.on_delay_s == 2
