"""Times of the plant as people read them."""


def clock_time(seconds: float) -> str:
    """Return e.g. 12:05.3, or 3:12:05.3 from an hour on."""
    tenths = round(abs(seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and tenths else ""
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes:02d}"
    return f"{sign}{head}:{rest / 10:04.1f}"


def span(seconds: float) -> str:
    """Return e.g. 4.2 s, or 3 min 12 s from two minutes on."""
    if abs(seconds) < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours} h {minutes} min" if hours else f"{sign}{minutes} min {rest} s"
