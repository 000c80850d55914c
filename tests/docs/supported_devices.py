"""docs/supported-devices.md, made of the profiles: what is known of each device, and what is not.

`make docs` writes the page; a test holds it to the profiles.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from config.fault import Findings, Place
from config.library import Library, Profile
from config.profile import ProfileEntry
from config.sector import Statutes

PAGE: Final = Path(__file__).parents[2] / "docs" / "supported-devices.md"
HEAD: Final = """\
# Supported devices
<!-- Made by `make docs` of config/profiles; a test holds the page to them. -->

Every device profile that is shipped. **verified**: a maker's manual prints bytes and the values they
mean, and the profile is held to them. *unverified*: the registers are from a manual without an example,
or the map is our own design; compare every point with the instrument before relying on it. A device that
is not here needs [a profile of its own](plant-file.md#writing-one), some twenty lines of YAML.

"""
STATUTES: Final = Statutes()
COLUMNS: Final = ("profile", "device", "", "measures", "status words", "limits", "source")


def page() -> str:
    """Return the page."""
    library = Library((), Findings())
    profiles = [found for name in library.names() if (found := library.get(name, Place(name))) is not None]
    makers = [profile for profile in profiles if _is_of_a_maker(profile.entry)]
    own = [profile for profile in profiles if profile not in makers]
    verified = sum(profile.entry.verified for profile in profiles)
    count = f"{len(profiles)} profiles, {verified} of them verified.\n\n"
    parts = ("## Devices of makers\n", makers), ("## Machines and generic modules\n", own)
    return HEAD + count + "\n".join(title + _table(of) for title, of in parts)


def _is_of_a_maker(entry: ProfileEntry) -> bool:
    return bool(entry.sources) and entry.sources[0].where is not None and entry.caveat is not None


def _table(profiles: Iterable[Profile]) -> str:
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *map(_row, profiles)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(profile: Profile) -> tuple[str, ...]:
    entry = profile.entry
    return (
        f"`{profile.name}`",
        f"{entry.name.zh} / {entry.name.en}",
        "**verified**" if entry.verified else "*unverified*",
        ", ".join(_measured(entry)) or "–",
        ", ".join(_states(entry)) or "–",
        ", ".join(_limits(entry)) or "–",
        "; ".join(_cell(source.title) for source in entry.sources) if _is_of_a_maker(entry) else "own design",
    )


def _measured(entry: ProfileEntry) -> Iterator[str]:
    for name, point in entry.points.items():
        if point.readback is None and point.states is None and point.flags is None:
            times = f" ×{point.repeat.count}" if point.repeat else ""
            yield f"{name} ({point.unit}){times}" if point.unit else f"{name}{times}"


def _states(entry: ProfileEntry) -> Iterator[str]:
    for name, point in entry.points.items():
        if point.states is not None or point.heartbeat is not None:
            yield name
        elif point.flags is not None:
            yield from point.flags


def _limits(entry: ProfileEntry) -> Iterator[str]:
    given = {"": [*entry.rules.values()]}
    given |= {name: [*standard.rules.values()] for name, standard in entry.standards.items()}
    for role in (point.serves for point in entry.points.values() if point.serves and not entry.standards):
        given |= {name: [limits] for name, limits in STATUTES.roles[role].point.standards.items()}
    for standard, of in given.items():
        found = {str(limit.confidence) for limits in of for limit in limits.given().values()}
        if found:
            yield f"{standard} {'/'.join(sorted(found))}".strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
