"""What the documents say is true: links lead somewhere, commands and targets exist, plant files pass."""

import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from agent.cli.main import main

ROOT: Final = Path(__file__).parents[2]
AGENT: Final = Path(sys.executable).with_name("edge-agent")
READMES: Final = ("README.md", "README.zh.md")
DOCUMENTS: Final = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "buffering/*.md", "systemd/*.md")
    for path in ROOT.glob(pattern)
)
NAMES: Final = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
INSTALLED: Final = ".venv/bin/"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.DOTALL | re.MULTILINE)


def commands(name: str) -> list[str]:
    """Return every shell line of a document, without what follows a comment sign."""
    lines = (line.split(" #")[0].strip() for block in blocks(name, "bash") for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def agent(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([AGENT, *arguments], capture_output=True, text=True, check=False, timeout=60)


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub makes of headings, and those set by hand."""
    words = document.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", words, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', words))


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(name)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        found = (ROOT / name).parent / file if file else ROOT / name
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("name", READMES)
def test_the_plant_file_passes_the_check(name: str, tmp_path: Path) -> None:
    (written,) = blocks(name, "yaml")
    plant = tmp_path / "plant.yaml"
    plant.write_text(written, encoding="utf-8")
    answer = agent("check", str(plant))
    assert answer.returncode == 0, answer.stderr


def test_both_readmes_say_the_same_to_a_machine() -> None:
    """The plant file but for its comments, the commands, and the table of commands."""
    for of in (_plant, commands, _listed):
        assert of(READMES[0]) == of(READMES[1])


def _plant(name: str) -> list[str]:
    return [line.split(" #")[0].rstrip() for line in blocks(name, "yaml")[0].splitlines()]


def _listed(name: str) -> list[str]:
    return re.findall(r"^\| `edge-agent ([a-z-]+)", text(name), re.MULTILINE)


@pytest.mark.parametrize("name", READMES)
def test_the_table_lists_exactly_the_commands_that_there_are(name: str) -> None:
    # The longest name stands on a line of its own: argparse forgets to count its indentation.
    helped = re.findall(r"^    ([a-z][a-z-]+)\b", agent("--help").stdout, re.MULTILINE)
    assert sorted(_listed(name)) == sorted(helped)


@cache
def helped(*named: str) -> str:
    """Return what a command says of itself; many documents print the same ones."""
    said = StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit) as end:
        main([*named, "--help"])
    assert end.value.code == 0, named
    return said.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_every_printed_command_exists_with_its_options(name: str) -> None:
    for command in commands(name):
        for words in (part.split() for part in command.split("&&")):
            if Path(words[0]).name == "edge-agent":
                named = [word for word in words[1:3] if not word.startswith("-")]  # `points import`
                usage = helped(*named)
                for option in (word for word in words if word.startswith("--")):
                    assert option in usage, command
            elif words[0] == "make":
                assert re.search(rf"^{words[1]}:", text("Makefile"), re.MULTILINE), command


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_a_command_names_is_there(name: str) -> None:
    for command in commands(name):
        for word in re.findall(r"(?<![\w./-])(?:config|systemd|docs|tests|\.ci)/[\w./-]+", command):
            assert (ROOT / word).exists(), command


def test_every_test_that_is_named_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    for name in re.findall(r"`(test_[a-z0-9_]+)`", text("docs/TESTING.md")):
        assert f"def {name}(" in sources, name


def test_every_decision_is_listed_and_says_what_it_is_and_is_not() -> None:
    listed = re.findall(r"\]\((\d{4}-[^)]+\.md)\)", text("docs/decisions/README.md"))
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert listed == pages
    for page in pages:
        headings = re.findall(r"^## (.*)$", text(f"docs/decisions/{page}"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Is / is not"], page


@pytest.mark.parametrize("name", READMES)
def test_the_readme_says_first_that_it_is_no_safety_function(name: str) -> None:
    assert "SIL" in text(name).partition("```")[0]
