"""The sentences of this room, by code, in Chinese and English.

Each says what is wrong and, after the semicolon, how to mend it. The fields in
braces are filled by whoever finds the fault; both languages use the same ones.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from config.words_area import AREA_FAULTS
from config.words_buffer import BUFFER_FAULTS
from config.words_case import CASE_FAULTS
from config.words_cell import CELL_FAULTS
from config.words_layout import LAYOUT_FAULTS, LAYOUT_WARNINGS
from config.words_limit import LIMIT_FAULTS
from config.words_link import LINK_FAULTS, LINK_WARNINGS
from config.words_opcua import OPCUA_FAULTS, OPCUA_WARNINGS
from config.words_plant import PLANT_FAULTS
from config.words_point import POINT_FAULTS
from config.words_policy import POLICY_FAULTS, POLICY_WARNINGS
from config.words_reads import READS_FAULTS, READS_WARNINGS
from config.words_rule import RULE_FAULTS
from config.words_selfreport import SELFREPORT_FAULTS
from config.words_statute import STATUTE_FAULTS, STATUTE_WARNINGS
from config.words_table import TABLE_FAULTS
from config.words_text import TEXT_FAULTS
from config.words_uplink import UPLINK_FAULTS, UPLINK_WARNINGS
from config.words_warning import WARNINGS

Language = Literal["zh", "en", "both"]

NAMES_SHOWN_MAX: Final = 16
VALUE_SHOWN_MAX: Final = 200  # characters

CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
    **TEXT_FAULTS,
    **PLANT_FAULTS,
    **AREA_FAULTS,
    **POINT_FAULTS,
    **SELFREPORT_FAULTS,
    **READS_FAULTS,
    **READS_WARNINGS,
    **LINK_FAULTS,
    **LINK_WARNINGS,
    **OPCUA_FAULTS,
    **OPCUA_WARNINGS,
    **LIMIT_FAULTS,
    **RULE_FAULTS,
    **TABLE_FAULTS,
    **CELL_FAULTS,
    **CASE_FAULTS,
    **LAYOUT_FAULTS,
    **LAYOUT_WARNINGS,
    **UPLINK_FAULTS,
    **UPLINK_WARNINGS,
    **POLICY_FAULTS,
    **POLICY_WARNINGS,
    **BUFFER_FAULTS,
    **STATUTE_FAULTS,
    **STATUTE_WARNINGS,
    **WARNINGS,
}


def sentence(
    code: str, fields: Mapping[str, object], language: Language = "both", *, severity: str = "fault"
) -> str:
    """Return the sentence of a code, its fields filled in; `both` is `<zh> / <en>`."""
    zh, en = CATALOGUE[code]
    zh_fields = {name: _shown(value, "zh") for name, value in fields.items()}
    en_fields = {name: _shown(value, "en") for name, value in fields.items()}
    prefix = ("提示：", "warning: ") if severity == "warning" else ("", "")
    texts = {"zh": prefix[0] + zh.format(**zh_fields), "en": prefix[1] + en.format(**en_fields)}
    return f"{texts['zh']} / {texts['en']}" if language == "both" else texts[language]


def _shown(value: object, language: str) -> str:
    if isinstance(value, Mapping) and set(value) == {"zh", "en"}:  # a text that has both languages
        return str(value[language])
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        names = [str(item) for item in value]
        more = f" … (+{len(names) - NAMES_SHOWN_MAX})" if len(names) > NAMES_SHOWN_MAX else ""
        return ", ".join(names[:NAMES_SHOWN_MAX]) + more
    text = str(value)
    return text if len(text) <= VALUE_SHOWN_MAX else f"{text[:VALUE_SHOWN_MAX]}…"
