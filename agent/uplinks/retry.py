"""Retry without end, by tenacity: full jitter, spread after a long loss, a platform's own wish obeyed.

Plain full jitter brings most of a fleet back within the second in which a
platform returns. After a loss of more than 5 s each pause therefore falls
anywhere within `spread_s`; an alarm goes at once all the same.
"""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from agent.uplinks.standing import Standing
from agent.uplinks.uplink import Failure, RetryAfter, Verdict

BACK_OFF_MAX_S: Final = 60.0
DOUBLINGS_MAX: Final = 6


class Retry:
    """Repeats an attempt until its verdict is final."""

    def __init__(self, standing: Standing, rng: Random, *, spread_s: float) -> None:
        self._standing = standing
        self._rng = rng
        self._spread_s = spread_s

    async def until_final(
        self,
        attempt: Callable[[], Awaitable[Verdict]],
        *,
        gate: Callable[[], Awaitable[object]] | None = None,
    ) -> Verdict:
        """Call `attempt` until its verdict is no `Failure`, and return that.

        Before every attempt but the first, `gate` is awaited beside the pause.
        """
        asked = False

        def wait(state: RetryCallState) -> float:
            nonlocal asked
            assert state.outcome is not None
            verdict = state.outcome.result()
            asked = isinstance(verdict, RetryAfter)
            return verdict.seconds if isinstance(verdict, RetryAfter) else self.pause_s(state.attempt_number)

        async def sleep(seconds: float) -> None:
            await self._standing.back_off(seconds, kickable=not asked)
            if gate is not None:
                await gate()

        async def once() -> Verdict:  # a lambda would not be taken for a coroutine function
            return await attempt()

        retrying = AsyncRetrying(retry=retry_if_result(_is_failure), wait=wait, sleep=sleep)
        verdict: Verdict = await retrying(once)
        return verdict

    def pause_s(self, failures: int) -> float:
        """Return a pause after so many failures in a row, in seconds."""
        bound_s = min(BACK_OFF_MAX_S, 2.0 ** min(failures - 1, DOUBLINGS_MAX))
        if self._standing.long_down:
            bound_s = max(bound_s, self._spread_s)
        return self._rng.uniform(0, bound_s)


def _is_failure(verdict: Verdict) -> bool:
    return isinstance(verdict, Failure)
