"""What went wrong while a session was being opened, told apart by how far it had come."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Final

from asyncua import ua
from asyncua.crypto import uacrypto
from cryptography.exceptions import InvalidSignature

from config.model import Text
from drivers.errors import LinkFault, Lost, Refused, SessionRefused, Unreachable
from drivers.opcua.access import Access
from drivers.opcua.certificate import load_own
from drivers.opcua.faults import (
    AnonymousDenied,
    AnonymousRefused,
    OwnCertificateRefused,
    PolicyRefused,
    ServerUnproven,
    TooManySessions,
    UserRefused,
)


class Step(Enum):
    """How far the opening of a session has come."""

    REACH = auto()  # socket and hello
    SECURE = auto()  # secure channel: the first time that the server sees our certificate
    BEGIN = auto()  # session created
    LOG_IN = auto()  # session activated


_OWN_REFUSED: Final = frozenset({"BadSecurityChecksFailed", "BadApplicationSignatureInvalid"})
_POLICY_REFUSED: Final = frozenset({"BadSecurityPolicyRejected", "BadSecurityModeRejected"})
_FULL: Final = frozenset({"BadTooManySessions", "BadMaxConnectionsReached", "BadTcpNotEnoughResources"})
_USER_REFUSED: Final = frozenset(
    {
        "BadUserAccessDenied",
        "BadIdentityTokenInvalid",
        "BadIdentityTokenRejected",
        "BadUserSignatureInvalid",
    }
)


@contextmanager
def opening(access: Access, step: Step, users: Sequence[Text] = ()) -> Iterator[None]:
    """Turn whatever the library raises into a LinkFault that says what is wrong, and so how to mend it.

    `users` are the kinds of users that the endpoint offers to take, those without a name left out.
    """
    settings = access.settings
    try:
        yield
    except ua.UaError as error:
        raise refusal(access, step, error_name(error), users) from error
    except (InvalidSignature, uacrypto.InvalidSignature) as error:
        raise ServerUnproven(access.where) from error
    except ConnectionRefusedError as error:
        raise Refused(access.where) from error
    except TimeoutError as error:
        raise Unreachable(access.where, f"> {settings.timeout:g} s") from error
    except ConnectionError as error:
        if step is Step.SECURE and settings.is_secured:
            raise own_refused(access, "BadConnectionClosed") from error
        raise Lost(access.where) from error
    except OSError as error:
        raise Unreachable(access.where, error.strerror or str(error)) from error


@contextmanager
def requesting(where: str, timeout_s: float) -> Iterator[None]:
    """Turn what a request in an open session may raise into Lost."""
    try:
        yield
    except ua.UaError as error:
        raise Lost(where, error_name(error)) from error
    except TimeoutError as error:
        raise Lost(where, f"> {timeout_s:g} s") from error
    except OSError as error:
        raise Lost(where, str(error)) from error


def refusal(access: Access, step: Step, name: str, users: Sequence[Text] = ()) -> LinkFault:
    """Return what a status code means at this step."""
    user = access.settings.user
    is_about_certificate = name.startswith("BadCertificate")
    if name in _FULL:
        return TooManySessions(access.where, name)
    if name in _POLICY_REFUSED:
        return PolicyRefused(access.where, name, wanted=access.settings.security)
    if step is Step.LOG_IN and user is not None and (name in _USER_REFUSED or is_about_certificate):
        return UserRefused(access.where, name, user=user.name or user.certificate or "")
    if step is Step.LOG_IN and name in _USER_REFUSED:
        if users:
            return AnonymousRefused(access.where, name, offered=listed_texts(users))
        return AnonymousDenied(access.where, name)
    if access.settings.is_secured and (name in _OWN_REFUSED or is_about_certificate):
        return own_refused(access, name)
    return SessionRefused(access.where, name)


def own_refused(access: Access, detail: str) -> OwnCertificateRefused:
    """Return that the server does not accept our certificate, with what its owner must know of it."""
    own = load_own(access.pki, access.where, access.clock)
    return OwnCertificateRefused(
        access.where, detail, path=str(own.path), fingerprint=own.fingerprint, uri=own.application_uri
    )


def error_name(error: ua.UaError) -> str:
    """Return the status code's name, or what the library says."""
    return type(error).__name__ if isinstance(error, ua.UaStatusCodeError) else str(error)


def listed(names: Iterable[str]) -> str:
    """Return names for a sentence, each once."""
    return ", ".join(dict.fromkeys(names)) or "–"


def listed_texts(texts: Sequence[Text]) -> Text:
    """Return texts for a sentence in both languages, each once."""
    return Text("、".join(dict.fromkeys(text.zh for text in texts)), listed(text.en for text in texts))
