"""Stanzas as they are printed for people: lines to be pasted below a line that the plant file has.

Without the section's own name: most files have the section already, and a second
`devices:` makes all that stands under it a fault.
"""

from typing import Final

from config.model import Text

_INDENT: Final = "  "


def paste_below(section: str) -> Text:
    """Where the lines belong that follow."""
    return Text(
        f"以下粘贴到配置文件中 {section}: 这一行的下面，行首空格照留；没有这一行，先写上",
        f"paste what follows below the line {section}: of the plant file, with the spaces at the beginnings "
        "of its lines; where there is no such line, write it first",
    )


def to_paste(stanza: str) -> str:
    """Return a stanza of whole sections with a note in place of each section's name."""
    lines: list[str] = []
    for line in stanza.splitlines():
        is_section = line.endswith(":") and not line.startswith((" ", "#"))
        lines += note(paste_below(line.rstrip(":"))) if is_section else [line]
    return "".join(f"{line}\n" for line in lines)


def note(text: Text) -> tuple[str, str]:
    """Return a sentence as comments between lines to be pasted."""
    return f"{_INDENT}# {text.zh}", f"{_INDENT}# {text.en}"
