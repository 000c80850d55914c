"""From the plant file's uplink to one that can send: credentials resolved, certificates loaded."""

import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.records import Json
from agent.uplinks import messages
from agent.uplinks.hj212 import messages as hj212_messages
from agent.uplinks.hj212.area import hj212_layout
from agent.uplinks.hj212.packet import Station
from agent.uplinks.hj212.uplink import Hj212Uplink, Peer
from agent.uplinks.layout import Layout, build_layout
from agent.uplinks.ministry import Credentials
from agent.uplinks.ministry import MinistryHttp as MinistryUplink
from agent.uplinks.mqtt import Broker, MqttUplink
from agent.uplinks.sm4 import KeyMalformed, Sm4Cbc
from agent.uplinks.uplink import Uplink
from config import transport as settings
from config.credential import MissingCredential, resolve
from config.model import Plant, Text
from config.uplink_check import HJ212_PASSWORD
from drivers.clock import Clock


class UplinkUnusable(Exception):
    """An uplink cannot work as it is configured here; `text` says why and how to mend it.

    The agent runs on without it: polling, alarms and the other uplinks do not depend on it.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def build_uplink(
    plant: Plant,
    name: str,
    *,
    clock: Clock,
    on_event: Callable[[Json], None],
    environ: Mapping[str, str] = os.environ,
) -> Uplink:
    """Return the uplink `name` of the plant; `on_event` takes what a platform asks. Raises UplinkUnusable."""
    transport = plant.uplinks[name].transport
    try:
        if isinstance(transport, settings.MinistryHttp):
            return _ministry(plant, transport, environ)
        if isinstance(transport, settings.Hj212):
            station = _station(transport, environ)
            peer = Peer(transport.host, transport.port, transport.timeout, transport.retries)
            zone = ZoneInfo(plant.timezone)
            return Hj212Uplink(peer, station, zone, destination=name, clock=clock, on_event=on_event)
        return _mqtt(plant, name, transport, environ)
    except MissingCredential as missing:
        raise UplinkUnusable(messages.credential_missing(missing.name)) from missing
    except KeyMalformed as malformed:
        raise UplinkUnusable(messages.key_malformed(malformed.which)) from malformed


def layout_of(plant: Plant, name: str) -> Layout:
    """Return how the messages of the uplink `name` read."""
    uplink, codes = plant.uplinks[name], plant.codes.get(name, {})
    if uplink.hj212 is not None:
        zone = ZoneInfo(plant.timezone)
        return hj212_layout(zone, codes, heartbeat_frame=uplink.hj212.heartbeat_frame)
    return build_layout(uplink.layout, plant=plant.id, gateway=plant.id, timezone=plant.timezone, codes=codes)


def _station(transport: settings.Hj212, environ: Mapping[str, str]) -> Station:
    password = resolve(transport.password, environ)
    if not HJ212_PASSWORD.fullmatch(password):
        raise UplinkUnusable(hj212_messages.password_malformed())
    return Station(transport.mn, transport.st, password)


def _ministry(plant: Plant, transport: settings.MinistryHttp, environ: Mapping[str, str]) -> Uplink:
    credentials = Credentials(
        resolve(transport.appid, environ),
        resolve(transport.appsecret, environ),
        Sm4Cbc(resolve(transport.sm4.key, environ), resolve(transport.sm4.iv, environ)),
    )
    context = _trust(plant, transport.tls)
    return MinistryUplink(transport.url, credentials, tls=context, timeout_s=transport.timeout)


def _mqtt(plant: Plant, name: str, transport: settings.Mqtt, environ: Mapping[str, str]) -> Uplink:
    broker = Broker(
        host=transport.host,
        port=transport.port,
        client_id=f"edge-{plant.id}-{name}",
        username=transport.username and resolve(transport.username, environ),
        password=transport.password and resolve(transport.password, environ),
        tls=_trust(plant, transport.tls) if transport.tls else None,
    )
    return MqttUplink(
        broker, topic=transport.topic, plant=plant.id, timeout_s=transport.timeout, window=transport.window
    )


def _trust(plant: Plant, tls: settings.Tls) -> ssl.SSLContext:
    """Trust the CA file (relative to the plant file), or the system's authorities."""
    if tls.ca is None:
        return ssl.create_default_context()
    path = plant.path.parent / Path(tls.ca)
    try:
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as fault:
        raise UplinkUnusable(messages.ca_unusable(str(path), str(fault))) from fault
