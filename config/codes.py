"""A platform's own codes for our points: a CSV file beside the plant file.

Two columns, `point,code`, with that header line. A row whose code is empty says
that the platform has not issued one yet: the point is then sent under its own id.
"""

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from config.fault import Findings, Place
from config.validation import choice_fields

HEADER: Final = ("point", "code")


def read_codes(path: Path, points: Collection[str], asked: Place, findings: Findings) -> Mapping[str, str]:
    """Return point id → code of those points that have one.

    Faults in the file are told in the file; a file that is missing, or that lacks
    points, at `asked`, the place in the plant file that names it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        findings.fault(asked, "codes-missing", file=path)
        return {}
    except UnicodeDecodeError:
        findings.fault(Place(str(path)), "not-utf-8")
        return {}
    except OSError as error:
        findings.fault(Place(str(path)), "file-unreadable", reason=error.strerror)
        return {}
    codes, listed = _parse(text, str(path), points, findings)
    if lacking := [point for point in points if point not in listed]:
        findings.fault(asked, "codes-incomplete", file=path.name, points=tuple(lacking), first=lacking[0])
    if pending := [point for point in points if listed.get(point) == ""]:
        findings.warn(asked, "codes-pending", file=path.name, points=tuple(pending))
    return codes


def _parse(
    text: str, file: str, points: Collection[str], findings: Findings
) -> tuple[dict[str, str], dict[str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if tuple(name.strip() for name in header) != HEADER:
        findings.fault(Place(file), "codes-header", header=",".join(HEADER))
        return {}, dict.fromkeys(points, "-")
    listed: dict[str, str] = {}
    taken: dict[str, int] = {}
    lines: dict[str, int] = {}
    for row in reader:
        place = Place(file, reader.line_num)
        if not row or row[0].startswith("#"):
            continue
        if len(row) != len(HEADER):
            findings.fault(place, "codes-columns", count=len(row))
            continue
        point, code = (cell.strip() for cell in row)
        _check(place, point, code, points, lines, taken, findings)
        listed.setdefault(point, code)
    return {point: code for point, code in listed.items() if code}, listed


def _check(
    place: Place,
    point: str,
    code: str,
    points: Collection[str],
    lines: dict[str, int],
    taken: dict[str, int],
    findings: Findings,
) -> None:
    if point not in points:
        suffix, fields = choice_fields(point, points)
        findings.fault(place, "codes-point-unknown" + suffix, point=point, **fields)
    elif (first := lines.setdefault(point, place.line)) != place.line:
        findings.fault(place, "codes-point-twice", point=point, first=first)
    elif code and (first := taken.setdefault(code, place.line)) != place.line:
        findings.fault(place, "codes-code-twice", issued=code, first=first)
