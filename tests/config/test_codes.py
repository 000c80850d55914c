"""The platform's codes for our points, in a CSV file beside the plant file."""

from pathlib import Path

import pytest

from config.codes import read_codes
from config.fault import Findings, Place
from config.uplink_check import HJ212_CODE

POINTS = ["co-1.concentration", "co-2.concentration"]
ASKED = Place("plant.yaml", 7, 12)


def read(folder: Path, text: str, encoding: str = "utf-8") -> tuple[dict[str, str], Findings]:
    path, findings = folder / "codes.csv", Findings()
    path.write_text(text, encoding=encoding)
    return dict(read_codes(path, POINTS, ASKED, findings)), findings


def test_each_point_has_its_code(tmp_path: Path) -> None:
    text = "point,code\n# 煤气柜 / gas holder\nco-1.concentration, 14080001\n\nco-2.concentration,14080002\n"
    codes, findings = read(tmp_path, text)
    assert codes == {"co-1.concentration": "14080001", "co-2.concentration": "14080002"}
    assert (findings.faults, findings.warnings) == ((), ())


def test_a_file_saved_by_excel_with_its_mark_is_read(tmp_path: Path) -> None:
    codes, findings = read(
        tmp_path, "point,code\r\nco-1.concentration,1\r\nco-2.concentration,2\r\n", "utf-8-sig"
    )
    assert len(codes) == 2
    assert findings.faults == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_excels_unicode_text_is_read_in_whichever_order_its_bytes_are(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    text = f"{mark}point\tcode\r\n# 煤气柜\r\nco-1.concentration\t1\r\nco-2.concentration\t2\r\n"
    codes, findings = read(tmp_path, text, encoding)
    assert codes == {"co-1.concentration": "1", "co-2.concentration": "2"}
    assert findings.faults == ()


def test_a_point_without_code_yet_is_a_warning_and_is_sent_under_its_own_id(tmp_path: Path) -> None:
    codes, findings = read(tmp_path, "point,code\nco-1.concentration,1\nco-2.concentration,\n")
    assert codes == {"co-1.concentration": "1"}
    assert [(w.place, w.code) for w in findings.warnings] == [(ASKED, "codes-pending")]


def test_a_point_without_row_is_a_fault_where_the_plant_file_names_the_codes(tmp_path: Path) -> None:
    _, findings = read(tmp_path, "point,code\nco-1.concentration,1\n")
    [fault] = findings.faults
    assert (fault.place, fault.code) == (ASKED, "codes-incomplete")
    assert "co-2.concentration," in fault.text("zh")


def test_all_faults_of_the_file_are_told_at_their_lines(tmp_path: Path) -> None:
    text = "point,code\nco-1.concentration,1\nco-1.concentration,2\nco-2.concentration,1\nco-3.x,4\na,b,c\n"
    _, findings = read(tmp_path, text)
    assert [(fault.line, fault.code) for fault in findings.faults] == [
        (3, "codes-point-twice"),
        (4, "codes-code-twice"),
        (5, "codes-point-unknown"),
        (6, "codes-columns"),
    ]


def test_a_file_in_gbk_is_told_so(tmp_path: Path) -> None:
    _, findings = read(tmp_path, "point,code\n# 煤气柜\n", "gbk")
    assert [fault.code for fault in findings.faults] == ["not-utf-8"]


def test_where_a_protocol_has_no_room_for_ids_codes_must_fit_and_points_without_one_are_not_sent(
    tmp_path: Path,
) -> None:
    path, findings = tmp_path / "codes.csv", Findings()
    path.write_text("point,code\nco-1.concentration,CO-1\nco-2.concentration,\n")
    read_codes(path, POINTS, ASKED, findings, fitting=HJ212_CODE)
    assert [(fault.line, fault.code) for fault in findings.faults] == [(2, "codes-code-unfit")]
    assert [warning.code for warning in findings.warnings] == ["codes-pending-unsent"]


@pytest.mark.parametrize(
    ("text", "encoding", "code"),
    [
        ("point,code\r\nco-1.concentration,1\r\n", "utf-16-le", "codes-utf-16"),
        ("point,code\r\nco-1.concentration,编码\r\n", "utf-16-be", "codes-utf-16"),
        ("point;code\r\nco-1.concentration;1\r\n", "utf-8", "codes-semicolons"),
        ("punkt,code\r\n", "utf-8", "codes-header"),
    ],
)
def test_a_file_that_looks_right_in_an_editor_is_told_what_is_wrong_with_it(
    tmp_path: Path, text: str, encoding: str, code: str
) -> None:
    _, findings = read(tmp_path, text, encoding)
    assert [fault.code for fault in findings.faults] == [code]
