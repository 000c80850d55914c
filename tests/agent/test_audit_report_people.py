"""A day's page: who was told of each gap, what people took out of use, and that it prints as a page."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from agent.alarms.alarm import Alarm
from agent.alarms.bypass import bypass_of
from agent.alarms.event import Act
from agent.evidence.day_people import TakenOutOfDay
from agent.evidence.readings import Period
from buffering.record import Stream
from config.model import Deviation, LimitKind
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.recorded import Desk, recording
from tests.agent.test_audit_report import Cells, report

CO = point()
HI, HIHI = limit(CO, LimitKind.HI, 24), limit(CO, LimitKind.HIHI, 160)
PLANT = plant(device("co-1", [CO], [HI, HIHI]))


def does(desk: Desk, rule: str, act: Act, do: object) -> None:
    """Do as a person would ask over the control socket."""
    alarm = desk.engine.alarm(rule)
    assert alarm is not None
    assert callable(do)
    do(alarm, act, desk.clock.now_ns(), desk.clock.monotonic_ns())
    outcome = desk.engine.acted()
    assert outcome is not None
    desk.recorder.alarms(outcome)
    for event in outcome.events:
        if (content := bypass_of(event)) is not None:
            desk.recorder.event(content)


def act(clock: HandClock, by: str, reason: str) -> Act:
    return Act(by, reason, until_ns=clock.now_ns() + 3600 * SECOND, until="23:13")


async def test_every_gap_says_which_destination_has_confirmed_its_record(tmp_path: Path) -> None:
    clock, names = HandClock(), ("bureau", "county")
    async with recording(tmp_path, PLANT, clock, destinations=names) as desk:
        await desk.read(CO.id, 1)
    clock.move(60)
    async with recording(tmp_path, PLANT, clock, destinations=names) as desk:
        await desk.recorder.flush()
        await desk.deliver(Stream.EVENT)
    page = Cells(report(tmp_path, after_s=61)[1])
    down = page.row("the agent was down", "22:13:20.000")
    assert down[5] == "bureau 已确认 confirmed, county 待发 not sent yet"


async def test_a_gap_whose_record_was_refused_says_so(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
    clock.move(60)
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.recorder.flush()
        await desk.outbox.park(await desk.outbox.next_message("bureau", Stream.EVENT), "no such kind")
    page = Cells(report(tmp_path, after_s=61)[1])
    assert page.row("the agent was down", "22:13:20.000")[5] == "bureau 拒收 refused"


async def test_bypasses_and_shelvings_have_person_reason_and_end(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 30)
        does(desk, HI.id, act(clock, "wang", "探头校准"), Alarm.shelve)
        clock.move(5)
        does(desk, HIHI.id, act(clock, "li", "检修"), Alarm.take_out)
        clock.move(5)
        does(desk, HI.id, Act("zhao"), Alarm.unshelve)
        await desk.recorder.flush()
    page = Cells(report(tmp_path, after_s=20)[1])
    shelved, bypassed = page.row("shelved", HI.id), page.row("bypassed", HIHI.id)
    assert shelved[:2] == ["22:13:20.000", "22:13:30.000 zhao"]
    assert shelved[3:] == ["wang", "探头校准", "23:13:20.000"]
    assert bypassed[:2] == ["22:13:25.000", "仍在持续 still standing"]
    assert bypassed[3:] == ["li", "检修", "23:13:25.000"]


async def test_one_that_stood_through_the_day_is_on_it_and_one_that_was_over_is_not(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        does(desk, HI.id, act(clock, "wang", "a"), Alarm.take_out)
        does(desk, HIHI.id, act(clock, "li", "b"), Alarm.take_out)
        clock.move(10)
        does(desk, HI.id, Act("wang"), Alarm.put_back)
        clock.move(86_400)
        await desk.read(CO.id, 1)
    page = Cells(report(tmp_path, day="2026-09-22", after_s=86_400 + 20)[1])
    assert page.row("bypassed", HIHI.id)[0] == "2026-09-21 22:13:20.000+08:00"
    assert not [row for row in page.rows if any("bypassed" in c for c in row) and HI.id + " " in row[2] + " "]


async def test_deviations_in_force_and_expired_are_named_with_who_approved_them(tmp_path: Path) -> None:
    approved = Deviation("旧系统", "安监科 王工", date(2026, 1, 1), date(2026, 12, 31))
    lapsed = replace(approved, until=date(2026, 9, 20))
    rules = [replace(HI, deviation=approved), replace(HIHI, deviation=lapsed)]
    async with recording(tmp_path, plant(device("co-1", [CO], rules)), HandClock()) as desk:
        await desk.read(CO.id, 1)
    page = Cells(report(tmp_path, after_s=5)[1])
    hi, hihi = page.row(HI.id + " ", "in force"), page.row(HIHI.id, "expired")
    assert hi[1:5] == ["24 ppm", "安监科 王工", "旧系统", "2026-01-01 – 2026-12-31"]
    assert hihi[4] == "2026-01-01 – 2026-09-20"


async def test_a_deviation_that_left_the_plant_file_is_gone_the_day_after_though_the_list_was_known(
    tmp_path: Path,
) -> None:
    """A plant file that is put back as it was brings no new list of points; its start names the old one."""
    approved = Deviation("旧系统", "王工", date(2026, 1, 1), date(2026, 12, 31))
    laxer = plant(device("co-1", [CO], [replace(HI, deviation=approved)]))
    strict, clock = plant(device("co-1", [CO], [HI])), HandClock()
    for site in (strict, laxer, strict):
        async with recording(tmp_path, site, clock) as desk:
            await desk.read(CO.id, 1)
        clock.move(5)
    assert "王工" in report(tmp_path, after_s=20)[1]
    clock.move(86_400)
    async with recording(tmp_path, strict, clock) as desk:
        await desk.read(CO.id, 1)
    assert "王工" not in report(tmp_path, day="2026-09-22", after_s=86_400 + 20)[1]


class Shape(HTMLParser):
    """What a printer sees of a page: headings, and how many cells each row of a table has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.tables: list[list[int]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1
        elif tag == "h2":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "every element is closed in its place"

    def handle_data(self, data: str) -> None:
        if "h2" in self.open:
            self.headings[-1] += data


async def test_the_page_prints_with_every_section_in_both_languages_and_even_tables(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 30)
        does(desk, HIHI.id, act(clock, "li", "检修"), Alarm.take_out)
        await desk.sign()
    html = report(tmp_path, after_s=5)[1]
    shape = Shape(html)
    assert shape.open == []
    assert "@page" in html
    assert "A4" in html
    assert [heading.split()[0] for heading in shape.headings] == [
        "各设备数据",
        "缺口与原因",
        "报警",
        "联锁动作记录",
        "计划停产与按设计抑制的规则",
        "停用的保护与搁置的报警",
        "放宽的限值（deviation）",
        "限值、设定与时钟的变化",
        "被平台拒收、搁置或放弃的数据",
        "签名的链头",
    ]
    assert all(any("a" <= letter <= "z" for letter in heading.lower()) for heading in shape.headings)
    assert all(len(set(table)) == 1 for table in shape.tables), "every row has a cell for every heading"


def test_two_points_that_are_out_of_use_at_once_end_each_by_itself() -> None:
    """What a detector or a test with gas takes out has a point, and no rule."""
    taken_out = TakenOutOfDay(Period(0, 100))
    for at_ns, kind, of in ((1, "bypass", "a.x"), (2, "bypass", "b.x"), (3, "bypass-end", "b.x")):
        taken_out.hear({"rule": None, "point": of}, kind, at_ns)
    found = {each.begun["point"]: each.to_ns for each in taken_out.found()}
    assert found == {"a.x": None, "b.x": 3}
