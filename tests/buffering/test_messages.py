"""Every reason that the outbox can give has a sentence in both languages."""

import re
from pathlib import Path

import pytest

import buffering
from buffering.database import _REASONS
from buffering.disk import QUOTA
from buffering.messages import SENTENCES, sentence

ROOM = Path(buffering.__file__).parent
_RAISED = re.compile(r"(?:StoreUnusable\([\w.]+, |StoreFailed\(|_troubles\.begin\()\"([a-z-]+)\"")


def test_every_reason_in_the_code_is_in_the_catalogue_and_no_other() -> None:
    in_code = {code for file in ROOM.glob("*.py") for code in _RAISED.findall(file.read_text("utf-8"))}
    computed = {"closed", "io-error", "missing", QUOTA, *_REASONS.values()}
    assert in_code | computed == set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_says_what_is_wrong_and_the_mend(code: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", sentence(code, "zh"))
    assert sentence(code, "en").isascii()
