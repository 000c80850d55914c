"""How nodes are named: by id, with index or URI, and by browse path."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.fault import Objection
from config.node_id import BrowsePath, NodeName, parse_address, parse_path, write_path

URI = "http://plant.example/ua"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ns=2;s=furnace.tilt", NodeName(2, "furnace.tilt")),
        ("s=tilt", NodeName(0, "tilt")),
        ("i=2258", NodeName(0, 2258)),
        (f"nsu={URI};i=7", NodeName(URI, 7)),
        ('ns=3;s="DB 1"."a;b"', NodeName(3, '"DB 1"."a;b"')),
        (
            "ns=1;g=12345678-1234-1234-1234-123456789abc",
            NodeName(1, UUID(int=0x12345678123412341234123456789ABC)),
        ),
        ("ns=1;b=AAEC", NodeName(1, b"\x00\x01\x02")),
    ],
)
def test_a_node_id_is_read(text: str, name: NodeName) -> None:
    assert parse_address(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "tilt",
        "ns=2;tilt",
        "ns=65536;i=1",
        "ns=-1;i=1",
        "i=tilt",
        "i=4294967296",
        "g=1234",
        "b=***",
        "nsu=;s=tilt",
        "s=",
        "s=" + "x" * 4097,
    ],
)
def test_what_is_no_node_id_is_refused_before_it_reaches_a_server(text: str) -> None:
    with pytest.raises(Objection) as refused:
        parse_address(text)
    assert refused.value.code == "node-id-wrong"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("/2:PLC/2:Tilt", ((2, "PLC"), (2, "Tilt"))),
        ("Objects/2:PLC", ((2, "PLC"),)),
        ("0:Objects/2:PLC", ((2, "PLC"),)),
        ("PLC/3:Tilt", ((5, "PLC"), (3, "Tilt"))),
        (f"nsu={URI};PLC/Tilt", ((URI, "PLC"), (5, "Tilt"))),
        ("2:a&/b/2:c&&d", ((2, "a/b"), (2, "c&d"))),
    ],
)
def test_a_browse_path_is_read(text: str, segments: object) -> None:
    assert parse_path(text, 5).segments == segments


@pytest.mark.parametrize("text", ["", "/", "Objects", "2:PLC/", "2:PLC//Tilt", "65536:PLC", "PLC&"])
def test_what_is_no_browse_path_is_refused(text: str) -> None:
    with pytest.raises(Objection) as refused:
        parse_path(text)
    assert refused.value.code == "browse-path-wrong"


names = st.text(min_size=1).filter(lambda name: name not in ("Objects", "0:Objects"))
uris = st.text(min_size=1, alphabet=st.characters(exclude_characters=";"))
namespaces = st.integers(0, 65535) | uris


@given(st.lists(st.tuples(namespaces, names), min_size=1))
def test_a_path_that_is_written_is_read_back_the_same(segments: list[tuple[int | str, str]]) -> None:
    path = BrowsePath(tuple(segments))
    assert parse_address(write_path(path)) == path
