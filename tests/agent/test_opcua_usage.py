"""What `edge-agent opcua …` is asked for and cannot do is told in words, in both languages."""

from pathlib import Path

import pytest
from asyncua import ua

from tests.agent.opcua_commands import Command, plant_file
from tests.drivers.opcua_secured import SecuredServer

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
