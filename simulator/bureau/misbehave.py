"""How the platform treats a message, drawn from a seed: real platforms refuse, dawdle and forget to answer.

A refused message is not stored. A delayed one is stored at once and answered
late. A lost one is stored too: only the reply never comes, so that the gateway
cannot know and has to send it again.

A platform that lies goes through its lies in turn, so that each is told, and no
message meets the same one over and over. Worst is "stored" to what it throws away:
no gateway can know. Only the numbers tell, later.

Where its layout says how results are asked for, it may also say "taken" and nothing
more: stored, stored in part, or forgotten, the question tells.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DELAY_S: Final = (1.0, 2.0)
RETRY_AFTER_S: Final = 1
HELD_LONGER_S: Final = 1.0  # than the caller waits


class Treatment(StrEnum):
    """The words of the ledger's `attempt.outcome`."""

    STORED = "stored"
    REFUSED = "refused"
    DELAYED = "delayed"
    LOST = "lost"
    DISCARDED = "discarded"  # answered as stored
    BUSY = "busy"  # 200, with a business code that says no; not stored
    HTML = "html"  # 200, with the page of some portal; not stored
    LATER = "later"  # taken; stored once somebody has asked for the result
    PARTLY = "partly"  # the same, but for the readings of one point
    FORGOTTEN = "forgotten"  # taken, and unknown when somebody asks for the result; not stored


@dataclass(frozen=True, slots=True)
class Odds:
    """Share of messages, 0 to 1, that meets each misbehaviour."""

    refuse: float = 0.05
    delay: float = 0.05
    lose: float = 0.05
    later: float = 0.0
    partly: float = 0.0
    forget: float = 0.0


@dataclass(frozen=True, slots=True)
class Conduct:
    """What happens to one message. `status` None in a refusal: the connection is closed.

    `wait_s` is how long a reply is held back; of a lost one, until the connection is cut.
    """

    treatment: Treatment
    status: int | None = None
    wait_s: float = 0.0


_REFUSALS: Final = (500, 503, 429, None)


PROMISES: Final = (Treatment.LATER, Treatment.PARTLY, Treatment.FORGOTTEN)
"""Treatments of which only a later question brings the truth."""


def lies_by_http(timeout_s: float, *, promises: bool = False) -> tuple[Conduct, ...]:
    """Return the lies of an HTTPS endpoint whose callers wait `timeout_s` for an answer.

    With `promises`, callers ask for results that come later.
    """
    return (
        *((Conduct(Treatment.LATER), Conduct(Treatment.FORGOTTEN)) if promises else ()),
        Conduct(Treatment.DISCARDED),
        Conduct(Treatment.BUSY),
        Conduct(Treatment.HTML),
        Conduct(Treatment.STORED),
        Conduct(Treatment.DISCARDED),
        Conduct(Treatment.LOST, wait_s=timeout_s + HELD_LONGER_S),
    )


LIES_BY_MQTT: Final = (Conduct(Treatment.STORED), Conduct(Treatment.DISCARDED))
"""A broker has acknowledged before the platform sees anything: it can only throw away."""

LIES_BY_HJ212: Final = (
    Conduct(Treatment.LOST),
    Conduct(Treatment.REFUSED, status=500),
    Conduct(Treatment.STORED),
    Conduct(Treatment.REFUSED),
)
"""Nothing is thrown away: HJ 212 has no numbers, and nobody could tell afterwards what is missing."""


class Temper:
    """Draws one conduct per message; the same seed and order give the same conducts."""

    def __init__(
        self,
        odds: Odds,
        rng: random.Random,
        *,
        is_lying: Callable[[], bool] = lambda: False,
        lies: Sequence[Conduct] = (),
    ) -> None:
        """Take `lies`, told in turn as long as `is_lying`."""
        self._shares = (
            (Treatment.REFUSED, odds.refuse),
            (Treatment.DELAYED, odds.delay),
            (Treatment.LOST, odds.lose),
            (Treatment.LATER, odds.later),
            (Treatment.PARTLY, odds.partly),
            (Treatment.FORGOTTEN, odds.forget),
        )
        self._rng = rng
        self._is_lying = is_lying
        self._lies = itertools.cycle(lies)

    def draw(self) -> Conduct:
        """Return what happens to the next message."""
        if self._is_lying():
            return next(self._lies)
        luck = self._rng.random()
        for treatment, share in self._shares:
            if luck < share:
                return self._conduct(treatment)
            luck -= share
        return Conduct(Treatment.STORED)

    def _conduct(self, treatment: Treatment) -> Conduct:
        if treatment is Treatment.REFUSED:
            return Conduct(treatment, status=self._rng.choice(_REFUSALS))
        wait_s = self._rng.uniform(*DELAY_S) if treatment is Treatment.DELAYED else 0.0
        return Conduct(treatment, wait_s=wait_s)
