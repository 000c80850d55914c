"""What may be a copy of an answer before: as much, the same bytes, of late, and not from this place."""

from drivers.modbus.claims import Question
from drivers.modbus.copies import LATE_NS, Copies

HERE, THERE = Question.read(1, 3, 100, 2), Question.read(1, 3, 200, 2)


def test_the_same_bytes_as_another_place_gave_of_late_may_be_a_copy() -> None:
    copies = Copies()
    assert not copies.may_be(HERE, b"x", 0)
    copies.taken(THERE, b"x", 0)
    assert copies.may_be(HERE, b"x", LATE_NS)
    assert not copies.may_be(HERE, b"x", LATE_NS + 1)
    assert not copies.may_be(HERE, b"y", 0)


def test_a_place_that_answered_so_the_last_time_is_believed() -> None:
    copies = Copies()
    copies.taken(HERE, b"0", 0)
    copies.taken(THERE, b"0", 0)
    assert not copies.may_be(HERE, b"0", 0)
    copies.taken(THERE, b"1", 0)
    assert copies.may_be(HERE, b"1", 0)


def test_the_same_place_and_others_of_another_size_do_not_count() -> None:
    copies = Copies()
    copies.taken(Question.read(1, 3, 200, 1), b"x", 0)
    assert not copies.may_be(HERE, b"x", 0)
    copies.taken(HERE, b"x", 0)
    assert not copies.may_be(HERE, b"x", 0)


def test_what_nobody_asked_for_is_a_copy_where_it_was_answered_of_late() -> None:
    copies = Copies()
    copies.taken(HERE, b"x", 0)
    assert copies.is_one(HERE.key, b"x", LATE_NS)
    assert not copies.is_one(HERE.key, b"x", LATE_NS + 1)
    assert not copies.is_one(HERE.key, b"y", 0)
