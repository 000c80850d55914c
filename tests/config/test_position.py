"""From keys to line and column, in any YAML that can be written."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.document import parse_document
from config.fault import Findings, Place
from config.position import Document, Layers, Loc, merge

keys = st.text(alphabet="abcdefgh-", min_size=1, max_size=6).filter(lambda key: key.strip("-"))
scalars = st.integers(0, 99) | st.booleans() | st.text(alphabet="xyz 中文", min_size=1, max_size=8)
trees = st.recursive(
    scalars,
    lambda below: (
        st.dictionaries(keys, below, min_size=1, max_size=4) | st.lists(below, min_size=1, max_size=3)
    ),
    max_leaves=20,
)
maps = st.dictionaries(keys, trees, min_size=1, max_size=4)


def parsed(text: str, file: str = "f.yaml") -> Document:
    findings = Findings()
    document = parse_document(text, file, findings)
    assert findings.faults == ()
    assert document is not None
    return document


def leaves(data: Any, loc: Loc = ()) -> list[tuple[Loc, Any]]:
    if isinstance(data, dict):
        return [leaf for key, value in data.items() for leaf in leaves(value, (*loc, key))]
    if isinstance(data, list):
        return [leaf for index, value in enumerate(data) for leaf in leaves(value, (*loc, index))]
    return [(loc, data)]


@given(maps, st.booleans())
def test_what_was_written_is_read_and_every_leaf_is_found_where_it_stands(
    data: dict[str, Any], flow: bool
) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, width=40)
    document = parsed(text)
    assert document.data == data
    lines = text.splitlines()
    for loc, value in leaves(data):
        depth, place = document.find(loc)
        assert depth == len(loc)
        rest = lines[place.line - 1][place.column - 1 :]
        written = yaml.safe_dump(value, allow_unicode=True).splitlines()[0]
        assert rest.startswith(written[:2].rstrip()), (rest, written)


@given(maps, maps)
def test_laid_over_each_other_every_leaf_has_the_place_of_the_file_that_said_it(
    below: dict[str, Any], above: dict[str, Any]
) -> None:
    lower, upper = (parsed(yaml.safe_dump(d, allow_unicode=True), f) for d, f in ((below, "a"), (above, "b")))
    layers = Layers([(lower, ()), (upper, ())], merge(lower.data, upper.data))
    for loc, _ in leaves(above):
        assert layers.place(*loc).file == "b"
    for loc, value in leaves(layers.data):
        if loc not in [found for found, _ in leaves(above)]:
            assert (loc, value) in leaves(below)
            assert layers.place(*loc).file == "a"


def test_a_key_and_its_value_have_places_of_their_own() -> None:
    document = parsed("a:\n  b: {c: 1}\n")
    assert document.find(("a", "b", "c"))[1] == Place("f.yaml", 2, 10)
    assert document.find(("a", "b", "c"), at_key=True)[1] == Place("f.yaml", 2, 7)


def test_what_is_not_there_is_told_at_the_deepest_part_that_is() -> None:
    depth, place = parsed("a:\n  b: 1\n").find(("a", "x", "y"))
    assert (depth, place) == (1, Place("f.yaml", 2, 3))


def test_a_key_that_was_merged_in_by_an_anchor_is_found_where_it_was_written() -> None:
    document = parsed("x: &base {unit: 1, name: n}\ny: {<<: *base, unit: 2}\n")
    assert document.data == {"x": {"unit": 1, "name": "n"}, "y": {"unit": 2, "name": "n"}}
    assert document.find(("y", "name"))[1] == Place("f.yaml", 1, 26)
    assert document.find(("y", "unit"))[1] == Place("f.yaml", 2, 22)


def test_a_byte_order_mark_does_not_shift_the_first_line() -> None:
    assert parsed("\ufeffa: 1\n").find(("a",))[1] == Place("f.yaml", 1, 4)


def test_scalars_follow_yaml_12() -> None:
    text = "a: [on, yes, 012, 12:30, 0x10, 1e3, ~, true, 2027-03-01, 2027-13-01, 0b1, .5]"
    data = parsed(text).data
    assert isinstance(data, dict)
    on, yes, number, time, hexadecimal, exponent, none, true, day, no_day, binary, half = data["a"]
    assert (on, yes, number, time, hexadecimal, exponent) == ("on", "yes", 12, "12:30", 16, 1000.0)
    assert (none, true, str(day), no_day, binary, half) == (
        None,
        True,
        "2027-03-01",
        "2027-13-01",
        "0b1",
        0.5,
    )
