"""From a platform's answer to a verdict: one pure function per platform, every answer with its word."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from agent.uplinks import ministry_answer as ministry
from agent.uplinks.mqtt.judge import judge, judge_connack
from agent.uplinks.uplink import (
    Delivered,
    Partly,
    Pending,
    Rejected,
    RetryAfter,
    TooLarge,
    Unauthorised,
    Unknown,
)

HOST = "platform.example"


@pytest.mark.parametrize("code", [b"0", b"200"])
def test_only_the_business_code_says_delivered(code: bytes) -> None:
    assert ministry.judge(200, None, b'{"code":' + code + b',"msg":"ok"}', HOST) == Delivered()


def test_an_empty_yes_is_told_as_one() -> None:
    verdict = ministry.judge(200, None, b" \n", HOST)
    assert isinstance(verdict, Unknown)
    assert "HTTP 200 with nothing in it" in verdict.reason.en


@pytest.mark.parametrize("key", ["msg", "message", "errMsg", "error", "detail", "title"])
def test_a_platforms_own_words_are_found_under_the_usual_names(key: str) -> None:
    verdict = ministry.judge(200, None, json.dumps({"code": 40001, key: "no such point"}).encode(), HOST)
    assert isinstance(verdict, Rejected)
    assert "no such point" in verdict.reason.zh


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


def test_what_a_refusal_says_beside_its_status_is_read() -> None:
    problem = b'{"title":"Unprocessable","detail":"quotaId hw.inlet-flow not registered"}'
    for status, body, said in (
        (422, problem, "HTTP 422: quotaId hw.inlet-flow not registered"),
        (400, '{"code":400,"msg":"指标未注册"}'.encode(), "HTTP 400: 指标未注册"),
        (400, b'{"code":1201,"msg":"x"}', "HTTP 400, 1201: x"),
    ):
        verdict = ministry.judge(status, None, body, HOST)
        assert isinstance(verdict, Rejected)
        assert said in verdict.reason.en
    for code, kind in ((401, Unauthorised), (413, TooLarge), (429, RetryAfter)):
        assert isinstance(ministry.judge(400, None, b'{"code":%d}' % code, HOST), kind)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_a_success_without_a_business_code_is_no_trouble_of_the_platform(status: int) -> None:
    verdict = ministry.judge(status, None, b"", HOST)
    assert isinstance(verdict, Unknown)
    assert "without a business code" in verdict.reason.en


def test_a_gateway_fault_behind_a_proxy_is_the_proxys() -> None:
    verdict = ministry.judge(502, None, b"<html>", HOST, ministry.Meaning(proxy="proxy:3128"))
    assert isinstance(verdict, Unknown)
    assert "the proxy proxy:3128 gets no answer" in verdict.reason.en


def test_which_codes_find_fault_with_the_data_is_the_layouts_to_say() -> None:
    says = b'{"code":1,"msg":"no such point"}'
    verdict = ministry.judge(200, None, says, HOST)
    assert isinstance(verdict, Unknown)
    assert "answer.refused of the layout" in verdict.reason.en
    own = ministry.Meaning(refused=[(1, 1), (1001, 1999)])
    assert isinstance(ministry.judge(200, None, says, HOST, own), Rejected)
    assert isinstance(ministry.judge(200, None, b'{"code":1500}', HOST, own), Rejected)
    assert isinstance(ministry.judge(200, None, b'{"code":40001}', HOST, own), Unknown)


NGINX = b"<html><center>The plain HTTP request was sent to HTTPS port</center></html>"
APACHE = b"<html>Reason: You're speaking plain HTTP to an SSL-enabled server port.</html>"


@pytest.mark.parametrize("status", [400, 422])
def test_a_web_page_refuses_no_data_whatever_its_status(status: int) -> None:
    """Else a portal, or http:// on a port for TLS, would have every reading parked."""
    for body in (b"<html>login</html>", b"  <!DOCTYPE html>"):
        verdict = ministry.judge(status, None, body, HOST)
        assert isinstance(verdict, Unknown)
        assert "check that url names the data interface" in verdict.reason.en
    for body in (NGINX, APACHE):
        verdict = ministry.judge(status, None, body, HOST)
        assert isinstance(verdict, Unknown)
        assert "write https:// in url" in verdict.reason.en


