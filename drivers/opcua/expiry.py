"""Certificates that will run out: told in time, because at that moment a plant's data ends."""

from datetime import UTC, datetime
from typing import Final

from drivers.opcua import identity
from drivers.opcua.access import Access
from drivers.opcua.certificate import load_own
from drivers.remarks import Remarks

SOON_DAYS: Final = 30


def tell_expiring(access: Access, server_der: bytes | None, remarks: Remarks) -> None:
    """Tell of our certificate and the server's, each once, if its last days have begun. Raises LinkFault."""
    if not access.settings.is_secured:
        return
    certificates = {"own": load_own(access.pki, access.where, access.clock).certificate}
    if server_der:
        certificates["server"] = identity.load(server_der)
    now = datetime.fromtimestamp(access.clock.now_ns() / 1e9, tz=UTC)
    for whose, certificate in certificates.items():
        code, until = f"{whose}-certificate-expires", certificate.not_valid_after_utc
        if (until - now).days >= SOON_DAYS:
            remarks.forget(code)  # it was renewed
        else:
            remarks.once(
                code,
                where=access.where,
                until=identity.moment(until),
                fingerprint=identity.fingerprint(certificate),
            )
