"""A duration as people write it."""


def span(seconds: float) -> str:
    """Return it in hours or minutes where it is a whole number of them, else in seconds."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"
