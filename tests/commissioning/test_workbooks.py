"""Excel files as contractors send them: merged cells, formulas, dates, covers; and files that are none."""

import random
from datetime import date
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from agent.commissioning.sheet import ROWS_MAX
from agent.commissioning.workbook import UNPACKED_BYTES_MAX
from config.source import RegisterSource, Table
from tests.commissioning.books import HEADER, ROWS, book, repacked
from tests.commissioning.tables import imported, loaded, told

SHEET: Final = "xl/worksheets/sheet1.xml"


def faults(path: Path, *words: str) -> list[str]:
    stanza, findings = imported(path, "--connection", "plc", *words)
    assert (stanza is None) == bool(findings.faults)
    assert all(fault.render() for fault in findings.faults)
    return told(findings.faults)


def test_a_plain_workbook_becomes_points(tmp_path: Path) -> None:
    stanza, findings = imported(book(tmp_path), "--connection", "plc")
    assert stanza is not None, findings.faults
    plant = loaded(stanza, tmp_path)
    assert [point.tag for point in plant.points] == ["PT-1", "TT-2", "LT-3"]
    assert [point.unit for point in plant.points] == ["MPa", "°C", "mm"]


def test_a_fault_names_sheet_row_and_column(tmp_path: Path) -> None:
    rows = (*ROWS[:2], (*ROWS[2][:6], "flot", *ROWS[2][7:]))
    path = book(tmp_path, rows=rows)
    _, findings = imported(path, "--connection", "plc")
    [fault] = findings.faults
    assert fault.render("zh").startswith(f"{path}[点表]:4:7: G 列“类型”的“flot”不是数据类型")


