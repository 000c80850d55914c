"""What can go wrong on a wire. Exceptions carry fields; messages.py carries the words.

LinkFault                  the connection as a whole
├── PortMissing            the serial port does not exist
├── PortBusy               another process holds the serial port
├── PortForbidden          the agent's user may not open the serial port
├── PortSettingsRefused    it is no serial port, or does not take the line settings
├── NoLocalAddress         this machine does not have the address to dial from, or to listen on
├── ListenRefused          the port to listen on cannot be had
├── Undialled              no DTU has dialled in
├── WrongRegistration      a DTU has dialled in that is not the one that is meant
├── Refused                the host answered, nothing listens there
├── Unreachable            no answer from the host, or its name is unknown
├── Lost                   an established connection broke
│   └── HungUp             before anything ever came over it
├── Silent                 connected, but nothing behind the connection answers
│   ├── SilentServer       and nothing ever came from what is taken for a Modbus TCP server
│   ├── SilentLine         or for a serial server
│   └── Unusable           or what answers cannot be taken
├── Unfit                  connected, but no answer fits its request
├── SessionRefused         the OPC UA server did not accept the session
└── SecurityFault          its security stands in between; see drivers/opcua/faults.py
UnitFault                  one unit behind a connection that works
├── NoReply                nothing within the time-out
├── ExceptionReply         the device answered with a Modbus exception code
└── WrongReply             an answer that does not fit its request
"""

from collections.abc import Mapping
from typing import Final

BAD_CHECK_SUM: Final = "bad check sum"
"""What is got in place of an answer that noise has hit."""


class LinkFault(Exception):
    """The connection as a whole does not work; retried with back-off, no restart needed."""

    code = "link-fault"
    words = ""  # the sentence in messages.py, where it is not the one of the code

    def __init__(self, where: str, detail: str = "") -> None:
        super().__init__(f"{self.code} {where} {detail}".rstrip())
        self.where = where
        self.detail = detail


class PortMissing(LinkFault):
    """The serial port does not exist."""

    code = "port-missing"


class PortBusy(LinkFault):
    """Another process holds the serial port."""

    code = "port-busy"


class PortSettingsRefused(LinkFault):
    """The port is there, but is no serial line, or does not take the line settings."""

    code = "port-settings"


class PortForbidden(LinkFault):
    """The agent's user may not open the serial port."""

    code = "port-forbidden"


class NoLocalAddress(LinkFault):
    """This machine does not have the address to dial from, or to listen on."""

    code = "no-local-address"


class ListenRefused(LinkFault):
    """The port to listen on cannot be had: another program has it, or it is reserved."""

    code = "listen-refused"


class Undialled(LinkFault):
    """No DTU has dialled in."""

    code = "undialled"


class WrongRegistration(LinkFault):
    """A DTU has dialled in that is not the one that is meant; `detail` says who, and what it sent."""

    code = "wrong-registration"


class Refused(LinkFault):
    """The host answered, but nothing listens on that port."""

    code = "refused"


class Unreachable(LinkFault):
    """No answer from the host, or its name is unknown."""

    code = "unreachable"


class Lost(LinkFault):
    """An established connection broke."""

    code = "lost"


class Silent(LinkFault):
    """Connected, but nothing behind the connection answers."""

    code = "silent"


class HungUp(Lost):
    """Nothing ever came but a farewell: this may be no serial server. See modbus/other_kind.py."""

    words = "lost-rtu-tcp"


class SilentServer(Silent):
    """Nothing ever came: this may be a serial server, and no Modbus TCP server. See modbus/other_kind.py."""

    words = "silent-tcp"


class SilentLine(Silent):
    """Nothing ever came: this may be a Modbus TCP server, and no serial server. See modbus/other_kind.py."""

    words = "silent-rtu-tcp"


class Unfit(LinkFault):
    """Connected, and something answers, but no answer fits its request; `detail` says what came."""

    code = "unfit"


class Unusable(Silent):
    """Connected, and what is answered cannot be taken; `code` and `fields` say why, see modbus/misfits.py."""

    def __init__(self, where: str, code: str, fields: Mapping[str, float]) -> None:
        self.code = code
        super().__init__(where)
        self.fields = fields


class SessionRefused(LinkFault):
    """The OPC UA server did not accept the session."""

    code = "session-refused"


class UnitFault(Exception):
    """One unit failed behind a connection that works."""

    code = "unit-fault"


class NoReply(UnitFault):
    """Nothing came within the time-out."""

    code = "no-reply"

    def __init__(self, unit_id: int, timeout_s: float) -> None:
        super().__init__(f"unit {unit_id}: no reply in {timeout_s:g} s")
        self.unit_id = unit_id
        self.timeout_s = timeout_s


class ExceptionReply(UnitFault):
    """The device answered with a Modbus exception code (1 illegal function … 11 no response)."""

    code = "exception-reply"

    def __init__(self, unit_id: int, exception_code: int) -> None:
        super().__init__(f"unit {unit_id}: exception {exception_code}")
        self.unit_id = unit_id
        self.exception_code = exception_code


class WrongReply(UnitFault):
    """An answer came that does not fit its request; its content is not used."""

    code = "wrong-reply"

    def __init__(self, unit_id: int, asked: str, got: str) -> None:
        super().__init__(f"unit {unit_id}: asked {asked}, got {got}")
        self.unit_id = unit_id
        self.asked = asked
        self.got = got

    @property
    def has_bad_sum(self) -> bool:
        """Whether it would have fitted, but for its check sum."""
        return self.got == BAD_CHECK_SUM


class DoubtfulReply(WrongReply):
    """What came may be the answer, and may be somebody else's. It says nothing against the unit."""
