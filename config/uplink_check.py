"""What is checked of uplinks beyond the form of each key, and what is said of them all the same."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from config.credential import MissingCredential, parse_reference, resolve
from config.fault import Findings
from config.key_form import read_key
from config.layout import LayoutFile
from config.layout_words import KINDS
from config.layouts import Layouts
from config.layouts import names as shipped_names
from config.model import Plant
from config.position import Layers
from config.rate import check_rate
from config.uplink import Uplink

HJ212_CODE: Final = re.compile("[0-9A-Za-z]{1,20}")
"""A code stands before `-Rtd=` in HJ 212, where no other character has a place."""
HJ212_PASSWORD: Final = re.compile("[0-9]{6}")


def read_layouts(
    uplinks: Mapping[str, Uplink], folder: Path, source: Layers, findings: Findings
) -> dict[str, LayoutFile]:
    """Return how the messages of each uplink read; tells what is wrong with a layout, or does not fit."""
    layouts, found = Layouts(folder, findings), {}
    for id_, uplink in uplinks.items():
        asked = source.place("uplinks", id_, "layout")
        name = uplink.layout or _usual(uplink)
        layout = layouts.get(name, asked)
        if layout is None:
            continue
        if (layout.format == "hj212") != (uplink.hj212 is not None):
            protocol = "hj212" if uplink.hj212 else "mqtt" if uplink.mqtt else "ministry-http"
            fitting = ("hj212",) if uplink.hj212 else tuple(n for n in shipped_names() if n != "hj212")
            findings.fault(asked, "layout-other-protocol", name=name, protocol=protocol, known=fitting)
        check_rate(id_, uplink, layout, source, findings)
        found[id_] = layout
    return found


def _usual(uplink: Uplink) -> str:
    return "json" if uplink.hj212 is None else "hj212"


def advise_layouts(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of layouts that nobody has confirmed, and of what a platform will not see."""
    for id_, layout in plant.layouts.items():
        place = source.place("uplinks", id_, "layout")
        name = plant.uplinks[id_].layout or _usual(plant.uplinks[id_])
        if not layout.verified:
            findings.warn(place, "layout-unverified", layout=name, source=layout.source.model_dump())
        if layout.pending is not None and plant.uplinks[id_].ministry_http is None:
            findings.warn(place, "layout-pending-unused", layout=name, uplink=id_)
        if layout.left_out:
            kinds = [KINDS[kind] for kind in layout.left_out]
            unseen = {"zh": "、".join(zh for zh, _ in kinds), "en": ", ".join(en for _, en in kinds)}
            findings.warn(place, "layout-leaves-out", uplink=id_, unseen=unseen)


def check_uplinks(uplinks: Mapping[str, Uplink], source: Layers, findings: Findings) -> None:
    """Tell what does not fit together."""
    _check_client_ids(uplinks, source, findings)
    for id_, uplink in uplinks.items():
        if uplink.hj212 is not None and uplink.codes is None:
            findings.fault(source.place("uplinks", id_, "hj212", at_key=True), "hj212-codes-needed")


def _check_client_ids(uplinks: Mapping[str, Uplink], source: Layers, findings: Findings) -> None:
    """A broker ends the connection of whoever has a client id, when another comes with the same."""
    first: dict[tuple[str, int, str], str] = {}
    for id_, uplink in uplinks.items():
        mqtt = uplink.mqtt
        if mqtt is None or mqtt.client_id is None:
            continue
        other = first.setdefault((mqtt.host, mqtt.port, mqtt.client_id), id_)
        if other != id_:
            place = source.place("uplinks", id_, "mqtt", "client_id")
            findings.fault(place, "client-id-twice", client_id=mqtt.client_id, other=other)


def advise_secrets(plant: Plant, source: Layers, findings: Findings, *, environ: Mapping[str, str]) -> None:
    """Tell secrets that are on this machine and cannot be right; their values are never shown.

    A fault for `check` alone: the agent starts without the uplink, and says so.
    """
    for id_, uplink in plant.uplinks.items():
        if uplink.hj212 is not None:
            password = _known(uplink.hj212.password, environ)
            if password is not None and not HJ212_PASSWORD.fullmatch(password):
                place = source.place("uplinks", id_, "hj212", "password")
                findings.fault(place, "password-unfit", name=_name(uplink.hj212.password))
        if uplink.ministry_http is not None:
            sm4 = uplink.ministry_http.sm4
            for key, template in (("key", sm4.key), ("iv", sm4.iv)):
                value = None if template is None else _known(template, environ)
                if template is not None and value is not None and read_key(value) is None:
                    place = source.place("uplinks", id_, "ministry-http", "sm4", key)
                    findings.fault(place, "key-unfit", key=key, name=_name(template), length=len(value))


def _known(template: str, environ: Mapping[str, str]) -> str | None:
    try:
        return resolve(template, environ)
    except MissingCredential:
        return None


def _name(template: str) -> str:
    reference = parse_reference(template)
    return "–" if reference is None else reference.name
