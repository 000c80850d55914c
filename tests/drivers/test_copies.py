"""What may be a copy of the answer before: as much, the same bytes, and never yet from this place."""

from drivers.modbus.claims import Question
from drivers.modbus.copies import Copies

HERE, THERE = Question.read(1, 3, 100, 2), Question.read(1, 3, 200, 2)


def test_the_same_bytes_as_another_place_gave_just_now_may_be_a_copy() -> None:
    copies = Copies()
    assert not copies.may_be(HERE, b"x")
    copies.taken(THERE, b"x")
    assert copies.may_be(HERE, b"x")
    assert not copies.may_be(HERE, b"y")


def test_a_place_that_has_answered_so_before_is_believed() -> None:
    copies = Copies()
    copies.taken(HERE, b"0")
    copies.taken(THERE, b"0")
    assert not copies.may_be(HERE, b"0")
    copies.taken(THERE, b"1")
    assert copies.may_be(HERE, b"1")


def test_the_question_before_and_others_of_another_size_do_not_count() -> None:
    copies = Copies()
    copies.taken(Question.read(1, 3, 200, 1), b"x")
    assert not copies.may_be(HERE, b"x")
    copies.taken(HERE, b"x")
    assert not copies.may_be(HERE, b"x")
