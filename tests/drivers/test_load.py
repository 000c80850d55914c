"""What a plan asks of its line, held to times worked out by hand."""

import pytest

from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.source import RegisterType, Table
from drivers.modbus.load import DEVICE_S, LAN_S, MOBILE_S, exchange_of, plan_line
from drivers.modbus.plan import Block
from tests.drivers.plant import device, register_point

ONE_REGISTER = Block(1, Table.HOLDING_REGISTER, 0, 1, 1.0, ())


def line(**more: object) -> ModbusRtu:
    return ModbusRtu.model_validate({"port": "/dev/serial/by-id/usb-a", **more})


def test_at_9600_8n1_one_register_takes_15_characters_two_silences_and_the_devices_time() -> None:
    exchange = exchange_of(line(pause="0 s"), ONE_REGISTER)
    character_s = 10 / 9600  # start, 8 data, stop
    assert exchange.stated_s == pytest.approx((8 + 7 + 3.5 + 3.5) * character_s)
    assert exchange.whole_s == pytest.approx(0.0229166 + DEVICE_S, abs=1e-6)


def test_parity_and_a_second_stop_bit_take_their_time() -> None:
    exchange = exchange_of(line(pause="0 s", parity="even", stopbits=2), ONE_REGISTER)
    assert exchange.stated_s == pytest.approx((8 + 7 + 7) * 12 / 9600)


def test_above_19200_the_silence_is_1_75_ms() -> None:
    exchange = exchange_of(line(pause="0 s", baudrate=115200), ONE_REGISTER)
    assert exchange.stated_s == pytest.approx(15 * 10 / 115200 + 2 * 0.00175)


@pytest.mark.parametrize("key", ["pause", "turnaround"])
def test_the_longest_silence_is_kept_and_not_the_sum(key: str) -> None:
    exchange = exchange_of(line(**{"pause": "10 ms", key: "50 ms"}), ONE_REGISTER)
    assert exchange.stated_s == pytest.approx((8 + 7 + 3.5) * 10 / 9600 + 0.05)


def test_bits_are_packed() -> None:
    coils = Block(1, Table.COIL, 0, 17, 1.0, ())
    difference = exchange_of(line(), coils).stated_s - exchange_of(line(), ONE_REGISTER).stated_s
    assert difference == pytest.approx(1 * 10 / 9600)  # three bytes in place of two


@pytest.mark.parametrize(
    ("settings", "network_s", "device_s"),
    [
        (ModbusTcp(host="a"), LAN_S, 0.0),
        (ModbusTcp(host="a", per_request=True, settle="5 ms"), 2 * LAN_S + 0.005, 0.0),
        (ModbusRtuTcp(host="a"), LAN_S, DEVICE_S),
        (ModbusDtu(listen="0.0.0.0:6001"), MOBILE_S, DEVICE_S),
        (line(), 0.0, DEVICE_S),
    ],
    ids=["tcp", "per request", "rtu over tcp", "dtu", "rtu"],
)
def test_what_nobody_has_stated_is_assumed_by_the_kind_of_connection(
    settings: Modbus, network_s: float, device_s: float
) -> None:
    exchange = exchange_of(settings, ONE_REGISTER)
    assert exchange.network_s == pytest.approx(network_s)
    assert exchange.device_s == device_s


def test_a_stated_answer_time_takes_the_place_of_what_is_assumed() -> None:
    for settings in (ModbusTcp(host="a", answer_time="2 ms"), line(answer_time="2 ms")):
        without = settings.model_copy(update={"answer_time": None})
        exchange = exchange_of(settings, ONE_REGISTER)
        assert exchange.assumed_s == 0
        assert exchange.whole_s == pytest.approx(exchange_of(without, ONE_REGISTER).stated_s + 0.002)


def test_a_line_is_as_busy_as_its_exchanges_together() -> None:
    points = [register_point("fast", 0, period_s=0.5), register_point("slow", 9, period_s=10.0)]
    plan = plan_line("line", ModbusTcp(host="a"), [device(*points)])
    assert plan.requests_per_s == pytest.approx(2.1)
    assert plan.share == pytest.approx(2.1 * LAN_S)
    assert plan.firm_share == 0.0


def test_several_links_share_the_work_but_no_more_of_them_than_there_are_units() -> None:
    devices = [device(register_point(f"u{n}", 0, unit_id=n), unit_id=n) for n in (1, 2)]
    plan = plan_line("plc", ModbusTcp(host="a", max_connections=4), devices)
    assert plan.links == 2
    assert plan.share == pytest.approx(20 * LAN_S / 2)


def test_a_connection_without_points_is_idle() -> None:
    plan = plan_line("plc", ModbusTcp(host="a"), [])
    assert (plan.blocks, plan.share, plan.assumed_s) == ((), 0, 0)


def test_points_that_no_read_can_hold_are_named() -> None:
    alone = register_point("alone", 7)
    wide = register_point("wide", 20, RegisterType.UINT32)
    plan = plan_line("plc", ModbusTcp(host="a"), [device(alone, wide, even_count=True)])
    assert [point.id for point in plan.left_out] == ["alone"]
    assert [block.count for block in plan.blocks] == [2]
