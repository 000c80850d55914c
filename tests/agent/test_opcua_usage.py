"""What `edge-agent opcua …` is asked for and cannot do is told in words, in both languages."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from asyncua import ua

from tests.agent.opcua_commands import Command, plant_file
from tests.drivers.opcua_secured import SecuredServer
from tests.drivers.opcua_server import endpoint

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["certificate", "--host", "网关"], "“网关”不是主机名；请写字母"),
        (["certificate", "--days", "x"], "“x”不行；请写 1 到 7300 的整数"),
        (["browse", "--depth", "x"], "“x”不行；请写 1 到 100 的整数"),
        (["browse", "--stanza", "1号炉"], "“1号炉”不能作设备编号；请写小写字母"),
    ],
)
async def test_what_will_not_do_is_told_with_what_will(
    edge_agent: Command, words: list[str], says: str
) -> None:
    said = await edge_agent(*words)
    assert said.code == 2
    assert says in said.err
    assert " / " in said.err


async def test_a_stanza_without_a_point_is_a_failure(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    plant = plant_file(tmp_path, server, "None")
    said = await edge_agent("browse", plant, "furnace", "--search", "PLC/1", "--stanza", "furnace-1")
    assert (said.code, said.out) == (1, "")
    assert "没有可读的变量，没有生成配置" in said.err


async def test_variables_that_make_no_point_are_named(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    folder = await server.server.nodes.objects.add_object(2, "odd")
    await folder.add_variable("ns=2;s=long", "long", [0.0] * 65, ua.VariantType.Float)
    await folder.add_variable("ns=2;s=fine", "fine", 1.0)
    said = await edge_agent(
        "browse", plant_file(tmp_path, server, "None"), "furnace", "--start", "2:odd", "--stanza", "odd-1"
    )
    assert said.code == 0
    assert "fine" in said.out
    assert "未写入的变量" in said.err
    assert "ns=2;s=long" in said.err


@pytest.mark.parametrize("start", ["ns=2;s=nope", "2:Nowhere"])
async def test_a_start_that_does_not_exist_is_told_with_what_to_do(
    edge_agent: Command, server: SecuredServer, start: str
) -> None:
    said = await edge_agent("browse", endpoint(server.port), "--start", start)
    assert (said.code, said.out) == (1, "")
    assert f"服务器上没有起始节点 {start}（Bad" in said.err
    assert "--search" in said.err


async def test_a_start_that_is_no_node_is_told_with_how_to_write_one(
    edge_agent: Command, server: SecuredServer
) -> None:
    said = await edge_agent("browse", endpoint(server.port), "--start", "s=")
    assert said.code == 1
    assert "“s=”不是节点号，也不是浏览路径" in said.err


class Refusing:
    """Refuses to say what lies below some nodes, as servers do where the user may not look."""

    def __init__(self, server: SecuredServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.codes: dict[str, int] = {}
        self.busy = False
        views = server.server.iserver.view_service
        of_one, of_all = views._browse, views.browse

        def browse_one(wanted: ua.BrowseDescription) -> ua.BrowseResult:
            result = of_one(wanted)
            names = [ref.BrowseName.Name for ref in result.References]
            for name, code in self.codes.items():
                if name in names and (code != ua.StatusCodes.BadNoContinuationPoints or self.busy):
                    return ua.BrowseResult(StatusCode=ua.StatusCode(ua.UInt32(code)))
            return result

        def browse_all(parameters: ua.BrowseParameters) -> list[ua.BrowseResult]:
            self.busy = len(parameters.NodesToBrowse) > 1
            return of_all(parameters)

        monkeypatch.setattr(views, "_browse", browse_one)
        monkeypatch.setattr(views, "browse", browse_all)


@pytest.mark.parametrize("options", [[], ["--search", "tilt"], ["--stanza", "furnace-1"], ["--json"]])
async def test_what_the_server_does_not_let_be_browsed_is_named_as_left_out(
    edge_agent: Command, server: SecuredServer, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Refusing(server, monkeypatch).codes["OilTemperature"] = ua.StatusCodes.BadUserAccessDenied
    said = await edge_agent("browse", endpoint(server.port), *options)
    assert said.code == 0
    assert "OilTemperature" not in said.out
    assert re.search(r"其下的内容没有列出：PLC/1 ns=3;i=\d+ \(BadUserAccessDenied\)；", said.err)
    if not options:
        assert re.search(r"^PLC/1 .*\(BadUserAccessDenied\)$", said.out, re.MULTILINE)


async def test_a_start_that_must_not_be_browsed_is_there_all_the_same(
    edge_agent: Command, server: SecuredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Refusing(server, monkeypatch).codes["OilTemperature"] = ua.StatusCodes.BadUserAccessDenied
    said = await edge_agent("browse", endpoint(server.port), "--start", "3:PLC&/1")
    assert said.code == 1
    assert "不让浏览起始节点 3:PLC&/1（BadUserAccessDenied）" in said.err


async def test_a_node_for_which_a_busy_server_has_no_room_is_asked_for_alone(
    edge_agent: Command, server: SecuredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Refusing(server, monkeypatch).codes["OilTemperature"] = ua.StatusCodes.BadNoContinuationPoints
    said = await edge_agent("browse", endpoint(server.port))
    assert "OilTemperature" in said.out
    assert said.err == ""


async def test_a_reader_who_has_seen_enough_is_no_fault_of_the_file(
    edge_agent: Command, server: SecuredServer, tmp_path: Path
) -> None:
    await server.become()
    assert (await edge_agent("trust", plant_file(tmp_path, server), "furnace", "--yes")).code == 0
    reader, writer = os.pipe()
    os.close(reader)
    words = ("opcua", "trust", "--list", "--state", str(tmp_path / "state"))
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("edge-agent"),
        *words,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    os.close(writer)
    _, err = await process.communicate()
    assert err == b""
