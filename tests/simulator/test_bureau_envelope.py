"""The ministry's envelope against published vectors, and what the platform answers to a wrong one."""

import json

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulator.bureau.envelope import Credentials, Unauthorised, Undecodable, decrypt, open_envelope
from tests.simulator.bureau_parts import seal

VECTOR = "0123456789abcdeffedcba9876543210"  # GB/T 32907 annex A: key and plain text alike
ISSUED = Credentials("gw-1", "s3cret", key=VECTOR, iv=VECTOR)


def body(**changes: object) -> bytes:
    return json.dumps(seal({"a": 1}, ISSUED) | changes).encode()


def test_the_cipher_is_the_one_of_gb_t_32907() -> None:
    encryptor = Cipher(algorithms.SM4(bytes.fromhex(VECTOR)), modes.ECB()).encryptor()
    ciphertext = encryptor.update(bytes.fromhex(VECTOR)) + encryptor.finalize()
    assert ciphertext.hex() == "681edf34d206965e86b3e94f536e4246"


def test_the_cbc_vector_decrypts_to_its_json() -> None:
    assert decrypt("7DDF8A15EF5AD899572BA67B14FF47DA", ISSUED) == b'{"a":1}'


@pytest.mark.parametrize(
    ("mode", "encoding", "data"),
    [
        ("CBC", "hex", "7ddf8a15ef5ad899572ba67b14ff47da"),
        ("CBC", "base64", "fd+KFe9a2JlXK6Z7FP9H2g=="),
        ("ECB", "HEX", "DB8F98866DC8B812680B04A54DB32CBA"),
    ],
)
def test_what_the_plant_was_told_is_what_is_read(mode: str, encoding: str, data: str) -> None:
    issued = Credentials("gw-1", "s3cret", key=VECTOR, iv=VECTOR, mode=mode, encoding=encoding)
    assert decrypt(data, issued) == b'{"a":1}'


def test_a_sealed_message_opens() -> None:
    assert open_envelope(body(), "s3cret", ISSUED) == {"a": 1}


@pytest.mark.parametrize("appsecret", [None, "", "S3CRET", "密"])
def test_a_wrong_appsecret_is_unauthorised(appsecret: str | None) -> None:
    with pytest.raises(Unauthorised, match="appsecret"):
        open_envelope(body(), appsecret, ISSUED)


def test_a_wrong_appid_is_unauthorised() -> None:
    with pytest.raises(Unauthorised, match="appid"):
        open_envelope(body(appid="gw-2"), "s3cret", ISSUED)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("7ddf8a15ef5ad899572ba67b14ff47da", "is not HEX"),  # lower case: a trap of real integrations
        ("fd+KFe9a2JlXK6Z7FP9H2g==", "is not HEX"),  # Base64, the other one
        ("7DDF8A15EF5AD899572BA67B14FF47", "whole blocks"),
        ("", "is not HEX"),
        ("7DDF8A15EF5AD899572BA67B14FF47DB", "decrypt"),
        (None, "missing"),
    ],
)
def test_ciphertext_that_cannot_be_read_is_refused_with_the_reason(data: str | None, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        open_envelope(body(data=data), "s3cret", ISSUED)


@pytest.mark.parametrize("text", [b"", b"[]", b"<html>", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(Undecodable, match="body"):
        open_envelope(text, "s3cret", ISSUED)


def test_a_message_under_another_key_is_refused() -> None:
    other = Credentials("gw-1", "s3cret", key="f" * 32, iv=VECTOR)
    with pytest.raises(Undecodable):
        open_envelope(json.dumps(seal({"a": 1}, other)).encode(), "s3cret", ISSUED)
