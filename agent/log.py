"""Log lines for the journal: one JSON object a line, on standard error."""

import json
import logging
import sys
from pathlib import Path


class JsonFormatter(logging.Formatter):
    """Writes level, logger, message and, at a fault, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line. The journal stamps the time itself."""
        line = {"level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(*, verbose: bool = False, to: Path | None = None) -> None:
    """Send the log to standard error, or into a file; what libraries chat about stays out."""
    handler = logging.StreamHandler(sys.stderr) if to is None else logging.FileHandler(to, encoding="utf-8")
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler], force=True)
    for library in ("httpx", "httpcore", "asyncua", "asyncuagds", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
