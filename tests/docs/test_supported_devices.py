"""docs/supported-devices.md is what the profiles say, and says of each what is not verified."""

import re

from config.fault import Findings, Place
from config.library import Library
from tests.docs.supported_devices import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"


def test_every_profile_has_its_line_and_only_what_is_verified_is_called_so() -> None:
    library = Library((), Findings())
    rows = dict(re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|", page(), re.MULTILINE))
    assert tuple(sorted(rows)) == library.names()
    for name, word in rows.items():
        profile = library.get(name, Place(name))
        assert profile is not None
        assert word == ("**verified**" if profile.entry.verified else "*unverified*")
