"""What is learnt about units: its words, and what is kept of it."""

import re

import pytest

from config.model import Text
from drivers.messages import describe_note
from drivers.modbus.ground import Ground, Learnt
from drivers.modbus.holes import unpack_holes
from drivers.modbus.plan import lay_out
from drivers.modbus.unit_notes import UnitTeller
from drivers.modbus.words_unit import UNIT_NOTES
from drivers.note import Note
from tests.drivers.fake_clock import FakeClock
from tests.drivers.plant import device, register_point

DEVICE = device(*(register_point(f"d.r{n}", n) for n in range(40)))


def told(learnt: Learnt, holes: frozenset[tuple[int, int]] = frozenset()) -> Note:
    notes: list[Note] = []
    (layout,) = lay_out([DEVICE])
    ground = Ground(layout, holes, 0)
    ground.learnt.append(learnt)
    UnitTeller("plc", [DEVICE], FakeClock(utc_ns=7), notes.append).tell_learnt(ground)
    assert ground.learnt == []
    (note,) = notes
    return note


def words(note: Note) -> Text:
    return describe_note(note)


@pytest.mark.parametrize("code", UNIT_NOTES)
def test_every_note_has_the_same_fields_in_both_languages(code: str) -> None:
    zh, en = (set(re.findall(r"{(\w+)[:}]", text)) for text in (UNIT_NOTES[code].zh, UNIT_NOTES[code].en))
    assert zh == en != set()


def test_a_missing_point_is_named_with_its_register_and_kept() -> None:
    note = told(Learnt("points-missing", ("d.r3",), ((3, 4),)), frozenset({(3, 4)}))
    assert "holding-register 3, so these points cannot be read: d.r3." in words(note).en
    assert "地址 3，以下测点读不到：d.r3。" in words(note).zh
    (layout,) = lay_out([DEVICE])
    assert unpack_holes(note.kept["holes/plc/1/holding-register"], layout) == {(3, 4)}


def test_when_the_last_hole_is_gone_nothing_is_kept() -> None:
    note = told(Learnt("points-back", ("d.r3",), ((3, 4),)))
    assert note.kept == {"holes/plc/1/holding-register": None}
    assert note.utc_ns == 7


def test_a_boundary_is_not_written_as_a_register() -> None:
    note = told(Learnt("registers-missing", (), ((12, 15), (20, 20))))
    assert "holding-register 12-14, 19|20;" in words(note).en


def test_a_long_list_is_cut_short() -> None:
    points = tuple(f"d.r{n}" for n in range(40))
    note = told(Learnt("block-refused", points, ((0, 40),)))
    assert "d.r15 … (+24)" in words(note).en
    assert "holding-register 0-39," in words(note).en


def test_a_silent_unit_is_told_by_its_devices_and_stands_until_it_is_back() -> None:
    notes: list[Note] = []
    teller = UnitTeller("line", [DEVICE], FakeClock(), notes.append)
    teller.tell_presence("unit-silent", 1)
    assert [note.code for note in teller.standing] == ["unit-silent"]
    teller.tell_presence("unit-back", 1, silent_s=12.5)
    assert teller.standing == ()
    assert [words(note).en.partition(",")[0] for note in notes] == [
        "Unit 1 (device-1) has fallen silent",
        "Unit 1 (device-1) answers again",
    ]
    assert "中断 12.5 秒" in words(notes[1]).zh


def test_what_cannot_be_read_stands_also_after_a_restart_and_is_not_told_again() -> None:
    notes: list[Note] = []
    (layout,) = lay_out([DEVICE])
    teller = UnitTeller("plc", [DEVICE], FakeClock(), notes.append)
    teller.remember(Ground(layout, frozenset({(3, 4), (9, 10)}), 0))
    (note,) = teller.standing
    assert (note.code, note.fields["points"]) == ("points-missing", "d.r3, d.r9")
    assert notes == []
    teller.remember(Ground(layout, frozenset(), 0))
    assert teller.standing == ()
