"""What a process has used, as the kernel says (proc(5))."""

from pathlib import Path


def rss_bytes(pid: int | str = "self") -> int:
    """Return the memory that a process holds now."""
    return _fields(pid, "status", "VmRSS:") * 1024


def written_bytes(pid: int | str = "self") -> int:
    """Return what a process has sent to the disk, page by page."""
    return _fields(pid, "io", "write_bytes:")


def _fields(pid: int | str, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
