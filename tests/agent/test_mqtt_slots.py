"""Places at a broker that takes few messages at once: alarms first, and nobody who gives up keeps one."""

import asyncio

from agent.uplinks.mqtt.slots import Slots


class Queue:
    """Messages that hold their place until they are let go."""

    def __init__(self, count: int) -> None:
        self.slots = Slots(count)
        self.sent: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def send(self, *names: str) -> None:
        for name in names:
            self._gates[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._send(name))
        await self.settle()

    async def confirm(self, name: str) -> None:
        self._gates[name].set()
        await self.settle()

    async def give_up(self, name: str) -> None:
        self.tasks[name].cancel()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _send(self, name: str) -> None:
        async with self.slots.taken(urgent=name.startswith("alarm")):
            self.sent.append(name)
            await self._gates[name].wait()


async def test_an_alarm_goes_before_all_that_waits() -> None:
    queue = Queue(1)
    await queue.send("a", "b", "c", "alarm")
    assert queue.sent == ["a"]
    await queue.confirm("a")
    await queue.confirm("alarm")
    assert queue.sent == ["a", "alarm", "b"]


async def test_where_there_is_more_than_one_place_one_is_kept_for_alarms() -> None:
    queue = Queue(3)
    await queue.send("a", "b", "c")
    assert queue.sent == ["a", "b"]
    await queue.send("alarm")
    assert queue.sent == ["a", "b", "alarm"]
    await queue.confirm("a")
    assert queue.sent == ["a", "b", "alarm"], "the place that is free now is the kept one"
    await queue.confirm("alarm")
    assert queue.sent == ["a", "b", "alarm", "c"]


async def test_who_gives_up_waiting_or_sending_leaves_the_place_to_others() -> None:
    queue = Queue(1)
    await queue.send("a", "b", "c")
    await queue.give_up("b")
    await queue.give_up("a")
    assert queue.sent == ["a", "c"]
    await queue.confirm("c")
    await queue.send("d")
    assert queue.sent == ["a", "c", "d"]


async def test_who_is_given_up_just_as_its_turn_comes_gives_it_back() -> None:
    queue = Queue(1)
    await queue.send("a", "b", "c")
    queue.tasks["a"].cancel()
    await asyncio.sleep(0)
    queue.tasks["b"].cancel()
    await queue.settle()
    assert queue.sent[-1] == "c"
