"""What people owe alarms, as it is written: `alarms: {annunciation: none, respond_within: …}`."""

from typing import Literal

from pydantic import Field

from config.base import Interval, Part
from config.model import AlarmSettings, Priority, RespondWithin

# Working assumptions, no clause behind them [E].
ACKNOWLEDGE_CRITICAL_S = 600.0
ACKNOWLEDGE_HIGH_S = 1800.0
HANDLE_S = 7200.0
SHIFT_S = 8 * 3600.0


class RespondWithinEntry(Part):
    """How soon alarms of one priority are to be answered."""

    acknowledge: Interval | None = Field(None, description="多久内确认 / acknowledged within")
    handle: Interval | None = Field(None, description="多久内填写处置 / cause and measure told within")


class RespondEntry(Part):
    """The same by priority."""

    # Seconds already, so not validated: a plant file's durations carry their unit.
    critical: RespondWithinEntry = RespondWithinEntry.model_construct(
        acknowledge=ACKNOWLEDGE_CRITICAL_S, handle=HANDLE_S
    )
    high: RespondWithinEntry = RespondWithinEntry.model_construct(
        acknowledge=ACKNOWLEDGE_HIGH_S, handle=HANDLE_S
    )
    medium: RespondWithinEntry = RespondWithinEntry()
    low: RespondWithinEntry = RespondWithinEntry()


class AlarmsEntry(Part):
    """What people owe alarms."""

    annunciation: Literal["local", "none"] = Field(
        "local",
        description="现场有无人员确认报警；none 为无人值守 / whether somebody here acknowledges alarms",
    )
    shift: Interval = Field(SHIFT_S, description="班次长度，即最长消音时间 / a shift, the longest shelving")
    respond_within: RespondEntry = Field(
        RespondEntry(), description="响应时限，超时升级 / how soon people answer, else it is escalated"
    )

    def settings(self) -> AlarmSettings:
        """Return them for the model."""
        given = {priority: getattr(self.respond_within, priority.value) for priority in Priority}
        return AlarmSettings(
            is_annunciated=self.annunciation == "local",
            shift_s=self.shift,
            respond_within={p: RespondWithin(entry.acknowledge, entry.handle) for p, entry in given.items()},
        )
