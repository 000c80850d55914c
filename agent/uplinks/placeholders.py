"""Secrets that are not on this machine, replaced by others of the right form, to show messages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from config.credential import MissingCredential, resolve
from config.model import Plant
from config.transport import Hj212, MinistryHttp, Mqtt, Sm4, Tls, Transport

TEXT: Final = "PLACEHOLDER"
KEY: Final = "0" * 32
PASSWORD: Final = "000000"  # noqa: S105 - no secret: it stands for one


def with_placeholders(plant: Plant, name: str, environ: Mapping[str, str]) -> tuple[Plant, tuple[str, ...]]:
    """Return the plant with one way and no certificates for its uplink `name`, and the secrets replaced."""
    secrets = _Secrets(environ)
    uplink = plant.uplinks[name]
    field, transport = _replaced(uplink.transport, secrets)
    changed = uplink.model_copy(update={field: transport.model_copy(update={"second": None})})
    return replace(plant, uplinks={**plant.uplinks, name: changed}), tuple(secrets.lacking)


class _Secrets:
    """Resolves what is here."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.lacking: list[str] = []

    def get(self, template: str | None, placeholder: str = TEXT) -> str | None:
        """Return the secret, or the placeholder; None stays None."""
        if template is None:
            return None
        try:
            return resolve(template, self._environ)
        except MissingCredential as missing:
            self.lacking.append(missing.name)
            return placeholder


def _replaced(transport: Transport, secrets: _Secrets) -> tuple[str, Transport]:
    if isinstance(transport, MinistryHttp):
        sm4 = transport.sm4
        keys = {"key": secrets.get(sm4.key, KEY), "iv": secrets.get(sm4.iv, KEY)}
        names = {"appid": secrets.get(transport.appid), "appsecret": secrets.get(transport.appsecret)}
        sealed: Sm4 = sm4.model_copy(update=keys)
        return "ministry_http", transport.model_copy(
            update={**names, "sm4": sealed, "tls": Tls(), "proxy": None}
        )
    if isinstance(transport, Hj212):
        return "hj212", transport.model_copy(update={"password": secrets.get(transport.password, PASSWORD)})
    assert isinstance(transport, Mqtt)
    login = {"username": secrets.get(transport.username), "password": secrets.get(transport.password)}
    return "mqtt", transport.model_copy(update={**login, "tls": None})
