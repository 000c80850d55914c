"""Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/"""

from collections.abc import Iterable, Mapping
from typing import Final

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]
Sample = tuple[Labels, float | None]
"""Labels and value; None: there is nothing to tell."""


class Exposition:
    """Collects metric families; `text` is what a scraper reads."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """All families, in the order in which they were added."""
        return "".join(f"{line}\n" for line in self._lines)

    def counter(self, name: str, help_: str, samples: Iterable[Sample]) -> None:
        """Add numbers that only rise until the agent is started anew; `name` ends in _total."""
        self._family(name, "counter", help_, samples)

    def gauge(self, name: str, help_: str, samples: Iterable[Sample]) -> None:
        """Add numbers that rise and fall."""
        self._family(name, "gauge", help_, samples)

    def histogram(
        self,
        name: str,
        help_: str,
        bounds: tuple[float, ...],
        samples: Iterable[tuple[Labels, list[int], float]],
    ) -> None:
        """Add histograms: labels, counts by bucket (one more than `bounds`), the sum of all values."""
        self._head(name, "histogram", help_)
        for labels, buckets, total in samples:
            below = 0
            for bound, count in zip((*bounds, float("inf")), buckets, strict=True):
                below += count
                self._sample(f"{name}_bucket", {**labels, "le": _number(bound)}, below)
            self._sample(f"{name}_sum", labels, total)
            self._sample(f"{name}_count", labels, below)

    def _family(self, name: str, kind: str, help_: str, samples: Iterable[Sample]) -> None:
        told = [(labels, value) for labels, value in samples if value is not None]
        if told:
            self._head(name, kind, help_)
            for labels, value in told:
                self._sample(name, labels, value)

    def _head(self, name: str, kind: str, help_: str) -> None:
        words = help_.replace("\\", r"\\").replace("\n", r"\n")
        self._lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]

    def _sample(self, name: str, labels: Labels, value: float) -> None:
        inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        self._lines.append(f"{name}{{{inner}}} {_number(value)}" if inner else f"{name} {_number(value)}")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
