"""The accounting over synthetic runs: whole it passes, and each thing that can go missing is seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.bureau.parcel import Records
from simulator.demo.entitlement import silent
from simulator.demo.store_reader import Unsent, read_store
from tests.simulator.demo_parts import CATALOGUE, POINT, Story, a_rule, at, whole_story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return whole_story(tmp_path)


def test_a_whole_run_is_complete(story: Story) -> None:
    accounting = story.account()

    assert accounting.complete
    assert accounting.acceptance.served == accounting.acceptance.accepted == 5
    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert (delivery.entitled_readings, delivery.received_readings) == (5, 5)
    assert accounting.first_reading_s == 1.0
    assert accounting.cpu_share == pytest.approx(0.4 / 8)  # after the start


def test_nothing_served_is_not_complete(tmp_path: Path) -> None:
    assert not Story(tmp_path).account().complete


def test_an_absent_destination_is_shown_and_does_not_fail_the_run(story: Story) -> None:
    accounting = story.account()

    assert accounting.destinations["county"].absent == "no broker"
    assert accounting.complete


def test_a_reading_that_the_platform_lacks_is_named(story: Story) -> None:
    del story.parcels[3]
    accounting = story.account()

    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert [(r.point.id, r.seq) for r in delivery.missing_readings] == [(POINT, 3)]
    assert delivery.missing_records == [("reading", 1, 3)]
    assert delivery.missing_numbers == [4]
    assert not accounting.complete


def test_a_repeat_is_counted_and_changes_nothing_else(story: Story) -> None:
    story.parcels.append(story.parcels[1])
    accounting = story.account()

    books = accounting.destinations["bureau"].books
    assert books is not None
    assert books.repeats == 1
    assert len(books.readings) == 5
    assert accounting.complete


def test_a_value_altered_on_the_way_is_a_contradiction(story: Story) -> None:
    parcel, received_ns = story.parcels[3]
    reading = replace(parcel.readings[0], value=29.9)
    story.parcels[3] = (replace(parcel, readings=(reading,)), received_ns)
    accounting = story.account()

    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert delivery.contradicted == [(1, 3, 0)]
    assert not accounting.complete


def test_a_reading_sent_but_never_accepted_is_seen(story: Story) -> None:
    story.deliver(6, 4.0, 6)
    accounting = story.account()

    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert delivery.never_accepted == [(1, 6, 0)]
    assert not accounting.complete


def test_an_event_that_no_message_covers_is_missing(story: Story) -> None:
    story.events.append({"kind": "start"})
    accounting = story.account()

    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert delivery.missing_records == [("event", 1, 2)]
    assert not accounting.complete


def test_a_number_that_never_came_is_a_hole(story: Story) -> None:
    parcel, received_ns = story.parcels[-1]
    story.parcels[-1] = (replace(parcel, number=9), received_ns)
    accounting = story.account()

    delivery = accounting.destinations["bureau"].delivery
    assert delivery is not None
    assert delivery.missing_numbers == [7, 8]
    assert not accounting.complete


def test_a_message_that_rests_because_nothing_is_due_in_it_is_no_loss(story: Story, tmp_path: Path) -> None:
    story.account()
    due = [(reading, ("reading", 1, 3)) for reading in read_store(tmp_path / "outbox.db").readings[:1]]
    resting, owing = (frozenset({("reading", 1, seq)}) for seq in (2, 3))
    unsent = Unsent(resting | owing, {4: resting, 5: owing, 6: frozenset({("event", 1, 1)})})
    assert silent(unsent, due) == resting


class TestServedAgainstAccepted:
    """What a device sent must be in the store, and the other way round."""

    def test_a_served_reading_missing_in_the_store_is_named(self, story: Story) -> None:
        story.serve(6, 3.0)
        accounting = story.account()

        assert [(r.point, r.utc_ns) for r in accounting.acceptance.missing] == [(POINT, at(6))]
        assert not accounting.complete

    def test_a_stored_reading_with_another_value_does_not_stand_for_it(self, story: Story) -> None:
        story.responses[1]["values"][POINT] = 3.1
        accounting = story.account()

        assert len(accounting.acceptance.missing) == 1
        assert len(accounting.acceptance.unfounded) == 1

    def test_a_value_lost_before_a_restart_is_not_found_in_the_same_one_read_after_it(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for setting in CATALOGUE["points"]:
            monkeypatch.setitem(setting, "period_s", 6 * 3600.0)
        story.serve(6, 3.0)
        story.serve(8, 3.0)
        story.store(8, 3.0)
        story.deliver(6, 3.0, 8)
        accounting = story.account()

        assert [reading.utc_ns for reading in accounting.acceptance.missing] == [at(6)]

    def test_a_sample_that_a_server_told_twice_under_its_own_time_is_there_once_and_not_missing(
        self, story: Story
    ) -> None:
        own = {POINT: at(5.5)}
        for seconds in (6, 6.2):
            story.serve(seconds, 3.0)
            story.responses[-1]["source_ns"] = own
        story.store(6, 3.0)
        story.stored[-1][-1] = [at(5.5)]
        story.deliver(6, 3.0, 6)
        accounting = story.account()

        assert accounting.acceptance.accepted == 6
        assert accounting.complete

    def test_a_recorded_gap_covers_it(self, story: Story) -> None:
        story.serve(6, 3.0)
        story.events.append({"kind": "gap", "cause": "staging", "from_ns": at(5.9), "to_ns": at(6.5)})
        story.deliver_records("event", 2, 7)
        accounting = story.account()

        assert accounting.acceptance.in_gaps == 1
        assert accounting.complete

    def test_what_was_served_after_the_stop_is_not_asked_for(self, story: Story) -> None:
        story.serve(10.1, 3.0)
        accounting = story.account()

        assert accounting.acceptance.after_stop == 1
        assert accounting.complete

    @pytest.mark.parametrize("outcome", ["spoiled", "late", "silent", "exception"])
    def test_only_what_was_served_is_asked_for(self, story: Story, outcome: str) -> None:
        story.serve(6, 3.0, outcome)
        assert story.account().complete

    def test_a_stored_value_that_no_device_served_is_unfounded(self, story: Story) -> None:
        story.store(6, 3.0)
        story.deliver(6, 3.0, 6)
        accounting = story.account()

        assert [r.seq for r in accounting.acceptance.unfounded] == [6]
        assert not accounting.complete

    def test_a_value_read_from_a_spoiled_response_is_not_unfounded(self, story: Story) -> None:
        story.serve(6, 3.0, "spoiled")
        story.store(6, 76.8)
        story.deliver(6, 76.8, 6)
        assert story.account().complete

    def test_a_bad_reading_has_no_value_to_be_founded_on(self, story: Story) -> None:
        story.store(6, None, quality=64)
        story.deliver(6, None, 6, quality="comm-fault")
        assert story.account().complete

    def test_beyond_the_range_the_range_s_end_is_the_served_value(self, story: Story) -> None:
        story.serve(6, 1200.0)
        story.store(6, 1000.0, quality=1)
        story.deliver(6, 1000.0, 6, quality="over-range")
        story.rule = replace(a_rule(), limit=5000.0)
        assert story.account().complete


class TestLeftByTheStop:
    """The last commit of a stopping agent may stay in its store until the next start."""

    def test_a_record_still_to_be_sent_is_left_not_missing(self, story: Story) -> None:
        story.serve(8.5, 3.0)
        story.store(8.5, 3.0)
        story.unsent.append(("reading", 6, None))
        accounting = story.account()

        delivery = accounting.destinations["bureau"].delivery
        assert delivery is not None
        assert (delivery.left_readings, delivery.left_records) == (1, 1)
        assert accounting.complete

    def test_a_record_that_the_store_has_forgotten_to_send_is_missing(self, story: Story) -> None:
        story.serve(8.5, 3.0)
        story.store(8.5, 3.0)
        assert not story.account().complete

    def test_a_record_from_before_everything_was_delivered_is_missing(self, story: Story) -> None:
        story.serve(7.5, 3.0)
        story.store(7.5, 3.0)
        story.unsent.append(("reading", 6, 6))
        assert not story.account().complete


class TestAlarms:
    """Each crossed limit must have become an alarm at each destination."""

    def test_the_delay_counts_from_the_response_to_the_first_arrival(self, story: Story) -> None:
        (alarm,) = story.account().alarms

        assert alarm.crossing.first_ns == at(3)
        assert alarm.arrivals["bureau"].delay_s == pytest.approx(0.05)

    def test_a_crossing_without_an_alarm_is_not_complete(self, story: Story) -> None:
        parcel, received_ns = story.parcels[-1]
        records = Records(epoch=1, lane="alarm", first=1, last=1)
        story.parcels[-1] = (replace(parcel, records=records, alarms=()), received_ns)
        accounting = story.account()

        (alarm,) = accounting.alarms
        assert alarm.arrivals["bureau"].delay_s is None
        assert not accounting.complete
