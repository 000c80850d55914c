"""SM4 as departments prescribe it: published vectors, every mode, every way to write key and ciphertext."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.uplinks.sm4 import Encoding, KeyMalformed, Sm4
from config.key_form import read_key

ISSUED = "0123456789abcdeffedcba9876543210"
BLOCK = bytes.fromhex(ISSUED)
AS_BASE64 = base64.b64encode(BLOCK).decode()


def test_cbc_matches_the_published_vector() -> None:
    assert Sm4(ISSUED, ISSUED).encrypt(b'{"a":1}') == "7DDF8A15EF5AD899572BA67B14FF47DA"


def test_ecb_matches_the_vector_of_the_standard_and_pads_by_a_whole_block() -> None:
    cipher = Sm4(ISSUED, None).encrypt(BLOCK)
    assert cipher[:32] == "681EDF34D206965E86B3E94F536E4246"
    assert len(cipher) == 64


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("HEX", "7DDF8A15EF5AD899572BA67B14FF47DA"),
        ("hex", "7ddf8a15ef5ad899572ba67b14ff47da"),
        ("base64", base64.b64encode(bytes.fromhex("7DDF8A15EF5AD899572BA67B14FF47DA")).decode()),
    ],
)
def test_the_ciphertext_is_written_as_asked(encoding: Encoding, written: str) -> None:
    assert Sm4(ISSUED, ISSUED, encoding).encrypt(b'{"a":1}') == written


@pytest.mark.parametrize("text", [ISSUED, ISSUED.upper(), f" {ISSUED}\n", AS_BASE64])
def test_a_key_is_read_in_each_form_it_is_issued_in(text: str) -> None:
    assert read_key(text) == BLOCK


def test_sixteen_characters_are_a_key_as_they_stand() -> None:
    assert read_key("JeF8U9wHFOMfs2Y8") == b"JeF8U9wHFOMfs2Y8"


@pytest.mark.parametrize("text", ["", "xyz", ISSUED[:-2], ISSUED + "00", "g" * 32, "=" * 24, "钥" * 16])
def test_what_is_no_key_is_named_and_never_shown(text: str) -> None:
    with pytest.raises(KeyMalformed) as caught:
        Sm4(ISSUED, text)
    assert caught.value.which == "iv"
    assert not text or text not in str(caught.value)


@given(st.text(max_size=40))
def test_a_key_is_sixteen_bytes_or_none(text: str) -> None:
    key = read_key(text)
    assert key is None or len(key) == 16
