"""Lines of every kind are cut, delayed and corrupted in turn; `make soak SECONDS=600` does it for so long.

No task dies; no value is wrong; none is stale without saying so; every line works
again within 5 s of its fault's end; a second master and an echo are named.
"""

import os
from pathlib import Path

import pytest

from tests.system.line_soak import HEAD, Run, rows, run, unspoken_gaps, wrong_values

SHORT_S = 84.0
RECOVERED_S = 5.0
NOTICED_S = 3.0
SOAK_S = float(os.environ.get("SOAK_SECONDS", "60"))
UNNOTICED = {"noise", "echo", "second-master", "repeat"}
"""What may cost nothing at all."""


def judge(of: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Print what became of each fault, and hold it against the promises."""
    table = rows(of)
    with capsys.disabled():
        print("", HEAD, *table, sep="\n")
    assert of.exit_code == 0
    assert of.status["process"]["faults"] == {}
    assert "failed; started again" not in of.log
    assert wrong_values(of) == []
    assert list(unspoken_gaps(of)) == []
    for row in table:
        assert row.recovered_s < RECOVERED_S, row
        assert row.noticed_s is not None or row.fault.do in UNNOTICED, row
        assert row.noticed_s is None or row.noticed_s < NOTICED_S, row
    noticed = {link["connection"]: {note["code"] for note in link["notes"]} for link in of.status["links"]}
    for line in ("panel", "server", "dtu"):
        assert {"second-master", "echo"} <= noticed[line]
    before, after = of.files
    assert after <= before + 4, "sockets are left open"


@pytest.mark.alone
@pytest.mark.timeout(180)
async def test_every_line_survives_every_fault_and_no_value_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(await run(tmp_path, SHORT_S, seed=1), capsys)


@pytest.mark.soak
@pytest.mark.timeout(SOAK_S + 300)
async def test_every_line_survives_for_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judge(await run(tmp_path, max(SOAK_S, SHORT_S), seed=2), capsys)
