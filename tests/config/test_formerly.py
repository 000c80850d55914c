"""An uplink's former name: its backlog goes on under one new name, and is nobody else's."""

from pathlib import Path

from tests.config.texts import CO, codes, faults_of, load, write

UPLINK = "mqtt: {host: 127.0.0.1, port: 1883}"


def test_what_a_platform_is_owed_is_bounded_and_goes_over_to_its_new_name(tmp_path: Path) -> None:
    uplinks = f"uplinks: {{new: {{{UPLINK}, formerly: old, max_backlog: 7 d}}}}\n"
    plant = load(tmp_path, "devices:\n" + CO + uplinks)
    assert plant.uplinks["new"].formerly == "old"
    assert plant.uplinks["new"].max_backlog == 7 * 86_400


def test_a_former_name_that_is_in_use_or_claimed_twice_is_a_fault(tmp_path: Path) -> None:
    uplinks = (
        f"uplinks: {{a: {{{UPLINK}, formerly: b}}, b: {{{UPLINK}}},"
        f" c: {{{UPLINK}, formerly: x}}, d: {{{UPLINK}, formerly: x}}}}\n"
    )
    assert codes(faults_of(write(tmp_path, "devices:\n" + CO + uplinks))) == [
        "formerly-in-use",
        "formerly-twice",
    ]
