"""Which readings were given up by a person, by what events tell, and which went after all."""

from agent.evidence.dropped import DroppedReadings
from agent.evidence.history import History
from agent.evidence.noted import Noted
from agent.records import Json
from buffering.record import Lane

POINT = "hw.inlet-flow"


def heard(*contents: Json) -> DroppedReadings:
    found = DroppedReadings()
    for number, content in enumerate(contents, 1):
        found.hear(Noted(1, number, 1000 + number, {"destination": "bureau", **content}))
    return found


def dropped(*given_up: list[object], unlisted: int = 0) -> Json:
    return {"kind": "quarantine-dropped", "given_up": list(given_up), "unlisted": unlisted}


def test_a_single_reading_is_itself_alone_and_a_parked_point_all_until_then() -> None:
    found = heard(dropped([POINT, 1, 7, 500, False], ["hw.p", 1, 9, 600, True], unlisted=3))
    assert found.since_ns("bureau") == 500
    assert found.unlisted("bureau") == 3
    assert found.holds("bureau", 1, 7, POINT, 500)
    assert not found.holds("bureau", 1, 8, POINT, 500)
    assert [found.holds("bureau", 2, 40, "hw.p", ns) for ns in (599, 600, 1000, 1001)] == [
        False,
        True,
        True,
        False,
    ]
    assert not found.holds("county", 1, 7, POINT, 500)


def test_what_is_sent_again_later_is_given_up_no_more_and_what_was_sent_before_still_is() -> None:
    again: Json = {"kind": "resend", "records": [[1, "reading", 1, 7]]}
    given_up = dropped([POINT, 1, 7, 500, False])
    assert heard(again, given_up).holds("bureau", 1, 7, POINT, 500)
    assert not heard(given_up, again).holds("bureau", 1, 7, POINT, 500)
    assert heard(given_up, again, given_up).holds("bureau", 1, 7, POINT, 500), "dropped a second time"


def test_it_goes_with_the_name_and_ends_with_the_destination() -> None:
    given_up = dropped([POINT, 1, 7, 500, False])
    renamed = {"kind": "destination", "destination": "prov", "joined": True, "was": "bureau"}
    assert heard(given_up, renamed).holds("prov", 1, 7, POINT, 500)
    left = {"kind": "destination", "joined": False}
    assert not heard(given_up, left).holds("bureau", 1, 7, POINT, 500)


def test_a_destination_that_comes_back_or_is_sent_the_records_is_not_without_them() -> None:
    gap: Json = {
        "kind": "gap",
        "cause": "left",
        "destination": "bureau",
        "records": [1, "reading", 1, 9],
        "from_ns": 1,
        "to_ns": 2,
        "items": 9,
    }
    for after, left in (
        ({"kind": "destination", "destination": "bureau", "joined": True}, 0),
        ({"kind": "resend", "destination": "bureau", "records": [[1, "reading", 1, 4]]}, 5),
    ):
        history = History()
        history.take(Noted(1, 1, 10, gap))
        assert not history.is_made_up(history.gaps[0])
        history.take(Noted(1, 2, 11, after))
        numbers = history.given_up("bureau", 1, Lane.READING)
        assert sum((one.last or 0) - one.first + 1 for one in numbers) == left
        assert history.is_made_up(history.gaps[0]) is (left == 0)
