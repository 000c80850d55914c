"""From the plant file's uplink to one that can send: credentials resolved, certificates loaded."""

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.records import Json
from agent.uplinks import messages
from agent.uplinks.hj212 import messages as hj212_messages
from agent.uplinks.hj212.area import hj212_layout
from agent.uplinks.hj212.packet import Station
from agent.uplinks.hj212.register import Beside, Register
from agent.uplinks.hj212.uplink import Hj212Uplink, Peer
from agent.uplinks.layout import Layout, json_layout, sender_of
from agent.uplinks.ministry import Credentials, HttpProxy, MinistryHttp, Way
from agent.uplinks.mqtt.session import Broker
from agent.uplinks.mqtt.uplink import MqttUplink
from agent.uplinks.routes import TwoWays
from agent.uplinks.sm4 import KeyMalformed, Sm4
from agent.uplinks.source import Source
from agent.uplinks.uplink import Uplink
from config import transport as settings
from config.credential import MissingCredential, parse_reference, resolve
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
    beside: Beside,
    environ: Mapping[str, str] = os.environ,
) -> Uplink:
    """Return the uplink `name` of the plant; `on_event` takes what a platform asks. Raises UplinkUnusable."""
    builder = _Builder(plant, name, clock, on_event, beside, environ)
    try:
        return builder.build()
    except MissingCredential as missing:
        raise UplinkUnusable(messages.credential_missing(missing.name)) from missing
    except KeyMalformed as malformed:
        raise UplinkUnusable(messages.key_malformed(malformed.which)) from malformed


def layout_of(plant: Plant, name: str) -> Layout:
    """Return how the messages of the uplink `name` read."""
    file, sender, zone = plant.layouts[name], sender_of(plant, name), ZoneInfo(plant.timezone)
    hj212 = plant.uplinks[name].hj212
    if hj212 is not None:
        return hj212_layout(file, sender, zone, heartbeat_frame=hj212.heartbeat_frame)
    return json_layout(file, sender, zone)


class _Builder:
    """Builds one uplink: one way, or two."""

    def __init__(
        self,
        plant: Plant,
        name: str,
        clock: Clock,
        on_event: Callable[[Json], None],
        beside: Beside,
        environ: Mapping[str, str],
    ) -> None:
        self._plant = plant
        self._name = name
        self._clock = clock
        self._on_event = on_event
        # Of both ways, if there are two: behind them is one station.
        self._register = Register(name, beside, clock, ZoneInfo(plant.timezone))
        self._environ = environ

    def build(self) -> Uplink:
        """Return one way, or two. Raises MissingCredential, KeyMalformed, UplinkUnusable."""
        transport = self._plant.uplinks[self._name].transport
        first = self._way(transport)
        if transport.second is None:
            return first
        differs = {key: value for key, value in transport.second if value is not None}
        second = self._way(transport.model_copy(update=differs))
        return TwoWays(first, second, self._clock, self._tell_way)

    def _way(self, transport: settings.Transport) -> Uplink:
        if isinstance(transport, settings.MinistryHttp):
            return self._ministry(transport)
        return self._hj212(transport) if isinstance(transport, settings.Hj212) else self._mqtt(transport)

    def _tell_way(self, way: int) -> None:
        self._on_event(
            {
                "kind": "route",
                "destination": self._name,
                "route": ("first", "second")[way],
                "text": asdict(messages.way_taken(self._name, way)),
            }
        )

    def _ministry(self, transport: settings.MinistryHttp) -> Uplink:
        sm4, environ = transport.sm4, self._environ
        iv = None if sm4.iv is None else resolve(sm4.iv, environ)
        credentials = Credentials(
            resolve(transport.appid, environ),
            resolve(transport.appsecret, environ),
            Sm4(resolve(sm4.key, environ), iv, sm4.encoding),
        )
        way = Way(
            transport.url,
            self._tls(transport.tls),
            transport.timeout,
            self._proxy(transport.proxy),
            Source.of(transport.source),
            self._plant.layouts[self._name].pending,
            self._plant.layouts[self._name].answer.refused,
        )
        return MinistryHttp(way, credentials, self._clock)

    def _proxy(self, proxy: settings.Proxy | None) -> HttpProxy | None:
        if proxy is None or proxy.username is None:
            return None if proxy is None else HttpProxy(proxy.url)
        password = "" if proxy.password is None else resolve(proxy.password, self._environ)
        return HttpProxy(proxy.url, (resolve(proxy.username, self._environ), password))

    def _mqtt(self, transport: settings.Mqtt) -> Uplink:
        broker = Broker(
            host=transport.host,
            port=transport.port,
            client_id=transport.client_id or f"edge-{self._plant.id}-{self._name}",
            username=transport.username and resolve(transport.username, self._environ),
            password=transport.password and resolve(transport.password, self._environ),
            tls=None if transport.tls is None else self._tls(transport.tls),
            source=Source.of(transport.source),
            version=transport.version,
        )
        return MqttUplink(
            broker,
            self._clock,
            topic=transport.topic,
            plant=self._plant.id,
            timeout_s=transport.timeout,
            window=transport.window,
        )

    def _hj212(self, transport: settings.Hj212) -> Uplink:
        password = resolve(transport.password, self._environ)
        if not HJ212_PASSWORD.fullmatch(password):
            raise UplinkUnusable(hj212_messages.password_malformed())
        source = Source.of(transport.source)
        return Hj212Uplink(
            Peer(transport.host, transport.port, transport.timeout, transport.retries, source),
            Station(transport.mn, transport.st, password),
            self._register,
            destination=self._name,
            clock=self._clock,
            on_event=self._on_event,
        )

    def _tls(self, tls: settings.Tls) -> ssl.SSLContext:
        """Trust the CA file, or the system's authorities; show our certificate, if there is one."""
        context = self._trust(tls.ca)
        if tls.certificate is not None and tls.key is not None:
            certificate, key = self._path(tls.certificate), self._key(tls.key)
            try:
                context.load_cert_chain(certificate, key, password=lambda: "")
            except (OSError, ssl.SSLError) as fault:
                text = messages.certificate_unusable(str(certificate), str(key), str(fault))
                raise UplinkUnusable(text) from fault
        return context

    def _trust(self, ca: str | None) -> ssl.SSLContext:
        if ca is None:
            return ssl.create_default_context()
        path = self._path(ca)
        try:
            return ssl.create_default_context(cafile=str(path))
        except (OSError, ssl.SSLError) as fault:
            raise UplinkUnusable(messages.ca_unusable(str(path), str(fault))) from fault

    def _path(self, written: str) -> Path:
        return self._plant.path.parent / Path(written)

    def _key(self, written: str) -> Path:
        """Return the key's file: beside the plant file, or the credential that systemd laid down."""
        reference = parse_reference(written)
        if reference is None:
            return self._path(written)
        if reference.kind == "env":
            return self._path(resolve(written, self._environ))
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            raise MissingCredential(reference.name, reference.kind)
        return Path(folder) / reference.name
