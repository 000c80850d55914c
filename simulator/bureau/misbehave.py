"""How the platform treats a message, drawn from a seed: real platforms refuse, dawdle and forget to answer.

A refused message is not stored. A delayed one is stored at once and answered
late. A lost one is stored too: only the reply never comes, so that the gateway
cannot know and has to send it again.
"""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DELAY_S: Final = (1.0, 2.0)
RETRY_AFTER_S: Final = 1


class Treatment(StrEnum):
    """The words of the ledger's `attempt.outcome`."""

    STORED = "stored"
    REFUSED = "refused"
    DELAYED = "delayed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Odds:
    """Share of messages, 0 to 1, that meets each misbehaviour."""

    refuse: float = 0.05
    delay: float = 0.05
    lose: float = 0.05


@dataclass(frozen=True, slots=True)
class Conduct:
    """What happens to one message. `status` None in a refusal: the connection is closed."""

    treatment: Treatment
    status: int | None = None
    wait_s: float = 0.0


_REFUSALS: Final = (500, 503, 429, None)


class Temper:
    """Draws one conduct per message; the same seed and order give the same conducts."""

    def __init__(self, odds: Odds, rng: random.Random) -> None:
        self._odds = odds
        self._rng = rng

    def draw(self) -> Conduct:
        """Return what happens to the next message."""
        refuse, delay, lose = self._odds.refuse, self._odds.delay, self._odds.lose
        luck = self._rng.random()
        if luck < refuse:
            return Conduct(Treatment.REFUSED, status=self._rng.choice(_REFUSALS))
        if luck < refuse + delay:
            return Conduct(Treatment.DELAYED, wait_s=self._rng.uniform(*DELAY_S))
        if luck < refuse + delay + lose:
            return Conduct(Treatment.LOST)
        return Conduct(Treatment.STORED)
