"""The text format of Prometheus, read back by a reader of its own."""

from hypothesis import given
from hypothesis import strategies as st

from agent.exposition import Exposition
from tests.support.scrape import Family, scrape

texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), texts, max_size=3), texts)
def test_labels_and_help_survive_whatever_they_hold(labels: dict[str, str], help_: str) -> None:
    exposition = Exposition()
    exposition.counter("a_total", help_, [(labels, 3)])
    assert scrape(exposition.text) == {
        "a_total": Family("counter", help_, {("a_total", tuple(sorted(labels.items()))): 3.0})
    }


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive(value: float) -> None:
    exposition = Exposition()
    exposition.gauge("g", "", [({}, value)])
    assert scrape(exposition.text)["g"].samples == {("g", ()): value}


def test_a_family_without_samples_is_left_out() -> None:
    exposition = Exposition()
    exposition.gauge("nothing", "", [])
    exposition.gauge("unknown", "", [({"a": "b"}, None)])
    assert exposition.text == ""


def test_a_histogram_counts_up() -> None:
    exposition = Exposition()
    exposition.histogram("h_seconds", "How long.", (0.1, 1.0), [({"unit": "1"}, [3, 0, 2], 12.5)])
    assert exposition.text.splitlines() == [
        "# HELP h_seconds How long.",
        "# TYPE h_seconds histogram",
        'h_seconds_bucket{unit="1",le="0.1"} 3',
        'h_seconds_bucket{unit="1",le="1"} 3',
        'h_seconds_bucket{unit="1",le="+Inf"} 5',
        'h_seconds_sum{unit="1"} 12.5',
        'h_seconds_count{unit="1"} 5',
    ]
