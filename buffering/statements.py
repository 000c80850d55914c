"""What the tables need of a store: one statement at a time."""

from abc import ABC, abstractmethod
from typing import Any


class Statements(ABC):
    """Whoever can execute a statement on the store's file."""

    @abstractmethod
    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Execute one statement. Raises StoreFailed."""
