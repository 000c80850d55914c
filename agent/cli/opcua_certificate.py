"""`edge-agent opcua certificate`: makes our certificate, or shows the one there is."""

import argparse
import ipaddress
import json
import re
import socket
import sys
from pathlib import Path
from typing import Final

from agent.cli import words_opcua as words
from agent.cli.number_argument import whole_number
from agent.state_folder import PKI_NAME, STATE_DEFAULT
from config.model import Text
from drivers.clock import Clock, SystemClock
from drivers.messages import describe
from drivers.opcua import identity
from drivers.opcua.certificate import (
    DAYS_DEFAULT,
    OwnCertificate,
    certificate_path,
    key_path,
    load_own,
    make_own,
    own_like,
)
from drivers.opcua.faults import OwnCertificateMissing, SecurityFault

DAYS_MAX: Final = 20 * 365
_HOST: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("certificate", help="生成或显示本机证书 / make or show our certificate")
    parser.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")
    parser.add_argument(
        "--days",
        type=whole_number(1, DAYS_MAX),
        default=DAYS_DEFAULT,
        metavar="N",
        help="有效天数 / valid for so many days",
    )
    parser.add_argument(
        "--host",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
        help="证书中的主机名或地址，可多次；缺省为本机 / host in the certificate, may be repeated",
    )
    parser.add_argument("--force", action="store_true", help="替换已有证书 / replace the one there is")
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Make it or show it. Returns 0; 1 when it cannot be written, or the one there is cannot be used."""
    pki, clock = args.state / PKI_NAME, SystemClock()
    try:
        own, is_new = _have(pki, args, clock)
    except SecurityFault as fault:
        return _failed(describe(fault, is_retried=False))
    except OSError as error:
        return _failed(words.not_written(error.filename or str(pki), error.strerror or str(error)))
    if args.json:
        print(json.dumps(_as_json(own, is_new=is_new), ensure_ascii=False, indent=2))
    else:
        _print(own, is_new=is_new)
    return 0


def _have(pki: Path, args: argparse.Namespace, clock: Clock) -> tuple[OwnCertificate, bool]:
    if not args.force:
        try:
            return load_own(pki, words.ANY_SERVER, clock), False
        except OwnCertificateMissing:
            pass
    own = make_own(pki, args.host or _this_machine(), days=args.days, now_ns=clock.now_ns())
    own_like(args.state, pki, pki / "own", certificate_path(pki), key_path(pki))
    return own, True


def _print(own: OwnCertificate, *, is_new: bool) -> None:
    certificate = own.certificate
    _say(words.certificate_made() if is_new else words.certificate_there())
    rows = {
        words.FILE: str(own.path),
        words.FINGERPRINT: own.fingerprint,
        words.APPLICATION_URI: own.application_uri,
        words.HOSTS: ", ".join(identity.hosts(certificate)),
        words.VALID: f"{identity.moment(certificate.not_valid_before_utc)} – "
        f"{identity.moment(certificate.not_valid_after_utc)}",
    }
    for label, value in rows.items():
        print(f"  {label}: {value}")
    _say(words.hand_over(str(own.path)))


def _as_json(own: OwnCertificate, *, is_new: bool) -> dict[str, object]:
    certificate = own.certificate
    return {
        "made": is_new,
        "file": str(own.path),
        "sha256": own.fingerprint,
        "application_uri": own.application_uri,
        "hosts": identity.hosts(certificate),
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
    }


def _this_machine() -> list[str]:
    """Return this machine's name and addresses, as far as it knows them itself."""
    name = socket.gethostname()
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    addresses = (ipaddress.ip_address(address.partition("%")[0]) for address in sorted(found))
    return [name, *(str(a) for a in addresses if not a.is_loopback and not a.is_link_local)]


def _host(text: str) -> str:
    if _HOST.match(text) is None:
        sentence = words.no_host(text)
        raise argparse.ArgumentTypeError(f"{sentence.zh} / {sentence.en}")
    return text


def _say(text: Text) -> None:
    print(f"{text.zh} / {text.en}")


def _failed(text: Text) -> int:
    print(f"{text.zh} / {text.en}", file=sys.stderr)
    return 1
