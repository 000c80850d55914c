"""Which business codes find fault with the data: as a layout writes them, and what it cannot write."""

import pytest

from config.fault import Objection
from config.layout import LayoutAnswer, parse_codes


@pytest.mark.parametrize(
    ("written", "codes"), [(1, (1, 1)), ("1", (1, 1)), ("1001-1999", (1001, 1999)), (" 5 - 7 ", (5, 7))]
)
def test_a_code_is_a_number_or_a_range(written: object, codes: tuple[int, int]) -> None:
    assert parse_codes(written) == codes


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("many", "code-range"),
        ("9-1", "code-range"),
        (True, "code-range"),
        (1.5, "code-range"),
        (200, "refused-code-is-a-yes"),
        ("0-99", "refused-code-is-a-yes"),
    ],
)
def test_what_is_no_code_or_says_yes_is_named(written: object, code: str) -> None:
    with pytest.raises(Objection) as told:
        parse_codes(written)
    assert told.value.code == code


def test_without_a_word_the_codes_are_those_of_the_sample_answer() -> None:
    assert LayoutAnswer().refused == ((400, 499), (40000, 49999))
