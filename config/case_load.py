"""Reads a file of cases for rules: text in, checked cases out, or every fault with its place."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from config.case import Act, Case, CaseFile, Course, Doing, Expected, Word
from config.case_entry import CaseEntry, CasesEntry, ExpectEntry
from config.case_turns import Turns
from config.condition import Baseline
from config.document import read_document
from config.fault import Findings, InvalidPlant, Place
from config.library import SITE_PROFILES
from config.load import load_plant
from config.model import Plant, Point, Text
from config.points import text_of
from config.position import Layers, Origin
from config.validation import choice_fields, validate

READINGS_MAX: Final = 2_000_000
"""Of a case: about a minute of work."""
LINGERS_S: Final = 60.0
"""After the last moment that is written, where the case does not say how long it lasts."""


def load_cases(
    path: Path,
    rules_of: Callable[[Plant], Collection[str]],
    *,
    profile_dirs: Sequence[Path] = (SITE_PROFILES,),
) -> CaseFile:
    """Return the cases of a file. `rules_of` names every rule that a plant's engine can speak of.

    Raises InvalidPlant with every fault of the file, or else with those of its plant file.
    """
    findings = Findings()
    document = read_document(path, findings)
    if document is not None and document.data is None and not findings.faults:
        findings.fault(Place(str(path)), "case-file-empty")
    if document is None or document.data is None:
        raise InvalidPlant(findings.faults)
    source = Layers([(document, ())], document.data)
    if isinstance(document.data, dict) and "devices" in document.data:
        findings.fault(source.place("devices", at_key=True), "case-file-is-plant", file=path.name)
        raise InvalidPlant(findings.faults)
    entry = validate(CasesEntry, source, findings)
    plant = _plant(path, entry, source, findings, profile_dirs)
    if entry is None or plant is None:
        raise InvalidPlant(findings.faults)
    if not entry.cases and not findings.is_told(source.place("cases")):
        findings.fault(source.place("cases"), "case-none")
    reader = _Reader(plant, frozenset(rules_of(plant)), source, findings)
    cases = {id_: reader.case(id_, case) for id_, case in entry.cases.items()}
    findings.raise_if_faulty()
    return CaseFile(plant, cases)


def _plant(
    path: Path,
    entry: CasesEntry | None,
    source: Layers,
    findings: Findings,
    profile_dirs: Sequence[Path],
) -> Plant | None:
    if entry is None or findings.is_told(source.place("plant")) or not Origin(source, ()).has("plant"):
        return None
    plant = path.parent / entry.plant
    if not plant.is_file():
        findings.fault(source.place("plant"), "case-plant-missing", path=plant)
        return None
    return load_plant(plant, profile_dirs=profile_dirs)


class _Reader:
    """Checks the cases of one file against its plant."""

    def __init__(self, plant: Plant, rules: Collection[str], source: Layers, findings: Findings) -> None:
        self._points = {point.id: point for point in plant.points}
        self._zone = ZoneInfo(plant.timezone)
        self._rules = rules
        self._reads = _points_of_rules(plant)
        self._gates = {gate.unknown_rule: _ids(gate.points) for gate in plant.gates.values()}
        self._baselines = {rule.id for rule in plant.rules if isinstance(rule.condition, Baseline)}
        self._source = source
        self._findings = findings

    def case(self, id_: str, entry: CaseEntry) -> Case:
        """Return one case; only to be used where the findings hold no fault."""
        origin = Origin(self._source, ("cases", id_))
        courses = tuple(self._courses(entry, origin))
        given = {course.point.id for course in courses}
        unread = {rule: points - given for rule, points in self._reads.items() if points - given}
        expected = tuple(self._expected(entry, origin, unread))
        acts = sorted(self._acts(entry, origin), key=lambda act: act.at_s)
        lasts_s = entry.lasts or _last_s(courses, expected, acts) + LINGERS_S
        self._judge(entry, origin, courses, expected, lasts_s)
        return Case(
            id=id_,
            name=Text(id_, id_) if entry.name is None else text_of(entry.name),
            place=origin.place(at_key=True),
            begins=entry.begins.replace(tzinfo=self._zone),
            lasts_s=lasts_s,
            every_s=entry.every or 0.0,
            courses=courses,
            acts=acts,
            expected=expected,
            unread=frozenset(unread),
            unknown=frozenset(
                {rule for rule, points in self._gates.items() if points - given} | self._baselines
            ),
        )

    def _courses(self, entry: CaseEntry, origin: Origin) -> Iterator[Course]:
        if not entry.points and not self._findings.is_told(origin.place("points")) and origin.has("points"):
            self._findings.fault(origin.place("points"), "case-no-points")
        for id_, written in entry.points.items():
            point = self._point(id_, origin)
            if point is not None:
                yield Course(point, Turns(point, origin.at("points", id_), self._findings).read(written))

    def _point(self, id_: str, origin: Origin) -> Point | None:
        point, place = self._points.get(id_), origin.place("points", id_, at_key=True)
        if point is None:
            suffix, fields = choice_fields(id_, self._points)
            self._findings.fault(place, "plant-rule-point-unknown" + suffix, point=id_, **fields)
        elif point.datatype == "string":
            self._findings.fault(place, "rule-of-text", point=id_)
            return None
        return point

    def _expected(
        self, entry: CaseEntry, origin: Origin, unread: Mapping[str, frozenset[str]]
    ) -> Iterator[Expected]:
        for rule, expect in entry.expect.items():
            here = origin.at("expect", rule)
            if self._is_rule(rule, here) and rule in unread:
                points = sorted(unread[rule])
                self._findings.fault(here.place(at_key=True), "case-rule-unread", rule=rule, points=points)
            yield from _moments(rule, expect, entry.within, here)

    def _acts(self, entry: CaseEntry, origin: Origin) -> Iterator[Act]:
        for rule, acts in entry.acts.items():
            if self._is_rule(rule, origin.at("acts", rule)):
                yield from (Act(rule, do, at_s) for do in Doing for at_s in getattr(acts, do.value))

    def _is_rule(self, rule: str, origin: Origin) -> bool:
        if rule in self._rules:
            return True
        suffix, fields = choice_fields(rule, sorted(self._rules))
        self._findings.fault(origin.place(at_key=True), "case-rule-unknown" + suffix, rule=rule, **fields)
        return False

    def _judge(
        self,
        entry: CaseEntry,
        origin: Origin,
        courses: Sequence[Course],
        expected: Sequence[Expected],
        lasts_s: float,
    ) -> None:
        for each in expected:
            if each.at_s > lasts_s:
                fields = {"at": f"{each.at_s:g} s", "lasts": f"{lasts_s:g} s"}
                self._findings.fault(each.place, "case-moment-late", **fields)
        every_s = entry.every or 0.0
        readings = sum(lasts_s / max(course.point.period_s, every_s) for course in courses)
        if readings > READINGS_MAX:
            place = origin.place("lasts") if origin.has("lasts") else origin.place(at_key=True)
            self._findings.fault(place, "case-too-long", readings=round(readings), most=READINGS_MAX)


def _moments(rule: str, expect: ExpectEntry, within_s: float, origin: Origin) -> Iterator[Expected]:
    for word in Word:
        moments: tuple[float, ...] = getattr(expect, word.value)
        for number, at_s in enumerate(moments):
            place = origin.place(word.value, number)
            yield Expected(rule, word, at_s, within_s if expect.within is None else expect.within, place)


def _points_of_rules(plant: Plant) -> Mapping[str, frozenset[str]]:
    limits = {
        limit.id: frozenset({limit.point.id}) for device in plant.devices.values() for limit in device.rules
    }
    contradicted = (gate.contradicted for gate in plant.gates.values())
    rules = (*plant.rules, *(rule for rule in contradicted if rule is not None))
    return limits | {rule.id: _ids(rule.points) for rule in rules}


def _ids(points: Iterable[Point]) -> frozenset[str]:
    return frozenset(point.id for point in points)


def _last_s(courses: Sequence[Course], expected: Sequence[Expected], acts: Sequence[Act]) -> float:
    turns = (turn.at_s + turn.over_s for course in courses for turn in course.turns)
    told = (each.at_s + each.within_s for each in expected)
    return max((*turns, *told, *(act.at_s for act in acts)), default=0.0)
