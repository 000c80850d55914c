"""The layouts at hand: those shipped, and files beside the plant file."""

from pathlib import Path
from typing import Final

from config.document import read_document
from config.fault import Findings, Place
from config.layout import LayoutFile
from config.layout_check import check_layout
from config.position import Layers
from config.validation import choice_fields, validate

SHIPPED: Final = Path(__file__).parent / "layouts"
SUFFIX: Final = ".yaml"


class Layouts:
    """Finds layouts by name (`json`) or by file (`our-platform.yaml`); each is read once."""

    def __init__(self, folder: Path, findings: Findings) -> None:
        """Take the folder of the plant file."""
        self._folder = folder
        self._findings = findings
        self._read: dict[Path, LayoutFile | None] = {}

    def get(self, name: str, asked: Place) -> LayoutFile | None:
        """Return a layout; None after telling why not, at `asked` or in the layout's own file."""
        path = self._folder / name if name.endswith(SUFFIX) else SHIPPED / f"{name}{SUFFIX}"
        if not path.is_file():
            self._tell_missing(name, path, asked)
            return None
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    def _tell_missing(self, name: str, path: Path, asked: Place) -> None:
        if name.endswith(SUFFIX):
            self._findings.fault(asked, "layout-missing", file=path)
        else:
            suffix, fields = choice_fields(name, names())
            self._findings.fault(asked, "layout-unknown" + suffix, name=name, **fields)

    def _load(self, path: Path) -> LayoutFile | None:
        told = len(self._findings.faults)
        document = read_document(path, self._findings)
        if document is None:
            return None
        source = Layers([(document, ())], document.data)
        layout = validate(LayoutFile, source, self._findings)
        if layout is not None and len(self._findings.faults) == told:
            check_layout(layout, source, self._findings)
        return layout


def names() -> tuple[str, ...]:
    """Return the names of the shipped layouts."""
    return tuple(sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}")))
