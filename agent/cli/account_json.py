"""What `audit verify --json` prints; times are UTC in nanoseconds."""

from dataclasses import asdict
from typing import Any

from agent import words_evidence
from agent.evidence.account import Account
from agent.evidence.history import Gap
from buffering.audit import LaneAccount
from buffering.heads import SignedHead

Json = dict[str, Any]


def as_json(account: Account) -> Json:
    """Return the whole account."""
    return {
        "whole": account.is_whole,
        "gateway": account.gateway,
        "epoch": account.epoch,
        "being_salvaged": account.is_being_salvaged,
        "damaged_tables": list(account.damaged_tables),
        "lanes": [_lane(lane, account) for lane in account.lanes],
        "keys": list(account.keys),
        "asked_for": list(account.trusted),
        "gaps": [_gap(gap) for gap in account.history.gaps],
        "destinations": {name: _destination(name, account) for name in account.destinations},
        "has_mark": account.has_mark,
        "discords": [
            {**asdict(each), "text": asdict(words_evidence.broken(each.what))} for each in account.discords
        ],
        "breaks": [
            {**asdict(each), "text": asdict(words_evidence.broken(each.what))} for each in account.breaks
        ],
    }


def _destination(name: str, account: Account) -> Json:
    kept_back, taking = account.kept_back[name], account.takings[name]
    return {
        **asdict(account.of(name)),
        "takes": None if taking is None else taking.content,
        "points_kept_back": sorted(kept_back.parked),
        "readings_kept_back": len(kept_back.readings) + kept_back.unlisted,
    }


def _lane(lane: LaneAccount, account: Account) -> Json:
    return {
        "epoch": lane.epoch,
        "lane": lane.lane.value,
        "ranges": [[one.first, one.last] for one in lane.held],
        "records": lane.records,
        "items": lane.items,
        "from_ns": lane.from_ns,
        "to_ns": lane.to_ns,
        "chain": lane.chain.hex() if lane.chain is not None else None,
        "removed": [
            {
                "first": gone.first,
                "last": gone.last,
                "cause": gone.cause,
                "record": _record(account, lane, gone.last),
            }
            for gone in lane.removed
        ],
        "signed_heads": lane.heads,
        "newest_head": _head(lane.newest_head),
        "destinations": {name: asdict(tally) for name, tally in lane.destinations.items()},
    }


def _record(account: Account, lane: LaneAccount, last: int) -> Json | None:
    noted = account.history.record_of(lane.epoch, lane.lane, last)
    if noted is None:
        return None
    return {
        "epoch": noted.epoch,
        "seq": noted.seq,
        "utc_ns": noted.utc_ns,
        "cause": noted.content.get("cause"),
    }


def _head(head: SignedHead | None) -> Json | None:
    if head is None:
        return None
    return {
        "seq": head.seq,
        "chain": head.chain.hex(),
        "signed_ns": head.signed_ns,
        "fingerprint": head.fingerprint,
        "signature": head.signature.hex(),
    }


def _gap(gap: Gap) -> Json:
    return {
        "epoch": gap.noted.epoch,
        "seq": gap.noted.seq,
        "cause": gap.cause,
        "reason": gap.reason,
        "from_ns": gap.from_ns,
        "to_ns": gap.to_ns,
        "measured": gap.is_measured,
        "duration": asdict(words_evidence.gap_duration(gap.to_ns - gap.from_ns, is_measured=gap.is_measured)),
        "destination": gap.destination,
        "items": gap.items,
        "clean": gap.clean if gap.cause == "restart" else None,
    }
