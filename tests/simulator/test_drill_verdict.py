"""The verdict over falsified accounts: whatever is missing, altered or made up turns it red, and is named.

Goal: a verdict that a customer keeps must not be green by itself. Method: a run in
which nothing is missing is passed; then one thing is taken away at a time.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.drill.messages import sentence
from simulator.drill.page import Heading, lines, page
from simulator.drill.played import Note, Played
from simulator.drill.verdict import Verdict, failed, judge
from tests.simulator.demo_parts import POINT, Story, at, whole_story

HEADING = Heading("P-1", "厂 <b>", "plant.yaml", "ab" * 32, "0.1.0", 24.0, 1, at(0))


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return whole_story(tmp_path)


def verdict(story: Story, *notes: Note) -> Verdict:
    return judge("kill", story.account(), Played(notes))


def wrong(verdict: Verdict) -> list[str]:
    return [note.code for note in verdict.notes if not note.is_right]


def test_a_whole_account_is_passed_and_says_how_much_there_was(story: Story) -> None:
    passed = verdict(story, Note("did-kill", {"kills": 4, "sending": 3, "sent": 1}))

    assert passed.passed
    text = "\n".join(lines(passed))
    assert "✗" not in text
    assert "readings served 5, recorded 5" in text
    assert "bureau: due 5, received 5" in text
    assert "alarms due 1, known to every platform 1" in text
    assert "county is absent: no broker" in text


def a_reading_is_not_delivered(story: Story) -> None:
    del story.parcels[3]


def a_reading_is_not_recorded(story: Story) -> None:
    story.serve(6, 3.0)


def a_value_is_altered(story: Story) -> None:
    parcel, received_ns = story.parcels[3]
    altered = replace(parcel.readings[0], value=29.9)
    story.parcels[3] = (replace(parcel, readings=(altered,)), received_ns)


def a_value_is_made_up(story: Story) -> None:
    story.store(6, 3.0)
    story.deliver(6, 3.0, 6)


def a_number_never_came(story: Story) -> None:
    parcel, received_ns = story.parcels[-1]
    story.parcels[-1] = (replace(parcel, number=9), received_ns)


def an_event_never_came(story: Story) -> None:
    story.events.append({"kind": "start"})


def an_alarm_never_came(story: Story) -> None:
    parcel, received_ns = story.parcels[-1]
    story.parcels[-1] = (replace(parcel, alarms=()), received_ns)


def what_was_never_recorded_came(story: Story) -> None:
    story.deliver(6, 4.0, 6)


@pytest.mark.parametrize(
    ("falsify", "code"),
    [
        (a_reading_is_not_delivered, "missing-readings"),
        (a_reading_is_not_recorded, "not-recorded"),
        (a_value_is_altered, "contradicted"),
        (a_value_is_made_up, "made-up"),
        (a_number_never_came, "missing-numbers"),
        (an_event_never_came, "missing-records"),
        (an_alarm_never_came, "alarm-missing"),
        (what_was_never_recorded_came, "never-accepted"),
    ],
)
def test_a_falsified_account_is_not_passed(story: Story, falsify: Callable[[Story], None], code: str) -> None:
    falsify(story)
    not_passed = verdict(story)

    assert not not_passed.passed
    assert code in wrong(not_passed)
    assert any("✗" in line for line in lines(not_passed))


def test_a_missing_reading_is_named_on_the_page(story: Story) -> None:
    a_reading_is_not_delivered(story)
    text = page(HEADING, [verdict(story)])

    assert f"{POINT} 1/3/0" in text
    assert sentence("not-all-passed").partition(" / ")[0] in text
    assert "class='bad'" in text
    assert "厂 &lt;b&gt;" in text


def test_the_page_of_a_whole_account_has_no_bad_line_and_names_the_file_s_hash(story: Story) -> None:
    text = page(HEADING, [verdict(story)])

    assert "class='bad'" not in text
    assert "ab" * 32 in text
    assert "All passed" in text


def test_an_alarm_that_fell_due_while_the_agent_was_down_is_told_not_held_against_it(story: Story) -> None:
    an_alarm_never_came(story)
    story.events.append({"kind": "gap", "cause": "restart", "from_ns": at(2.5), "to_ns": at(3.5)})
    story.deliver_records("event", 2, 7)
    told = verdict(story)

    assert told.passed
    assert "not to be seen while the agent was down 1" in "\n".join(lines(told))


def test_a_note_of_the_drill_that_is_not_right_fails_it(story: Story) -> None:
    fields = {"name": "bureau", "thrown": 2, "holes": 3}
    assert not verdict(story, Note("thrown-away", fields, is_right=False)).passed


def test_without_any_platform_nothing_is_proved(tmp_path: Path) -> None:
    accounting = replace(whole_story(tmp_path).account(), destinations={})
    assert wrong(judge("kill", accounting, Played())) == ["nobody-there"]


def test_a_drill_that_could_not_be_played_is_not_passed() -> None:
    assert not failed("disk", "cannot", fault="no room").passed
