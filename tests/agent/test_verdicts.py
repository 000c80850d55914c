"""From a platform's answer to a verdict: one pure function per platform, every answer with its word."""

import json
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from agent.uplinks import ministry, mqtt
from agent.uplinks.connecting import judge_connect_fault
from agent.uplinks.sm4 import KeyMalformed, Sm4Cbc
from agent.uplinks.uplink import (
    Delivered,
    Partly,
    Rejected,
    RetryAfter,
    TooLarge,
    Unauthorised,
    Unknown,
)

HOST = "platform.example"
ISSUED = "0123456789abcdeffedcba9876543210"


def test_the_envelope_matches_the_published_vector() -> None:
    assert Sm4Cbc(ISSUED, ISSUED).encrypt(b'{"a":1}') == "7DDF8A15EF5AD899572BA67B14FF47DA"


@pytest.mark.parametrize(("key", "iv", "which"), [("xyz", ISSUED, "key"), (ISSUED, ISSUED[:-2], "iv")])
def test_a_malformed_key_is_named_and_its_value_is_not_shown(key: str, iv: str, which: str) -> None:
    with pytest.raises(KeyMalformed) as caught:
        Sm4Cbc(key, iv)
    assert caught.value.which == which
    assert ISSUED[:8] not in str(caught.value)


@pytest.mark.parametrize("code", [b"0", b"200"])
def test_only_the_business_code_says_delivered(code: bytes) -> None:
    assert ministry.judge(200, None, b'{"code":' + code + b',"msg":"ok"}', HOST) == Delivered()


@pytest.mark.parametrize(
    ("status", "retry_after", "body", "verdict"),
    [
        (200, None, b"<html>login</html>", Unknown),
        (200, None, b"", Unknown),
        (200, None, b"[]", Unknown),
        (200, None, b'{"code":40001,"msg":"no such point"}', Rejected),
        (200, None, b'{"code":0,"rejected":["a"]}', Partly),
        (200, None, b'{"code":500,"msg":"busy"}', Unknown),
        (200, None, b'{"code":-1}', Unknown),
        (200, None, b'{"code":true}', Unknown),
        (200, None, b'{"code":"zero"}', Unknown),
        (200, None, b'{"code":"0"}', Delivered),
        (200, None, b'{"code":0,"rejected":5}', Unknown),
        (200, None, b'{"code":401}', Unauthorised),
        (200, None, b'{"code":413}', TooLarge),
        (200, None, b'{"code":429}', RetryAfter),
        (400, None, b"", Rejected),
        (422, None, b"", Rejected),
        (401, None, b"", Unauthorised),
        (403, None, b"", Unauthorised),
        (413, None, b"", TooLarge),
        (429, "7", b"", RetryAfter),
        (429, None, b"", RetryAfter),
        (503, "2", b"", RetryAfter),
        (500, None, b"", Unknown),
        (503, None, b"", Unknown),
        (302, None, b"", Unknown),
    ],
)
def test_every_http_answer_has_its_verdict(
    status: int, retry_after: str | None, body: bytes, verdict: type
) -> None:
    assert isinstance(ministry.judge(status, retry_after, body, HOST), verdict)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(answer=JSON | st.fixed_dictionaries({"code": JSON, "msg": JSON, "rejected": JSON}))
def test_no_json_that_a_platform_could_send_is_more_than_a_verdict(answer: object) -> None:
    body = json.dumps(answer).encode()
    verdict = ministry.judge(200, None, body, HOST)
    if isinstance(verdict, Delivered | Partly):
        assert isinstance(answer, dict)
        assert str(answer["code"]) in ("0", "200")


def test_retry_after_is_obeyed_within_reason() -> None:
    answers = {after: ministry.judge(429, after, b"", HOST) for after in ("7", "86400", "soon")}
    assert [a.seconds for a in answers.values() if isinstance(a, RetryAfter)] == [7, 300, 5]


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), "refuses"),
        (httpx.ConnectError("[Errno -2] Name or service not known"), "DNS"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"), "clock"),
        (httpx.ConnectTimeout(""), "cannot be reached"),
        (httpx.ReadTimeout(""), "did not answer"),
        (httpx.RemoteProtocolError("Server disconnected"), "broke"),
    ],
)
def test_a_request_without_an_answer_is_unknown_and_says_why(fault: httpx.TransportError, word: str) -> None:
    verdict = ministry.judge_fault(fault, HOST, 10)
    assert isinstance(verdict, Unknown)
    assert word in verdict.reason.en


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0x00, Delivered),
        (0x10, Delivered),
        (0x87, Unauthorised),
        (0x97, RetryAfter),
        (0x99, Rejected),
        (0x80, Unknown),
    ],
)
def test_every_puback_has_its_verdict(code: int, verdict: type) -> None:
    assert isinstance(mqtt.judge(ReasonCode(PacketTypes.PUBACK, identifier=code), HOST), verdict)


@pytest.mark.parametrize(
    ("code", "verdict", "word"),
    [(0x86, Unauthorised, "password"), (0x87, Unauthorised, "password"), (0x88, Unknown, "tried again")],
)
def test_a_broker_in_trouble_is_told_from_one_that_does_not_know_us(
    code: int, verdict: type, word: str
) -> None:
    judged = mqtt.judge_connack(ReasonCode(PacketTypes.CONNACK, identifier=code), HOST)
    assert isinstance(judged, verdict)
    assert isinstance(judged, Unauthorised | Unknown)
    assert word in judged.reason.en


def test_a_tls_fault_of_the_broker_points_at_clock_and_certificate() -> None:
    verdict = judge_connect_fault(ssl.SSLError(1, "certificate verify failed"), HOST, 10)
    assert isinstance(verdict, Unknown)
    assert "clock" in verdict.reason.en
