"""The small parts: standing of a unit, back-off, link report, words for people."""

from random import Random

import pytest

from config.model import Text
from drivers.backoff import Backoff
from drivers.driver import LinkStatus
from drivers.errors import ExceptionReply, LinkFault, Lost, NoReply, Refused, WrongReply
from drivers.messages import describe
from drivers.modbus.standing import PROBE_MIN_S, REST_CAP_S, Standing
from drivers.report import LinkReport
from tests.drivers.fake_clock import FakeClock

SECOND = 10**9


def kinds_of_link_fault() -> list[type[LinkFault]]:
    return [LinkFault, *LinkFault.__subclasses__()]


def test_a_unit_in_good_standing_has_the_full_time_out() -> None:
    standing = Standing(1.0, Random(1))
    assert standing.timeout_s() == 1.0
    assert not standing.rests(0)


def test_a_silent_unit_rests_and_is_probed_shortly() -> None:
    standing = Standing(1.0, Random(1))
    standing.answered(0.01)
    standing.silent(0)
    assert standing.rests(SECOND // 10)
    assert not standing.rests(SECOND)
    assert standing.timeout_s() == PROBE_MIN_S


def test_a_probe_gives_a_slow_unit_three_times_what_it_used_to_need() -> None:
    standing = Standing(1.0, Random(1))
    for _ in range(50):
        standing.answered(0.08)
    standing.silent(0)
    assert standing.timeout_s() == pytest.approx(0.24)


def test_a_probe_never_waits_longer_than_the_full_time_out() -> None:
    standing = Standing(0.3, Random(1))
    standing.answered(0.2)
    standing.silent(0)
    assert standing.timeout_s() == 0.3


def test_one_answer_in_a_hundred_does_not_lengthen_the_probe() -> None:
    standing = Standing(1.0, Random(1))
    for n in range(100):
        standing.answered(0.9 if n == 40 else 0.05)
    standing.silent(0)
    assert standing.timeout_s() == pytest.approx(0.15)


def test_a_unit_that_answered_late_gets_the_full_time_out_once() -> None:
    standing = Standing(1.0, Random(1))
    standing.silent(0)
    standing.answered_late()
    assert standing.timeout_s() == 1.0
    standing.silent(0)
    assert standing.timeout_s() == PROBE_MIN_S


def test_rests_grow_to_their_cap_and_end_with_the_first_answer() -> None:
    standing = Standing(1.0, Random(1))
    for _ in range(12):
        standing.silent(0)
    assert standing.rests(round(REST_CAP_S * SECOND / 2) - 1)
    assert not standing.rests(round(REST_CAP_S * SECOND))
    standing.answered(0.01)
    assert not standing.rests(0)
    standing.silent(0)
    assert not standing.rests(SECOND // 2)


def test_back_off_doubles_to_its_cap_with_jitter_and_starts_again() -> None:
    backoff = Backoff(first_s=0.2, cap_s=5.0, rng=Random(1))
    waits = [backoff.next_s() for _ in range(10)]
    full = [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0, 5.0]
    assert all(f / 2 <= wait <= f for wait, f in zip(waits, full, strict=True))
    backoff.reset()
    assert backoff.next_s() <= 0.2


def test_two_connections_cut_at_once_do_not_come_back_at_once() -> None:
    one, other = (Backoff(first_s=1.0, cap_s=5.0, rng=Random(seed)) for seed in (1, 2))
    assert one.next_s() != other.next_s()


def test_a_link_is_reported_at_first_failure_another_failure_and_recovery() -> None:
    told: list[LinkStatus] = []
    report = LinkReport("plc", FakeClock(utc_ns=42), told.append)
    for event in (Lost("a"), Lost("a"), Refused("a"), Refused("a"), None, None, Lost("a")):
        report.up() if event is None else report.down(event)
    assert [(s.up, s.fault.code if s.fault else None) for s in told] == [
        (False, "lost"),
        (False, "refused"),
        (True, None),
        (False, "lost"),
    ]
    assert {(s.connection_id, s.utc_ns) for s in told} == {("plc", 42)}


@pytest.mark.parametrize("kind", kinds_of_link_fault())
def test_every_link_fault_has_its_words_and_names_the_place(kind: type[LinkFault]) -> None:
    for detail in ("", "no answer in 1 s"):
        words = describe(kind("10.0.0.7:502", detail))
        assert isinstance(words, Text)
        for text in (words.zh, words.en):
            assert "10.0.0.7:502" in text
            assert not any(odd in text for odd in ("{", "()", "（）", "None"))


def test_every_unit_fault_has_its_words_and_names_the_unit() -> None:
    for fault in (NoReply(12, 0.3), ExceptionReply(12, 2), ExceptionReply(12, 99), WrongReply(12, "a", "b")):
        words = describe(fault)
        assert "12" in words.zh
        assert "12" in words.en
    assert "0.3 s" in describe(NoReply(12, 0.3)).en
    assert "illegal data address" in describe(ExceptionReply(12, 2)).en
