"""Counters: the share of the last minute, the histogram, sums over units, and who the other master is."""

import pytest

from drivers.modbus.eavesdrop import Frame, Kind
from drivers.modbus.masters import GONE_NS, LISTEN_NS, RECENT_NS, OtherMaster
from drivers.statistics import Busy, Exchanges, Statistics
from tests.drivers.scripted import with_crc

SECOND = 10**9


def test_the_share_is_that_of_the_last_minute() -> None:
    busy = Busy(0)
    for second in range(1, 121):  # half of each second in the first minute, a tenth in the second
        busy.add(SECOND // 2 if second <= 60 else SECOND // 10, second * SECOND)
    assert busy.share(120 * SECOND) == pytest.approx(0.1, abs=0.02)
    assert busy.share(300 * SECOND) == 0.0
    assert busy.total_ns == 60 * SECOND // 2 + 60 * SECOND // 10


def test_the_share_of_a_young_connection_is_that_of_its_life() -> None:
    busy = Busy(100 * SECOND)
    busy.add(SECOND, 102 * SECOND)
    assert busy.share(104 * SECOND) == pytest.approx(0.25)
    assert Busy(7).share(7) == 0.0


def test_links_side_by_side_may_be_busy_for_more_than_the_time_there_is() -> None:
    busy = Busy(0)
    for _ in range(2):
        busy.add(SECOND, SECOND)
    assert busy.share(SECOND) == pytest.approx(2.0)


def test_an_answer_falls_into_the_bucket_that_its_time_is_within() -> None:
    exchanges = Exchanges(0)
    for took_s in (0.002, 0.0021, 0.5, 9.0):
        exchanges.replied(took_s, 1)
    assert exchanges.latency == [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert exchanges.within_s(0.5) == 0.005
    assert exchanges.within_s(0.75) == 0.5
    assert exchanges.within_s(0.99) is None  # beyond the last bound
    assert exchanges.latency_s == pytest.approx(9.5041)


def test_a_connections_total_is_the_sum_of_its_units() -> None:
    statistics = Statistics(Exchanges(0))
    for unit_id in (1, 2):
        unit = statistics.units[unit_id] = Exchanges(0)
        unit.requests = 3
        unit.exceptions[2] += unit_id
        unit.replied(0.01, 1000 + unit_id)
    total = statistics.total
    assert (total.requests, total.replies, total.exceptions[2], total.last_good_ns) == (6, 2, 3, 1002)
    assert total.answered == 2
    assert statistics.units[1].requests == 3, "summing changes nothing"


def test_a_connection_without_units_counts_as_a_whole() -> None:
    statistics = Statistics(Exchanges(0))
    assert statistics.total is statistics.whole
    assert statistics.reconnects == 0


def asks(unit_id: int, function_code: int, mono_ns: int) -> Frame:
    return Frame(mono_ns, Kind.REQUEST, with_crc(bytes((unit_id, function_code, 0, 0, 0, 1))))


def test_another_master_is_known_after_three_requests_within_a_minute() -> None:
    master = OtherMaster()
    for at_ns in (0, 2 * RECENT_NS, 2 * RECENT_NS + LISTEN_NS):
        master.heard(asks(1, 3, at_ns))
        assert not master.is_known
    master.heard(asks(2, 4, 2 * RECENT_NS + 2 * LISTEN_NS))
    assert master.is_known
    assert (master.asks, master.per_minute) == ("1 (FC 3), 2 (FC 4)", 30)
    assert not master.is_gone(2 * RECENT_NS + 2 * LISTEN_NS + GONE_NS)
    assert master.is_gone(2 * RECENT_NS + 2 * LISTEN_NS + GONE_NS + 1)


def test_a_master_of_many_units_is_named_in_short() -> None:
    master = OtherMaster()
    for unit_id in range(1, 40):
        master.heard(asks(unit_id, 3, unit_id * SECOND))
    assert master.asks.endswith("12 (FC 3) …")
