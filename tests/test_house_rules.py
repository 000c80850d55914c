"""The house's own rules, held on every file: what no type checker and no linter looks at.

Method: each file is parsed, never run. A breach is told with its place and what
to use instead; a rule with an exception names the file that may.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("agent", "buffering", "config", "drivers", "simulator")
FOLDERS: Final = (*ROOMS, "tests", "benchmarks")

LINES_MAX: Final = 400
LINES_MOSTLY: Final = 250
MOSTLY: Final = 0.8

CLOCKS: Final = {"drivers/clock.py", "simulator/clock.py"}
SUPERVISOR: Final = {"agent/supervise.py"}
WAITING: Final = {"tests/support/waiting.py"}
CLOCK_CALLS: Final = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.sleep",
    "datetime.now",
    "datetime.utcnow",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
}

Breaches = Iterator[tuple[int, str]]
Rule = Callable[[str, ast.Module], Breaches]


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def breaches(rule: Rule, *folders: str, text: str | None = None) -> list[str]:
    """Return what a rule finds, as `file:line: sentence`; in `text`, if given, under the folder's name."""
    sources = (
        {name_of(path): path.read_text(encoding="utf-8") for path in files(*folders)}
        if text is None
        else {f"{folders[0]}/sample.py": text}
    )
    return [
        f"{name}:{line}: {sentence}"
        for name, source in sources.items()
        for line, sentence in rule(name, ast.parse(source))
    ]


def called(node: ast.AST) -> str:
    """Return the dotted name that a call calls, or an empty text."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def only_clocks_tell_the_time(name: str, tree: ast.Module) -> Breaches:
    if name in CLOCKS:
        return
    for node in ast.walk(tree):
        if called(node) in CLOCK_CALLS:
            yield node.lineno, f"{called(node)}() is banned: use the Clock that is handed in"  # type: ignore[attr-defined]
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield node.lineno, "from time import … is banned: use the Clock that is handed in"


def only_the_supervisor_catches_everything(name: str, tree: ast.Module) -> Breaches:
    if name in SUPERVISOR:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            if node.type is None or re.search(r"\b(Base)?Exception\b", caught):
                yield (
                    node.lineno,
                    f"except {caught} is banned: name what can be raised, or use finally",
                )


def waiting_is_for_events(name: str, tree: ast.Module) -> Breaches:
    if name in WAITING:
        return
    mend = "await the event, or use tests.support.waiting"
    for node in ast.walk(tree):
        if called(node) == "asyncio.sleep" and ast.unparse(node) != "asyncio.sleep(0)":
            yield node.lineno, f"asyncio.sleep() is banned in tests: {mend}"  # type: ignore[attr-defined]


def nothing_comes_from_the_future(_name: str, tree: ast.Module) -> Breaches:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield node.lineno, "from __future__ is banned: Python 3.11 has what we need"


def only_the_command_line_prints(name: str, tree: ast.Module) -> Breaches:
    if name.startswith("agent/cli/"):
        return
    for node in ast.walk(tree):
        if called(node) == "print":
            yield node.lineno, "print() is banned here: use logging, or return words to the command line"  # type: ignore[attr-defined]


def everything_public_says_what_it_is(_name: str, tree: ast.Module) -> Breaches:
    if tree.body and ast.get_docstring(tree) is None:
        yield 1, "the module has no docstring"
    yield from _without_docstring(tree)


def _without_docstring(parent: ast.Module | ast.ClassDef) -> Breaches:
    for node in parent.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                yield from _without_docstring(node)


RULES: Final[dict[Rule, tuple[str, ...]]] = {
    only_clocks_tell_the_time: (*ROOMS, "tests"),
    only_the_supervisor_catches_everything: FOLDERS,
    waiting_is_for_events: ("tests",),
    nothing_comes_from_the_future: FOLDERS,
    only_the_command_line_prints: ("agent", "buffering", "config", "drivers"),
    everything_public_says_what_it_is: ROOMS,
}

BREACHES: Final[dict[Rule, str]] = {
    only_clocks_tell_the_time: "import time\ntime.monotonic()",
    only_the_supervisor_catches_everything: "try: pass\nexcept (OSError, Exception): pass",
    waiting_is_for_events: "asyncio.sleep(0.1)",
    nothing_comes_from_the_future: "from __future__ import annotations",
    only_the_command_line_prints: "print('here')",
    everything_public_says_what_it_is: '"""A module."""\nclass Thing: pass',
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_everywhere(rule: Rule) -> None:
    assert breaches(rule, *RULES[rule]) == []


@pytest.mark.parametrize("rule", BREACHES, ids=lambda rule: rule.__name__)
def test_a_breach_would_be_found(rule: Rule) -> None:
    assert len(breaches(rule, RULES[rule][0], text=BREACHES[rule])) == 1


def test_no_file_is_long_and_four_in_five_are_short() -> None:
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in files(*FOLDERS)}
    assert {name: length for name, length in lengths.items() if length > LINES_MAX} == {}
    assert sum(length <= LINES_MOSTLY for length in lengths.values()) > MOSTLY * len(lengths)


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
    assert [name_of(p) for p in files(*FOLDERS) if later.search(p.read_text(encoding="utf-8"))] == []


def test_the_package_list_names_every_package_and_no_other() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    on_disk = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in files(*ROOMS) if path.name == "__init__.py"
    }
    assert set(settings["tool"]["setuptools"]["packages"]) == on_disk


def sentences(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, zh and en of each sentence of a catalogue: `Text(zh, en)`, or a pair beside its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) == "Text":
            zh, en = node.args
            yield node.lineno, _text(zh), _text(en)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                if isinstance(value, ast.Tuple):
                    zh, en = value.elts
                    yield value.lineno, _text(zh), _text(en)


def _text(node: ast.expr) -> str:
    """Return a text's words; the fields between them may be anything."""
    if isinstance(node, ast.IfExp):
        return _text(node.body) and _text(node.orelse)
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return text if re.search(r"\w", text) else ""


CATALOGUES: Final = [p for p in files(*ROOMS) if p.name == "messages.py" or p.name.startswith("words_")]
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_every_sentence_is_there_in_chinese_and_in_english(path: Path) -> None:
    for line, zh, en in sentences(path):
        if not zh + en:  # nothing to say, or words that stand elsewhere
            continue
        assert CHINESE.search(zh), f"{name_of(path)}:{line}: no Chinese: {zh!r}"
        assert re.search("[a-z]", en), f"{name_of(path)}:{line}: no English: {en!r}"
        assert not CHINESE.search(en), f"{name_of(path)}:{line}: Chinese in the English: {en!r}"


def test_every_room_that_speaks_to_people_has_its_catalogue() -> None:
    with_sentences = {path.relative_to(ROOT).parts[0] for path in CATALOGUES if any(sentences(path))}
    assert with_sentences == set(ROOMS)