@pytest.mark.parametrize(
    ("status", "mend"),
    [
        (404, "check that url is the whole address"),
        (405, "check that url is the whole address"),
        (302, "http or https, the whole path"),
        (307, "http or https, the whole path"),
        (500, "if it lasts, call it"),
        (502, "if it lasts, call it"),
    ],
)
def test_every_status_says_what_to_look_at(status: int, mend: str) -> None:
    verdict = ministry.judge(status, None, b"", HOST)
    assert isinstance(verdict, Unknown)
    assert mend in verdict.reason.en


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


@given(
    st.sampled_from([200, 400, 413, 429, 500, 503]),
    st.none() | st.text(),
    st.binary() | st.text().map(lambda said: json.dumps({"code": said, "msg": said}).encode()),
)
def test_whatever_a_platform_says_there_is_a_verdict(
    status: int, retry_after: str | None, body: bytes
) -> None:
    ministry.judge(status, retry_after, body, HOST)


@pytest.mark.parametrize("code", ["²", "9" * 5000])
def test_a_code_that_is_no_number_is_nonsense(code: str) -> None:
    assert isinstance(ministry.judge(200, None, json.dumps({"code": code}).encode(), HOST), Unknown)


def test_a_platforms_own_words_are_cut() -> None:
    verdict = ministry.judge(200, None, json.dumps({"code": 40001, "msg": "x" * 900_000}).encode(), HOST)
    assert isinstance(verdict, Rejected)
    assert len(verdict.reason.en) < 400


@pytest.mark.parametrize(("written", "seconds"), [("0", 1.0), ("²", 5.0), ("", 5.0), ("9" * 5000, 300.0)])
def test_no_wish_of_a_platform_is_a_flood_or_a_crash(written: str, seconds: float) -> None:
    verdict = ministry.judge(429, written, b"", HOST)
    assert isinstance(verdict, RetryAfter)
    assert verdict.seconds == seconds


def test_retry_after_is_obeyed_within_reason() -> None:
    answers = {after: ministry.judge(429, after, b"", HOST) for after in ("7", "86400", "soon")}
    assert [a.seconds for a in answers.values() if isinstance(a, RetryAfter)] == [7, 300, 5]


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
    assert isinstance(judge(ReasonCode(PacketTypes.PUBACK, identifier=code), HOST), verdict)


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        (0x87, "rights on the topic"),
        (0x90, "check topic under mqtt"),
        (0x97, "write limits.rate in the layout"),
        (0x99, "layout preview"),
        (0x80, "call the operator"),
    ],
)
def test_every_refusal_by_a_broker_has_its_own_mend(code: int, mend: str) -> None:
    verdict = judge(ReasonCode(PacketTypes.PUBACK, identifier=code), HOST)
    assert not isinstance(verdict, Delivered | Partly | Pending)
    assert mend in verdict.reason.en
    assert (code == 0x87) == ("rights on the topic" in verdict.reason.en)


@pytest.mark.parametrize(
    ("code", "verdict", "word"),
    [(0x86, Unauthorised, "password"), (0x87, Unauthorised, "password"), (0x88, Unknown, "tried again")],
)
def test_a_broker_in_trouble_is_told_from_one_that_does_not_know_us(
    code: int, verdict: type, word: str
) -> None:
    judged = judge_connack(bytes([0, code, 0]), HOST, "5")
    assert isinstance(judged, verdict)
    assert isinstance(judged, Unauthorised | Unknown)
    assert word in judged.reason.en
