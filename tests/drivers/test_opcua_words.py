"""Every refusal and every remark of the OPC UA driver has its sentence, whole, in both languages."""

import re

import pytest

from config.model import Text
from drivers.errors import LinkFault
from drivers.messages import describe, describe_note
from drivers.opcua.faults import SecurityFault, ServerNotRunning
from drivers.opcua.words_note import NOTES
from drivers.surroundings import Note

FAULTS: list[type[LinkFault]] = [ServerNotRunning, SecurityFault, *SecurityFault.__subclasses__()]


def fields_of(kind: type[LinkFault]) -> list[str]:
    """Return the fields that a fault's docstring promises."""
    promised = re.search(r"Fields: (.*)\.", (kind.__doc__ or "").replace("\n", " "))
    return re.findall(r"([a-z]+)(?: \([^)]*\))?(?:,|$)", promised[1]) if promised else []


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.code)
def test_every_refusal_says_all_that_it_knows(kind: type[LinkFault]) -> None:
    fields = {name: f"<{name}>" for name in fields_of(kind)}
    words = describe(kind("opc.tcp://plc:4840", "why", **fields))
    for text in (words.zh, words.en):
        assert "opc.tcp://plc:4840" in text
        assert not any(odd in text for odd in ("{", "}", "None"))
        assert all(value in text for value in fields.values())


@pytest.mark.parametrize("code", NOTES)
def test_every_remark_is_whole_in_both_languages_with_the_same_fields(code: str) -> None:
    zh, en = (set(re.findall(r"{(\w+)(:g)?}", text)) for text in (NOTES[code].zh, NOTES[code].en))
    assert zh == en
    words = describe_note(Note(code, "line", 0, {name: 1.5 if is_number else "x" for name, is_number in zh}))
    assert isinstance(words, Text)
    assert "{" not in words.zh + words.en
