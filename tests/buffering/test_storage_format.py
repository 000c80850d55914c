"""docs/storage-format.md says what is in the file, column by column, and its script verifies a store."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from buffering.outbox import Lane
from tests.buffering.parts import commit, draft, opened
from tests.buffering.second_reader import SecondReader

PAGE = (Path(__file__).parents[2] / "docs" / "storage-format.md").read_text("utf-8")


def described() -> dict[str, list[str]]:
    """Return the tables and columns that the page describes, in order."""
    sections = re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    return {table: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) for table, text in sections}


async def test_the_page_describes_every_table_and_column_and_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")] for table in tables}
        assert db.execute("PRAGMA application_id").fetchone()[0] == 1162297649
        assert db.execute("PRAGMA user_version").fetchone()[0] == 3
    assert columns == described()


async def test_the_pages_script_verifies_a_store_and_finds_what_was_altered(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, draft(), draft(), draft(Lane.ALARM))
    with SecondReader(tmp_path / "outbox.db") as reader:
        head = reader.records("reading")[-1]["chain"].hex()

    whole = _verify(tmp_path)
    assert len(whole) == 2
    assert whole[1].endswith(f"reading: up to 2, chain {head}")

    with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as db:
        db.execute("UPDATE record SET payload = x'00', first_ns = 0 WHERE lane = 'reading' AND seq = 1")
    assert _verify(tmp_path)[1:3] == ["reading 1: payload altered", "reading 1: chain broken"]


async def test_the_pages_script_verifies_what_is_left_after_old_records_were_removed(tmp_path: Path) -> None:
    async with opened(tmp_path) as outbox:
        await commit(outbox, *(draft() for _ in range(5)))
        await outbox._calls.run(lambda ledger: ledger.prune(Lane.READING, 4))
    [line] = _verify(tmp_path)
    assert "reading: up to 5" in line


def _verify(folder: Path) -> list[str]:
    script, _ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    command = [sys.executable, "-c", script, str(folder / "outbox.db")]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
