"""The OPC UA step of docs/commissioning.md, followed command by command against a real server."""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from agent.cli.main import main
from config.load import load_plant
from tests.agent.opcua_commands import Command
from tests.drivers.opcua_secured import SecuredServer
from tests.drivers.opcua_server import endpoint

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = (Path(__file__).parents[2] / "docs" / "commissioning.md").read_text(encoding="utf-8")
CHINESE, ENGLISH = PAGE.split("\n---\n")
STEP: Final = CHINESE[CHINESE.index("## 4. OPC UA") : CHINESE.index("## 5. ")]


def commands() -> list[list[str]]:
    lines = "".join(re.findall(r"^```bash\n(.*?)^```", STEP, re.DOTALL | re.MULTILINE)).splitlines()
    return [shlex.split(line.removeprefix("edge-agent ")) for line in lines]


async def test_the_page_leads_from_a_connection_to_a_device(
    edge_agent: Command, server: SecuredServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "plant.yaml"
    [connections] = re.findall(r"^```yaml\n(.*?)^```", STEP, re.DOTALL | re.MULTILINE)
    own = re.sub(r"opc\.tcp://[\d.:]+", endpoint(server.port), connections)
    plant.write_text(f'plant: {{id: P-1, name: 测试厂, region: "140800"}}\n{own}', encoding="utf-8")
    wanted = ["certificate", "trust", "browse", "browse", "browse", "browse", "check", "read"]
    assert [words[1] if words[0] == "opcua" else words[0] for words in commands()] == wanted
    for words in commands():
        here = [str(plant) if word == "plant.yaml" else word for word in words]
        if words[0] == "check":
            assert main(here) == 0, capsys.readouterr().err
        if words[0] != "opcua":
            continue  # `read` has its own tests; it needs no more than what `check` accepts
        answer = ["--yes"] if words[1] == "trust" else []
        words = ["Oil" if word == "温度" else word for word in here[1:]]
        said = await edge_agent(*words, *answer)
        assert said.code == 0, said.err
        if "--stanza" in words:
            plant.write_text(plant.read_text("utf-8") + f"devices:\n{said.out}", encoding="utf-8")
    assert len(load_plant(plant).devices["furnace-1"].points) == 7


@pytest.mark.parametrize(
    "word", ["certificate", "trust", "browse", "--search", "--start", "--stanza", "devices:"]
)
async def test_the_english_half_has_the_same_step(word: str) -> None:
    [step] = re.findall(r"^4\. \*\*An OPC UA server\.\*\*.*?(?=^5\. )", ENGLISH, re.DOTALL | re.MULTILINE)
    assert word in step
