"""The unit as systemd reads it: no unknown key, a sandbox that stays, and nothing that waits for an uplink.

What only a running systemd can show (the device ACL, the system call filter under
load) is not shown here; see docs/TESTING.md.
"""

import configparser
import subprocess
from pathlib import Path
from typing import Final

from tests.support.require import require

ROOT: Final = Path(__file__).parents[2]
UNIT: Final = ROOT / "systemd" / "edge-agent.service"
INSTALLED: Final = "/opt/edge-agent/bin/edge-agent"
EXPOSURE_MAX: Final = "20"
"""Tenths, of 100; `systemd-analyze security` calls everything up to 20 OK."""


def unit_elsewhere(folder: Path) -> Path:
    """Return a copy whose program exists on this machine: verify looks for it."""
    copy = folder / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(INSTALLED, "/bin/true"), encoding="utf-8")
    return copy


def lines(section: str, key: str) -> list[str]:
    """Return the values of every line with that key; systemd allows it more than once."""
    found: list[str] = []
    current = ""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section and line.startswith(f"{key}="):
            found.append(line.partition("=")[2])
    return found


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_systemd_has_nothing_to_say_against_the_unit(tmp_path: Path) -> None:
    # An unknown key is only printed: the exit code stays 0.
    analysis = run(str(require("systemd-analyze")), "verify", str(unit_elsewhere(tmp_path)))
    assert (analysis.returncode, analysis.stderr) == (0, "")


def test_the_sandbox_is_not_let_down(tmp_path: Path) -> None:
    command = ("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", str(unit_elsewhere(tmp_path)))
    analysis = run(str(require("systemd-analyze")), *command)
    assert analysis.returncode == 0, analysis.stdout


def test_the_sysusers_file_makes_the_user_that_the_unit_names(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    made = run(str(require("systemd-sysusers")), f"--root={tmp_path}", str(UNIT.with_name("sysusers.conf")))
    assert made.returncode == 0, made.stderr
    users = {line.partition(":")[0] for line in (tmp_path / "etc" / "passwd").read_text().splitlines()}
    assert lines("Service", "User") == ["edge-agent"]
    assert "edge-agent" in users


def test_it_starts_with_the_uplink_cable_out() -> None:
    ordered = " ".join(lines("Unit", "After") + lines("Unit", "Wants") + lines("Unit", "Requires"))
    assert "network.target" in ordered
    assert "network-online.target" not in ordered


def test_the_clock_can_still_be_asked_whether_it_is_synchronised() -> None:
    assert lines("Service", "ProtectClock") == [], "it forbids adjtimex(2), also the reading of it"
    calls = lines("Service", "SystemCallFilter")
    assert calls[-1].split() == ["adjtimex", "clock_adjtime"], "allowed again after @clock went"
    assert any("@privileged" in line for line in calls[:-1])


def test_every_directive_stands_in_a_section_that_systemd_knows() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.read(UNIT, encoding="utf-8")
    assert parser.sections() == ["Unit", "Service", "Install"]


def test_every_credential_line_is_switched_off_until_somebody_wants_it() -> None:
    text = UNIT.read_text(encoding="utf-8")
    assert "#LoadCredential=appsecret:" in text
    assert lines("Service", "LoadCredential") == [], "a missing file would keep the unit from starting"
