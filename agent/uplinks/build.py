"""From the plant file's uplink to one that can send: credentials resolved, certificates loaded."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from agent.uplinks import messages
from agent.uplinks.ministry import Credentials
from agent.uplinks.ministry import MinistryHttp as MinistryUplink
from agent.uplinks.mqtt import Broker, MqttUplink
from agent.uplinks.sm4 import KeyMalformed, Sm4Cbc
from agent.uplinks.uplink import Uplink
from config import uplink as settings
from config.credential import MissingCredential, resolve
from config.model import Plant, Text


class UplinkUnusable(Exception):
    """An uplink cannot work as it is configured here; `text` says why and how to mend it.

    The agent runs on without it: polling, alarms and the other uplinks do not depend on it.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def build_uplink(plant: Plant, name: str, environ: Mapping[str, str] = os.environ) -> Uplink:
    """Return the uplink `name` of the plant. Raises UplinkUnusable."""
    transport = plant.uplinks[name].transport
    try:
        if isinstance(transport, settings.MinistryHttp):
            return _ministry(plant, transport, environ)
        return _mqtt(plant, name, transport, environ)
    except MissingCredential as missing:
        raise UplinkUnusable(messages.credential_missing(missing.name)) from missing
    except KeyMalformed as malformed:
        raise UplinkUnusable(messages.key_malformed(malformed.which)) from malformed


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
