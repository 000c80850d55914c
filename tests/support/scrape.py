"""Reads Prometheus' text format strictly: what a scraper would refuse, this refuses."""

import re
from dataclasses import dataclass, field

Sample = tuple[str, tuple[tuple[str, str], ...]]

_HELP = re.compile(r"# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)", re.DOTALL)
_TYPE = re.compile(r"# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)")
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)", re.DOTALL)
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
_SUFFIXES = ("_bucket", "_sum", "_count")


@dataclass
class Family:
    kind: str
    help: str
    samples: dict[Sample, float] = field(default_factory=dict)


def scrape(text: str) -> dict[str, Family]:
    """Return the families by name. Raises AssertionError where the text is not as it should be."""
    assert text.endswith("\n") or not text
    families: dict[str, Family] = {}
    helps: dict[str, str] = {}
    for line in text.split("\n")[:-1]:
        if found := _HELP.fullmatch(line):
            assert found[1] not in helps, f"{found[1]} comes twice"
            helps[found[1]] = _unescaped(found[2])
        elif found := _TYPE.fullmatch(line):
            families[found[1]] = Family(found[2], helps[found[1]])
        else:
            found = _SAMPLE.fullmatch(line)
            assert found, line
            labels = _labels(found[2] or "")
            family = families[_family_of(found[1], families)]
            sample = (found[1], tuple(sorted(labels.items())))
            assert sample not in family.samples, f"{line} comes twice"
            family.samples[sample] = float(found[3])
    return families


def _family_of(name: str, families: dict[str, Family]) -> str:
    for suffix in _SUFFIXES:
        base = name.removesuffix(suffix)
        if base != name and base in families and families[base].kind == "histogram":
            return base
    return name


def _labels(text: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    at = 0
    while at < len(text):
        found = _LABEL.match(text, at)
        assert found, text
        labels[found[1]] = _unescaped(found[2])
        at = found.end()
    return labels


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)
