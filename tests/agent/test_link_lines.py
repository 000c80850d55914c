"""Connections in the status, as a person reads them."""

from typing import Any

from agent.cli.link_lines import UNITS_SHOWN_MAX, link_lines
from agent.link_status import statistics_of
from drivers.statistics import Exchanges, Statistics

SECOND = 10**9
Json = dict[str, Any]


def link(statistics: Statistics | None, **more: object) -> Json:
    told = statistics_of(statistics, 10 * SECOND) if statistics else None
    return {"connection": "gas", "up": True, "text": None, "notes": [], "statistics": told, **more}


def unit(*, replies: int, timeouts: int = 0) -> Exchanges:
    exchanges = Exchanges(0)
    exchanges.requests = replies + timeouts
    exchanges.timeouts = timeouts
    for _ in range(replies):
        exchanges.replied(0.02, 5 * SECOND)
    return exchanges


def test_a_connection_without_requests_is_one_line() -> None:
    assert list(link_lines(link(Statistics(Exchanges(0))))) == ["连接 / link gas: 通 / up"]
    assert list(link_lines(link(None, up=False, text={"zh": "断", "en": "gone"}))) == [
        "连接 / link gas: 断 / down: 断 / gone"
    ]


def test_what_was_noticed_stands_below() -> None:
    note = {"code": "echo", "since_ns": 0, "text": {"zh": "回显", "en": "it echoes"}}
    assert list(link_lines(link(None, notes=[note])))[1] == "  ! 回显 / it echoes"


def test_units_are_listed_with_what_is_wrong_with_them() -> None:
    statistics = Statistics(Exchanges(0), {1: unit(replies=100), 2: unit(replies=0, timeouts=3)}, connects=3)
    statistics.units[1].crc_errors = statistics.units[1].wrong = 2
    statistics.units[1].exceptions[6] = 4
    statistics.whole.busy.add(SECOND, 5 * SECOND)
    _, whole, one, two = link_lines(link(statistics))
    assert whole == (
        "  请求 / requests 103, 应答 / answered 97.1%, 20 ms (99 %: ≤ 20 ms), 超时 / time-outs 3, "
        "校验错 / bad check sums 2, 异常码 / exception 6: 4, 占线 / busy 10%, 重连 / reconnects 2"
    )
    assert one == (
        "    1: 请求 / requests 100, 应答 / answered 100%, 20 ms (99 %: ≤ 20 ms), "
        "校验错 / bad check sums 2, 异常码 / exception 6: 4"
    )
    assert two == (
        "    2: 请求 / requests 3, 应答 / answered 0.0%, 超时 / time-outs 3, 从未应答 / never answered"
    )


def test_of_many_units_only_those_that_are_not_well_are_listed() -> None:
    units = {number: unit(replies=10) for number in range(1, UNITS_SHOWN_MAX + 3)}
    *_, last = link_lines(link(Statistics(Exchanges(0), units)))
    assert last == "    其余 10 个正常 / 10 units are all well"
    units[4] = unit(replies=5, timeouts=5)
    *_, ill, last = link_lines(link(Statistics(Exchanges(0), units)))
    assert ill.startswith("    4: 请求 / requests 10, 应答 / answered 50.0%")
    assert ill.endswith("最近正常 / last good 1970-01-01 00:00:05+00:00")
    assert last == "    其余 9 个正常 / 9 others are well"