def test_a_header_in_two_rows_with_merged_groups_is_read_as_one(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "某某项目点表"
        sheet.merge_cells("A1:I1")
        for column, label in enumerate(HEADER[:7], 1):
            sheet.cell(2, column, label)
            sheet.cell(3, column).value = None
            sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
        sheet["H3"], sheet["I3"] = "下限", "上限"
        for row, high in enumerate((1.6, 150, 900), 4):
            sheet.cell(row, 8, 0)
            sheet.cell(row, 9, high)
        sheet["H2"] = "量程"
        sheet.merge_cells("H2:I2")

    stanza, findings = imported(book(tmp_path, change=change), "--connection", "plc")
    assert stanza is not None, [fault.render("zh") for fault in findings.faults]
    ranges = [point.range for point in loaded(stanza, tmp_path).points]
    assert ranges == [(0, 1.6), (0, 150), (0, 900)]


def test_groups_over_the_columns_of_a_header_decide_only_where_they_must(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "某某项目点表"
        sheet.merge_cells("A1:J1")
        for column in (1, 2, 3):
            sheet.cell(2, column, HEADER[column - 1])
            sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
        for column, group in ((4, "通讯参数"), (8, "量程")):
            sheet.cell(2, column, group)
        sheet["H3"], sheet["I3"], sheet["J2"] = "下限", "上限", "单位"
        sheet.merge_cells("D2:G2")
        sheet.merge_cells("H2:I2")
        sheet.merge_cells("J2:J3")
        for row, (high, unit) in enumerate(((1.6, "MPa"), (150, "℃"), (900, "mm")), 4):
            for column, value in ((8, 0), (9, high), (10, unit)):
                sheet.cell(row, column, value)

    stanza, findings = imported(book(tmp_path, change=change), "--connection", "plc")
    assert stanza is not None, [fault.render("zh") for fault in findings.faults]
    assert told(findings.warnings) == []
    points = loaded(stanza, tmp_path).points
    assert [point.range for point in points] == [(0, 1.6), (0, 150), (0, 900)]
    assert [point.unit for point in points] == ["MPa", "°C", "mm"]


def test_a_column_that_is_asked_back_is_not_called_unused_as_well(tmp_path: Path) -> None:
    path = book(tmp_path, header=(*HEADER[:7], "上限", "单位"))
    _, findings = imported(path, "--connection", "plc")
    assert told(findings.faults) == ["1:8 table-column-ambiguous"]
    assert told(findings.warnings) == []


def test_a_merged_station_is_meant_for_all_its_rows(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("D2:D4")

    stanza, findings = imported(book(tmp_path, change=change), "--connection", "plc")
    assert stanza is not None, findings.faults
    assert {device.unit_id for device in loaded(stanza, tmp_path).devices.values()} == {1}
    assert sum(stanza.devices.values()) == 3


def test_a_merged_tag_is_a_fault_in_every_row_that_lacks_its_own(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("G4:H4")

    assert faults(book(tmp_path, change=change)) == ["3:1 table-merged", "4:8 table-merged"]


def test_what_excel_spoilt_is_told_cell_by_cell(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["H2"] = date(2026, 1, 5)  # 1-5, typed into a cell without a format
        sheet["F3"] = "=F2+1"  # no program has computed it
        sheet["I4"] = "#REF!"

    assert faults(book(tmp_path, change=change)) == [
        "2:8 table-date",
        "3:6 table-formula",
        "4:9 table-error-value",
    ]


def test_a_formula_counts_by_the_result_that_excel_stored(tmp_path: Path) -> None:
    path = book(tmp_path, change=lambda sheet: sheet.__setitem__("F3", "=F2+1"))
    with_result = b"<f>F2+1</f><v>1</v>"
    repacked(path, SHEET, _sheet(path).replace(b"<f>F2+1</f><v />", with_result))
    assert with_result in _sheet(path)
    stanza, findings = imported(path, "--connection", "plc")
    assert stanza is not None, findings.faults
    source = loaded(stanza, tmp_path).points[1].source
    assert isinstance(source, RegisterSource)
    assert source.address == 1


def _sheet(path: Path) -> bytes:
    with ZipFile(path) as archive:
        return archive.read(SHEET)


def test_leading_zeros_that_only_the_format_shows_are_kept(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["F1"] = "PLC地址"
        for row in range(2, 5):
            sheet.cell(row, 5, 1)
            sheet.cell(row, 6, row).number_format = "00000"
            sheet.cell(row, 7, "bool")

    stanza, findings = imported(book(tmp_path, change=change), "--connection", "plc")
    assert stanza is not None, [fault.render("zh") for fault in findings.faults]
    sources = [point.source for point in loaded(stanza, tmp_path).points]
    assert [(s.table, s.address) for s in sources if isinstance(s, RegisterSource)] == [
        (Table.COIL, 1),
        (Table.COIL, 2),
        (Table.COIL, 3),
    ]


def test_a_cover_and_a_hidden_sheet_are_passed_over_with_a_word(tmp_path: Path) -> None:
    def others(workbook: Workbook) -> None:
        workbook.create_sheet("封面", 0).append(["某某项目"])
        hidden = workbook.create_sheet("旧")
        hidden.append(list(HEADER))
        hidden.append(list(ROWS[0]))
        hidden.sheet_state = "hidden"

    stanza, findings = imported(book(tmp_path, others=others), "--connection", "plc")
    assert stanza is not None, findings.faults
    assert sum(stanza.devices.values()) == 3
    assert {fault.code for fault in findings.warnings} == {"table-sheet-passed-over", "table-sheet-hidden"}


def test_one_sheet_can_be_chosen_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    def others(workbook: Workbook) -> None:
        second = workbook.create_sheet("二期")
        second.append(list(HEADER))
        second.append(["PT-9", *ROWS[0][1:]])

    path = book(tmp_path, others=others)
    stanza, _ = imported(path, "--connection", "plc", "--sheet", "二期")
    assert stanza is not None
    assert sum(stanza.devices.values()) == 1
    assert faults(path, "--sheet", "三期") == ["1:1 table-no-such-sheet"]
    assert faults(path) == ["2:6 table-address-twice"]


def test_a_sheet_that_reaches_to_the_last_row_of_excel_is_refused_at_once(tmp_path: Path) -> None:
    path = book(tmp_path, change=lambda sheet: sheet.__setitem__("A1048576", "x"))
    assert faults(path) == ["1048576:9 table-too-large"]
    assert ROWS_MAX < 1_048_576


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = repacked(book(tmp_path), "xl/media/image1.png", bytes(UNPACKED_BYTES_MAX + 1))
    assert path.stat().st_size < 200_000
    assert faults(path) == ["1:1 table-unpacks-too-large"]


def test_entities_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path)
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 9))
    sheet = _sheet(path).replace("压力".encode(), b"&e8;")
    bombed = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "x">' + bomb + b"]>" + sheet
    assert faults(repacked(path, SHEET, bombed)) == ["1:1 table-entities"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "table-old-excel"),
        (b"PK\x03\x04 cut off", "table-damaged"),
        (b"%PDF-1.7\x00\x01\x02", "table-not-text"),
        (b"", "table-header-missing"),
    ],
    ids=["old-or-password", "cut-off", "pdf", "empty"],
)
def test_a_file_that_is_no_table_is_told_as_what_it_is(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(content)
    assert faults(path) == [f"1:1 {code}"]


def test_a_word_document_is_not_taken_for_a_workbook(tmp_path: Path) -> None:
    path = book(tmp_path)
    with ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert faults(path) == ["1:1 table-not-xlsx"]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.xlsx") == ["1:1 file-missing"]
    assert faults(tmp_path) == ["1:1 file-is-folder"]


@pytest.mark.parametrize("seed", range(25))
def test_however_a_workbook_is_damaged_it_is_imported_whole_or_told_in_words(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    path = book(tmp_path)
    if seed % 2:
        part = chance.choice([SHEET, "xl/workbook.xml", "xl/styles.xml"])
        with ZipFile(path) as archive:
            raw = bytearray(archive.read(part))
        repacked(path, part, _mangled(raw, chance))
    else:
        path.write_bytes(_mangled(bytearray(path.read_bytes()), chance))
    faults(path)


def _mangled(raw: bytearray, chance: random.Random) -> bytes:
    pieces: list[Any] = [b"", b"<", b">", b'"', b"\x00", b"0", b"9999999999", b"r=", b"</c>", b"\xff"]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randint(0, 5)] = chance.choice(pieces)
    return bytes(raw)
