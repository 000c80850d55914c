"""`edge-agent probe` at addresses that hang up, or never answer: what was found stays, and why is told."""

from tests.commissioning.test_probe import command
from tests.drivers.scripted import IDENTIFY, Reply, Scripted, tcp_device


async def test_a_device_that_hangs_up_on_identification_costs_no_result() -> None:
    device = Scripted(script=lambda request: Reply(drop=request.function == IDENTIFY))
    async with tcp_device(device) as port:
        code, out, err = await command("--tcp", f"127.0.0.1:{port}", "--units", "1-3")
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines() if " 数值 " in line] == ["1", "2", "3"]
    assert f"port: {port}" in out
    assert "询问设备识别（功能码 43/14）时对方挂断了连接" in err
    assert "重连" not in err


async def test_a_device_that_hangs_up_on_other_units_is_found_by_its_own() -> None:
    device = Scripted(script=lambda request: Reply(drop=request.unit != 1))
    async with tcp_device(device) as port:
        code, out, err = await command("--tcp", f"127.0.0.1:{port}")
    assert code == 0, err
    assert f"port: {port}" in out
    assert "询问站号 255 时连接中断" in err


async def test_an_address_behind_which_nobody_answers_may_be_of_the_other_kind() -> None:
    words = ("--units", "1-2", "--timeout", "0.05")
    async with tcp_device(Scripted(script=lambda _: Reply(silent=True))) as port:
        by_tcp = await command("--tcp", f"127.0.0.1:{port}", *words)
        one = await command("--tcp", f"127.0.0.1:{port}", "--unit", "1", "--registers", "0", *words[2:])
        by_line = await command("--rtu-tcp", f"127.0.0.1:{port}", *words)
    async with tcp_device(Scripted(rtu=True, script=lambda _: Reply(drop=True))) as port:
        hung_up = await command("--rtu-tcp", f"127.0.0.1:{port}", *words)
    assert {code for code, _, _ in (by_tcp, one, by_line, hung_up)} == {1}
    assert "probe 用 --rtu-tcp" in by_tcp[2]
    assert "probe 用 --rtu-tcp" in one[2]
    assert "A/B 是否接反" not in by_tcp[2]
    assert "probe 用 --tcp" in by_line[2]
    assert "没有应答就挂断了连接" in hung_up[2]


async def test_what_was_read_before_a_device_hung_up_is_shown() -> None:
    device = Scripted(script=lambda request: Reply(drop=request.first >= 8))
    async with tcp_device(device) as port:
        words = ("--unit", "1", "--registers", "0-15", "--at-once", "4")
        code, out, _ = await command("--tcp", f"127.0.0.1:{port}", *words)
    assert code == 0
    assert "\n7 (40008)" in out
    assert "可能是设备不接受这个请求而挂断" in out


async def test_a_connection_that_breaks_at_once_is_not_said_to_be_made_anew() -> None:
    async with tcp_device(Scripted(script=lambda _: Reply(drop=True))) as port:
        code, out, err = await command("--tcp", f"127.0.0.1:{port}", "--units", "1-3")
    assert (code, out) == (1, "")
    assert "的连接中断" in err
    assert "重连" not in err
