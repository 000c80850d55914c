"""Blocks that fail by themselves, while their unit answers for others."""

from collections import Counter

from config.modbus_link import ModbusRtu
from config.source import RegisterType
from drivers.errors import NoReply
from drivers.messages import describe_note
from drivers.modbus.plan import Block
from drivers.modbus.suspects import TRIES_SOON
from drivers.reading import Quality
from tests.drivers.plant import all_are, device, good, register_point, running
from tests.drivers.poll_bench import SEVEN, Answer, Bench, FakeLink, many_blocks
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device

DEAF = "1/holding-register/9+1"


class Deaf(FakeLink):
    """A link behind which unit 1 hears everything but the reads in `unheard`."""

    def __init__(self, *unheard: str) -> None:
        super().__init__(self._answer)
        self.unheard = set(unheard)
        self.blocks: list[str] = []

    def _answer(self, block: Block) -> Answer:
        self.blocks.append(block.name)
        return NoReply(block.unit_id, 1.0) if block.name in self.unheard else SEVEN


async def test_a_read_that_is_never_answered_costs_its_neighbours_no_slot() -> None:
    bench = Bench(many_blocks(1, 4, 1.0), many_blocks(2, 1, 1.0))
    link = Deaf(DEAF)
    async with bench.served(link):
        for _ in range(240):  # a minute
            await bench.clock.advance(0.25)
    bad = [scan for scan in bench.scans if not good(scan)]
    assert {scan.plan.block for scan in bad} == {DEAF}
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bad)
    assert 60 <= len(bad) <= 61
    slots = Counter(scan.plan.block for scan in bench.scans)
    assert min(slots.values()) >= 60
    assert link.blocks.count(DEAF) < TRIES_SOON + 3  # in a minute
    assert bench.told == [("block-silent", 1)]


async def test_a_read_that_is_answered_again_is_back_and_a_few_lost_ones_are_not_told() -> None:
    bench = Bench(many_blocks(1, 3, 1.0))
    link = Deaf(DEAF)
    async with bench.served(link):
        for _ in range(14):  # three silences, and a rest
            await bench.clock.advance(0.25)
        link.unheard.clear()
        for _ in range(16):
            await bench.clock.advance(0.25)
        assert good([scan for scan in bench.scans if scan.plan.block == DEAF][-1])
        assert bench.told == []
        link.unheard.add(DEAF)
        for _ in range(80):
            await bench.clock.advance(0.25)
        link.unheard.clear()
        for _ in range(80):
            await bench.clock.advance(0.25)
    assert bench.told == [("block-silent", 1), ("block-back", 1)]
    assert good([scan for scan in bench.scans if scan.plan.block == DEAF][-1])


async def test_a_dead_unit_is_probed_by_blocks_that_have_answered_and_is_back_within_5_seconds() -> None:
    bench = Bench(many_blocks(1, 3, 1.0), many_blocks(2, 1, 1.0))
    link = Deaf(DEAF)
    async with bench.served(link):
        for _ in range(4):
            await bench.clock.advance(0.25)
        link.unheard |= {"1/holding-register/0+1", "1/holding-register/18+1"}
        link.blocks.clear()
        for _ in range(240):
            await bench.clock.advance(0.25)
        probes = [name for name in link.blocks if name.startswith("1/")]
        assert DEAF not in probes[1:]  # it was under suspicion, or in rest, when the unit died
        assert len(probes) < 60 / 2
        assert bench.told == [("unit-silent", 1)]
        link.unheard = {DEAF}
        back_ns = bench.clock.mono_ns
        for _ in range(20):
            await bench.clock.advance(0.25)
    answered = {scan.plan.block for scan in bench.of(1) if good(scan) and scan.mono_ns > back_ns}
    assert answered == {"1/holding-register/0+1", "1/holding-register/18+1"}
    assert bench.told == [("unit-silent", 1), ("unit-back", 1)]


async def test_on_a_line_a_unit_that_ignores_one_request_keeps_its_other_points() -> None:
    points = [
        register_point("a", 0, period_s=0.3),
        register_point("b", 10, RegisterType.FLOAT32, period_s=0.3),
        register_point("deaf", 20, period_s=0.3),
    ]

    def script(request: Request) -> Reply:
        return Reply(silent=request.first == 20)

    with rtu_device(Scripted(rtu=True, script=script)) as port:
        settings = ModbusRtu(port=port, baudrate=115200, timeout="100 ms")
        async with running(settings, [device(*points)]) as seen:
            await seen.until(lambda: bool(seen.notes), within_s=20)
            told_at = len(seen.scans)
            await seen.until(lambda: len(seen.scans) >= told_at + 20)
    bad = [scan for scan in seen.scans if not good(scan)]
    assert {point.id for scan in bad for point in scan.plan.points} == {"deaf"}
    (note,) = seen.notes
    assert note.code == "block-silent"
    assert "holding-register 20," in describe_note(note).en
    assert "以下测点无数据：deaf。" in describe_note(note).zh
