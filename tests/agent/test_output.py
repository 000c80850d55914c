"""Where a command writes: a file that is whole or not there; a device and a pipe are never replaced."""

import os
import stat
import threading
from pathlib import Path

import pytest

from agent.cli.output import Refused, written


def test_a_file_that_is_replaced_keeps_its_mode_and_a_new_one_is_for_all_to_read(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    for before, after in ((None, 0o644), (0o600, 0o600)):
        if before is not None:
            path.chmod(before)
        with written(str(path), replace=True) as stream:
            stream.write(b"whole")
        assert stat.S_IMODE(path.stat().st_mode) == after


def test_a_link_goes_on_pointing_where_it_did(tmp_path: Path) -> None:
    target, link = tmp_path / "disk" / "today.csv", tmp_path / "today.csv"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to(target)
    with written(str(link), replace=True) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reading = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reading.start()
    with written(str(pipe), replace=True) as stream:
        stream.write(b"rows")
    reading.join(5)
    assert got == [b"rows"]
    assert pipe.is_fifo()


def write_half(path: Path) -> None:
    with written(str(path), replace=True) as stream:
        stream.write(b"half")
        raise OSError(28, "No space left on device")


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"old")
    with pytest.raises(Refused):
        write_half(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
