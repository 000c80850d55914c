"""What was damaged beside the log and stands in it as well comes back before anybody takes it up."""

import json
from pathlib import Path

from agent.lost_state import brought_back
from buffering.outbox import Outbox
from tests.agent.parts import BEGIN_NS
from tests.agent.test_audit_kept_back import make
from tests.agent.test_audit_verify import alter

KEY = "quarantine/bureau"


async def state_of(folder: Path) -> dict[str, bytes]:
    outbox = await Outbox.open(folder, gateway="G", destinations=["bureau"], now_ns=BEGIN_NS)
    try:
        return dict(outbox.state)
    finally:
        await outbox.close()


async def test_what_a_destination_refused_comes_back_from_its_events(tmp_path: Path) -> None:
    await make(tmp_path)
    before = json.loads((await state_of(tmp_path))[KEY])
    assert before["readings"]
    alter(tmp_path, f"UPDATE state SET value = x'7b' WHERE key = '{KEY}'")
    state = await state_of(tmp_path)
    assert KEY not in state
    [restored] = brought_back(tmp_path / "outbox.db", state)
    assert (restored.content["kind"], restored.content["key"]) == ("state-restored", KEY)
    packed = restored.state[KEY]
    assert packed is not None
    after = json.loads(packed)
    names = [[each[key] for key in ("point", "epoch", "seq", "utc_ns")] for each in before["readings"]]
    assert [[each[key] for key in ("point", "epoch", "seq", "utc_ns")] for each in after["readings"]] == names
    assert restored.state["damaged/" + KEY] is None


async def test_where_nothing_is_lost_nothing_is_looked_for(tmp_path: Path) -> None:
    assert brought_back(tmp_path / "no.db", {KEY: b"{}"}) == []
