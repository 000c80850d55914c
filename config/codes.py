"""A platform's own codes for our points: a CSV file beside the plant file.

Two columns, `point,code`, with that header line. A row whose code is empty says
that the platform has not issued one yet: the point is then sent under its own id,
or not at all where the platform's protocol has no room for it.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from config.fault import Findings, Place
from config.validation import choice_fields

HEADER: Final = ("point", "code")
LOOKED_AT: Final = 200
"""So much of a file shows in what encoding it is: text in UTF-8 has no zero bytes."""


def read_codes(
    path: Path,
    points: Collection[str],
    asked: Place,
    findings: Findings,
    *,
    incomplete: Collection[str] = (),
    optional: Collection[str] = (),
    fitting: re.Pattern[str] | None = None,
) -> Mapping[str, str]:
    """Return point id → code of those points that have one.

    Points in `optional` need no row: what a device says of itself is no quantity of
    the plant that a platform has codes for.

    `fitting` is what a code looks like where the platform's protocol allows no
    other; such a protocol has no room for a point's own id either.

    Faults in the file are told in the file; a file that is missing, or that lacks
    points, at `asked`, the place in the plant file that names it. Rows of
    `incomplete` devices, whose points are not all known for faults of their own,
    are not judged.
    """
    text = _read_text(path, asked, findings)
    if text is None:
        return {}
    table = _Table(str(path), points, incomplete, findings, fitting)
    if not table.read(text):
        return {}
    if lacking := [point for point in points if point not in table.rows and point not in optional]:
        findings.fault(asked, "codes-incomplete", file=path.name, points=tuple(lacking), first=lacking[0])
    if pending := [point for point in points if table.rows.get(point) == ""]:
        told = "codes-pending" if fitting is None else "codes-pending-unsent"
        findings.warn(asked, told, file=path.name, points=tuple(pending))
    return {point: code for point, code in table.rows.items() if code}


def _read_text(path: Path, asked: Place, findings: Findings) -> str | None:
    try:
        written = path.read_bytes()
        # Excel puts a mark before the text; its "Unicode text" is UTF-16.
        is_utf_16 = written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return written.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except FileNotFoundError:
        findings.fault(asked, "codes-missing", file=path)
    except UnicodeDecodeError:
        findings.fault(Place(str(path)), "codes-utf-16" if b"\0" in written[:LOOKED_AT] else "not-utf-8")
    except OSError as error:
        findings.fault(Place(str(path)), "file-unreadable", reason=error.strerror)
    return None


def _wrong_head(text: str, head: Collection[str]) -> str:
    """Return the code of what is wrong with a first line: in an editor all of these look alike."""
    if "\0" in text[:LOOKED_AT]:
        return "codes-utf-16"
    return "codes-semicolons" if any(";" in name for name in head) else "codes-header"


class _Table:
    """The rows of one file, and where each point and each code stood first."""

    def __init__(
        self,
        file: str,
        points: Collection[str],
        incomplete: Collection[str],
        findings: Findings,
        fitting: re.Pattern[str] | None,
    ) -> None:
        self.rows: dict[str, str] = {}
        self._file = file
        self._points = frozenset(points)
        self._incomplete = incomplete
        self._findings = findings
        self._fitting = fitting
        self._lines: dict[str, int] = {}
        self._lines_of_codes: dict[str, int] = {}

    def read(self, text: str) -> bool:
        """Read all rows; False if the header is not ours, so that nothing can be read."""
        # "Unicode text" of Excel has tabs.
        tabs = "\t" in text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",")
        head = tuple(name.strip() for name in next(reader, []))
        if head != HEADER:
            self._findings.fault(Place(self._file), _wrong_head(text, head), header=",".join(HEADER))
            return False
        for row in reader:
            place = Place(self._file, reader.line_num)
            if not row or row[0].startswith("#"):
                continue
            if len(row) == len(HEADER):
                self._add(place, row[0].strip(), row[1].strip())
            else:
                self._findings.fault(place, "codes-columns", count=len(row))
        return True

    def _add(self, place: Place, point: str, code: str) -> None:
        if point.partition(".")[0] in self._incomplete:
            return
        self.rows.setdefault(point, code)
        if point not in self._points:
            suffix, fields = choice_fields(point, self._points)
            self._findings.fault(place, "codes-point-unknown" + suffix, point=point, **fields)
        elif (first := self._lines.setdefault(point, place.line)) != place.line:
            self._findings.fault(place, "codes-point-twice", point=point, first=first)
        elif code and (first := self._lines_of_codes.setdefault(code, place.line)) != place.line:
            self._findings.fault(place, "codes-code-twice", issued=code, first=first)
        elif code and self._fitting is not None and not self._fitting.fullmatch(code):
            self._findings.fault(place, "codes-code-unfit", issued=code)
