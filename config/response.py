"""What people owe alarms, as it is written: `alarms: {annunciation: none, respond_within: …}`."""

from typing import Annotated, Literal

from pydantic import Field

from config.base import Interval, Matching, Part
from config.model import AlarmSettings, Priority
from config.settings import RespondWithin

SHIFT_S = 8 * 3600.0


class RespondWithinEntry(Part):
    """How soon alarms of one priority are to be answered."""

    acknowledge: Interval | None = Field(None, description="多久内确认 / acknowledged within")
    handle: Interval | None = Field(None, description="多久内填写处置 / cause and measure told within")


class RespondEntry(Part):
    """The same by priority. The times are working assumptions [E]: no clause stands behind them."""

    critical: RespondWithinEntry = RespondWithinEntry.model_construct(acknowledge=600.0, handle=7200.0)
    high: RespondWithinEntry = RespondWithinEntry.model_construct(acknowledge=1800.0, handle=7200.0)
    medium: RespondWithinEntry = RespondWithinEntry()
    low: RespondWithinEntry = RespondWithinEntry()


class AlarmsEntry(Part):
    """What people owe alarms."""

    annunciation: Literal["local", "none"] = Field(
        "local",
        description="现场有无人员确认报警；none 为无人值守 / whether somebody here acknowledges alarms",
    )
    shift: Interval = Field(SHIFT_S, description="班次长度，即最长消音时间 / a shift, the longest shelving")
    engineers: tuple[Annotated[str, Matching(r"\S", "text-blank")], ...] = Field(
        (),
        description=(
            "可将法定测点的报警消音或退出运行的人（--as 姓名） / who may shelve alarms that law wants, or "
            "take them out of service"
        ),
    )
    chatter_off_delay: Interval | None = Field(
        None,
        description="报警抖动期间，恢复多久才解除；不写则只提示 / while an alarm chatters, back for so long",
    )
    respond_within: RespondEntry = Field(
        RespondEntry(), description="响应时限，超时升级 / how soon people answer, else it is escalated"
    )

    def settings(self) -> AlarmSettings:
        """Return them for the model."""
        given = {priority: getattr(self.respond_within, priority.value) for priority in Priority}
        return AlarmSettings(
            is_annunciated=self.annunciation == "local",
            shift_s=self.shift,
            engineers=self.engineers,
            chatter_off_delay_s=self.chatter_off_delay or 0.0,
            respond_within={p: RespondWithin(entry.acknowledge, entry.handle) for p, entry in given.items()},
        )
