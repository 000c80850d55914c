"""Rules of the plant, from what is written to the model; faults in them: fixtures/plants/rules.yaml."""

from pathlib import Path

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


def fast_points(path: Path, text: str) -> set[str]:
    path.write_text(
        text.replace("within: 2 s", "within: 20 s").replace("window: 5 s", "window: 15 s"), "utf-8"
    )
    return {point.id for point in load_plant(path, profile_dirs=()).points if point.period_s == 0.2}


def test_points_of_an_interlock_are_read_every_200_ms_unless_the_plant_gives_a_period(tmp_path: Path) -> None:
    text, path = EXAMPLE.read_text(encoding="utf-8"), tmp_path / "plant.yaml"
    assert fast_points(path, text) == set(), "the devices say 1 s"
    unsaid = text.replace("    period: 1 s\n", "")
    assert fast_points(path, unsaid) == {"caster.inlet", "caster.cut-off-closed"}
    own = unsaid.replace("range: [0, 400]", "range: [0, 400], period: 1 s", 1)
    assert fast_points(path, own) == {"caster.cut-off-closed"}


def test_an_interlock_has_one_list_of_points_for_all_that_it_states() -> None:
    [rule] = [rule for rule in example().rules if rule.kind == "interlock"]
    assert [point.id for point in rule.points] == ["caster.inlet", "caster.cut-off-closed"]
    assert rule.priority == "critical"
