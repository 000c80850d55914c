"""`edge-agent opcua trust`: shows a server's certificate, asks, and trusts it; lists and removes trust."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509

from agent.cli import words_opcua as words
from agent.cli.opcua_connection import Unusable, access_of, add_arguments, failed, quiet
from agent.state_folder import PKI_NAME
from config.model import Text
from drivers.errors import LinkFault
from drivers.messages import describe
from drivers.opcua import identity
from drivers.opcua.access import Access
from drivers.opcua.certificate import own_like
from drivers.opcua.faults import (
    CertificateChanged,
    CertificateUnreadable,
    CertificateUntrusted,
    SecurityFault,
)
from drivers.opcua.trust import TrustStore, objections, read_certificate

YES: Final = "yes"
_OF_TRUST: Final = (CertificateUntrusted, CertificateChanged)
"""What trusting a certificate mends; anything else stays."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("trust", help="信任服务器证书 / trust a server's certificate")
    add_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="不询问 / do not ask")
    parser.add_argument(
        "--changed",
        action="store_true",
        help="与 --yes 同用：服务器换了证书也信任 / with --yes: trust it though it is another than before",
    )
    parser.add_argument(
        "--fingerprint", metavar="SHA256", help="只信任此指纹，不询问 / trust only this one, do not ask"
    )
    parser.add_argument("--list", action="store_true", help="列出已信任的证书 / list what is trusted")
    parser.add_argument(
        "--remove",
        metavar="SHA256",
        help="取消信任（指纹或其开头） / trust no more (fingerprint or its beginning)",
    )
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Trust, list or remove. Returns 0; 1 when it was refused or failed; 2 usage; 3 plant file invalid."""
    store = TrustStore(args.state / PKI_NAME)
    try:
        if args.list:
            return _list(store, as_json=args.json)
        if args.remove is not None:
            return _remove(store, _plain(args.remove), args.plant)
        return _trust(access_of(args), store, args)
    except Unusable as unusable:
        return unusable.code
    except LinkFault as fault:
        return failed(describe(fault, is_retried=False))
    except BrokenPipeError:
        raise  # of `… | head`, which main.py knows
    except OSError as error:
        return failed(words.not_written(error.filename or str(args.state), error.strerror or str(error)))


def _trust(access: Access, store: TrustStore, args: argparse.Namespace) -> int:
    certificate, uri = asyncio.run(_fetch(access))
    trusted = access.trusted()
    found = list(objections(certificate, access.expected(uri), trusted, access.clock))
    _show(access, certificate, uri)
    for fault in found:
        if not isinstance(fault, CertificateUntrusted):
            _say(
                describe(fault, is_retried=False), prefix="! "
            )  # before the question, and what is left of it once more behind
    path = None
    if any(isinstance(fault, _OF_TRUST) for fault in found):
        has_changed = any(isinstance(fault, CertificateChanged) for fault in found)
        refusal = _ask(certificate, args, has_changed=has_changed)
        if refusal is not None:
            return failed(refusal)
        path = store.add(access.connection_id, certificate)
        own_like(args.state, access.pki, access.pki / "trusted", path.parent, path)
    if args.json:
        print(json.dumps(_described(access.connection_id, certificate, path), ensure_ascii=False))
    _say(words.trusted(str(path)) if path else words.already_trusted())
    _tell_older(access, store, certificate)
    _tell_left(access, [fault for fault in found if not isinstance(fault, _OF_TRUST)])
    return 0


def _tell_older(access: Access, store: TrustStore, certificate: x509.Certificate) -> None:
    """Name the certificates that stay trusted beside the one that the server shows."""
    for each in store.of(access.connection_id):
        if each.certificate != certificate:
            mark = identity.fingerprint(each.certificate)
            _say(words.older_trusted(mark, access.connection_id), prefix="! ")
    file = access.settings.trusted
    if file is not None and read_certificate(Path(file)) != certificate:
        _say(words.older_named(file), prefix="! ")


def _tell_left(access: Access, left: Sequence[SecurityFault]) -> None:
    """Say last whether the agent will connect now, or what still keeps it from that."""
    if not (left and access.is_verified):
        _say(words.taken_up())
        return
    _say(words.still_refused())
    for fault in left:
        _say(describe(fault, is_retried=False), prefix="! ")


async def _fetch(access: Access) -> tuple[x509.Certificate, str]:
    """Ask the server for its certificate, and what it calls itself. Raises LinkFault."""
    from drivers.opcua.endpoint import choose, discover

    quiet()
    endpoint = choose(access, await discover(access))
    try:
        certificate = identity.load(endpoint.ServerCertificate or b"")
    except ValueError as error:
        raise CertificateUnreadable(access.where) from error
    return certificate, endpoint.Server.ApplicationUri or ""


def _show(access: Access, certificate: x509.Certificate, uri: str) -> None:
    rows = {
        words.SUBJECT: identity.subject(certificate),
        words.APPLICATION_URI: uri,
        words.HOSTS: ", ".join(identity.hosts(certificate)) or "–",
        words.VALID: f"{identity.moment(certificate.not_valid_before_utc)} – "
        f"{identity.moment(certificate.not_valid_after_utc)}",
        words.FINGERPRINT: identity.fingerprint(certificate),
    }
    _say(words.server_shows(access.where))
    for label, value in rows.items():
        print(f"  {label}: {value}", file=sys.stderr)


def _ask(certificate: x509.Certificate, args: argparse.Namespace, *, has_changed: bool) -> Text | None:
    """Return why the certificate is not to be trusted; None if it is."""
    if args.fingerprint is not None:
        is_meant = _plain(identity.fingerprint(certificate)) == _plain(args.fingerprint)
        return None if is_meant else words.other_fingerprint(args.fingerprint)
    if args.yes:
        # A renewal and an attack look the same from here.
        return words.needs_changed() if has_changed and not args.changed else None
    if not sys.stdin.isatty():
        return words.needs_answer()
    _say(words.compare())
    question = words.question()
    print(f"{question.zh} / {question.en}: ", end="", file=sys.stderr, flush=True)
    return None if sys.stdin.readline().strip().lower() == YES else words.not_trusted()


def _list(store: TrustStore, *, as_json: bool) -> int:
    trusted = store.all()
    if as_json:
        answer = [_described(each.connection_id, each.certificate, each.path) for each in trusted]
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif not trusted:
        _say(words.none_trusted())
    else:
        for each in trusted:
            until = identity.moment(each.certificate.not_valid_after_utc)
            print(
                f"{each.connection_id}  {identity.fingerprint(each.certificate)}  "
                f"{identity.subject(each.certificate)}  → {until}"
            )
    return 0


def _remove(store: TrustStore, beginning: str, connection: str | None) -> int:
    matching = [
        each
        for each in store.all()
        if _plain(identity.fingerprint(each.certificate)).startswith(beginning)
        and connection in (None, each.connection_id)
    ]
    if len(matching) != 1 or not beginning:
        sentence = words.ambiguous if matching else words.not_among_trusted
        return failed(sentence(beginning))
    path: Path = matching[0].path
    path.unlink()
    _say(words.removed(str(path)))
    return 0


def _described(
    connection_id: str, certificate: x509.Certificate, path: Path | None = None
) -> dict[str, str | None]:
    return {
        "connection": connection_id,
        "sha256": identity.fingerprint(certificate),
        "subject": identity.subject(certificate),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "file": str(path) if path is not None else None,
    }


def _plain(fingerprint: str) -> str:
    return fingerprint.replace(":", "").replace(" ", "").lower()


def _say(text: Text, *, prefix: str = "") -> None:
    # Beside the answer for programs, which alone goes to standard output.
    print(f"{prefix}{text.zh} / {text.en}", file=sys.stderr)
