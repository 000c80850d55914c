"""The accounting in words and as JSON."""

import io
import json
from pathlib import Path

from rich.console import Console

from simulator.demo.accounting import Accounting
from simulator.demo.record import write_json
from simulator.demo.report import print_report
from tests.simulator.demo_parts import whole_story


def printed(accounting: Accounting) -> str:
    output = io.StringIO()
    print_report(accounting, Console(file=output, width=110))
    return output.getvalue()


def test_a_complete_run_is_told_in_both_languages_without_a_cross(tmp_path: Path) -> None:
    text = printed(whole_story(tmp_path).account())

    assert "完整" in text
    assert "Complete" in text
    assert "✗" not in text
    assert any("未参加" in line and "no broker" in line for line in text.splitlines())
    assert "co-12.concentration.hi" in text
    assert "0.050 s" in text


def test_what_is_missing_is_marked_and_named(tmp_path: Path) -> None:
    story = whole_story(tmp_path)
    del story.parcels[3]
    text = printed(story.account())

    assert "Incomplete" in text
    crossed = [line for line in text.splitlines() if "✗" in line]
    assert any("1: co-12.concentration 11:06:43Z" in line for line in crossed), crossed


def test_the_json_holds_the_same_figures(tmp_path: Path) -> None:
    story = whole_story(tmp_path)
    story.parcels.append(story.parcels[1])
    content = json.loads(write_json(story.account(), tmp_path).read_text())

    assert content["complete"] is True
    assert content["served"]["readings"] == content["served"]["accepted"] == 5
    bureau = content["destinations"]["bureau"]
    assert bureau["duplicates"] == {"messages": 1, "readings": 1}
    assert bureau["numbers"] == {"last": 7, "missing": []}
    assert content["destinations"]["county"] == {"absent": "no broker"}
    assert content["alarms"][0]["delay_s"] == {"bureau": 0.05}
