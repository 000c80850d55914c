"""Why an OPC UA server and we do not come together. Each carries what its sentence needs; see words_fault.py.

SecurityFault                  (LinkFault) security stands between the server and us
├── OwnCertificateMissing      we have no certificate of our own
├── OwnCertificateUnusable     ours cannot be read, has run out, or does not fit its key
├── OwnCertificateRefused      the server does not accept ours
├── PolicyNotOffered           the server does not offer the policy and mode that are asked for
├── PolicyRefused              it offers that policy, and does not take it all the same
├── CertificateUnreadable      the server shows no certificate, or something that is none
├── TrustedFileUnusable         the file of a trusted certificate holds none
├── CertificateUntrusted       nobody has trusted the server's certificate yet
├── CertificateChanged         another certificate was trusted for this connection
├── CertificateExpired         it has run out
├── CertificateNotYetValid     it is not valid yet
├── ClockInDoubt               either of these, while our own clock is not synchronised
├── CertificateWrongHost       it is another host's
├── CertificateWrongUri        it is another application's
├── CertificateWeak            its key or its signature can be forged
├── ServerUnproven             the server could not prove that the certificate is its own
├── UserRefused                wrong user or password, or a user's certificate that it does not accept
├── UserUnusable               our own file or credential of the user is missing or cannot be read
├── UserVariableMissing        the environment variable of the user's password or key is not set
├── AnonymousRefused           it wants a user
├── AnonymousDenied            it offers to let in anybody, and does not
├── UserKindNotOffered         it does not take users of this kind
├── PasswordExposed            the password would leave unencrypted
└── TooManySessions            it has no session left for us

ServerNotRunning               (LinkFault) it says itself that it does not do its work
"""

from config.model import Text
from drivers.errors import LinkFault


class SecurityFault(LinkFault):
    """Security stands between the server and us; retried ever less often, mended by a person."""

    code = "security-fault"

    def __init__(self, where: str, detail: str = "", **fields: str | Text) -> None:
        super().__init__(where, detail)
        self.fields = fields


class OwnCertificateMissing(SecurityFault):
    """We have no certificate. Fields: path."""

    code = "own-certificate-missing"


class OwnCertificateUnusable(SecurityFault):
    """Ours cannot be read, has run out, or does not fit its key. Fields: path."""

    code = "own-certificate-unusable"


class OwnCertificateRefused(SecurityFault):
    """The server does not accept ours. Fields: path, fingerprint, uri."""

    code = "own-certificate-refused"


class PolicyNotOffered(SecurityFault):
    """The server does not offer what is asked for. Fields: wanted, offered."""

    code = "policy-not-offered"


class PolicyRefused(SecurityFault):
    """The server refuses a policy that it may offer itself. Fields: wanted."""

    code = "policy-refused"


class CertificateUnreadable(SecurityFault):
    """The server shows no certificate, or something that is none."""

    code = "certificate-unreadable"


class TrustedFileUnusable(SecurityFault):
    """The file that the plant file names as trusted holds no certificate. Fields: path."""

    code = "trusted-file-unusable"


class CertificateUntrusted(SecurityFault):
    """Nobody has trusted the server's certificate. Fields: connection, fingerprint, subject."""

    code = "certificate-untrusted"


class CertificateChanged(SecurityFault):
    """Another certificate was trusted. Fields: connection, fingerprint, subject, trusted (fingerprints)."""

    code = "certificate-changed"


class CertificateExpired(SecurityFault):
    """It has run out. Fields: fingerprint, until, now."""

    code = "certificate-expired"


class CertificateNotYetValid(SecurityFault):
    """It is not valid yet. Fields: fingerprint, since, now."""

    code = "certificate-not-yet-valid"


class ClockInDoubt(SecurityFault):
    """Out of its time by a clock of ours that is not synchronised. Fields: fingerprint, since, until, now."""

    code = "clock-in-doubt"


class CertificateWrongHost(SecurityFault):
    """It is another host's. Fields: fingerprint, host, hosts."""

    code = "certificate-wrong-host"


class CertificateWrongUri(SecurityFault):
    """It is another application's. Fields: fingerprint, uri (what the server calls itself), uris."""

    code = "certificate-wrong-uri"


class CertificateWeak(SecurityFault):
    """Its key or its signature can be forged. Fields: fingerprint, weakness."""

    code = "certificate-weak"


class ServerUnproven(SecurityFault):
    """The server could not prove that the certificate is its own."""

    code = "server-unproven"


class UserRefused(SecurityFault):
    """Wrong user or password, or a certificate that the server does not accept. Fields: user."""

    code = "user-refused"


class UserUnusable(SecurityFault):
    """Our own file or credential of the user is missing or cannot be read."""

    code = "user-unusable"


class UserVariableMissing(SecurityFault):
    """The environment variable that the plant file names for the user is not set. Fields: name."""

    code = "user-variable-missing"


class AnonymousRefused(SecurityFault):
    """The server wants a user. Fields: offered."""

    code = "anonymous-refused"


class AnonymousDenied(SecurityFault):
    """The server offers to let in anybody, knows no other way, and does not."""

    code = "anonymous-denied"


class UserKindNotOffered(SecurityFault):
    """The server does not take users of this kind. Fields: wanted, offered."""

    code = "user-kind-not-offered"


class PasswordExposed(SecurityFault):
    """The password would leave unencrypted, so it does not leave."""

    code = "password-exposed"


class TooManySessions(SecurityFault):
    """The server has no session left for us."""

    code = "too-many-sessions"


class ServerNotRunning(LinkFault):
    """The server says itself that it does not do its work: its values are those of before. Detail: state."""

    code = "server-not-running"
