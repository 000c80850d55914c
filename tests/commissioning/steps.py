"""A scan's progress, kept; it can be stopped after so many questions."""


class Steps:
    """What was told, in its order."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.questions = 0
        self.told: list[str] = []
        self._stop_after = stop_after

    def begun(self, what: str) -> None:
        self.told.append(f"begun {what}")

    def asked(self, what: str) -> None:
        self.questions += 1

    def found(self, what: str) -> None:
        self.told.append(f"found {what}")

    @property
    def stopped(self) -> bool:
        return self._stop_after is not None and self.questions >= self._stop_after
