"""Rules that a profile brings for its own points, and what a device says of them.

They are written as rules of the plant are, with the points named as the profile names them
(`fan`; in an expression `device.fan`). A device's entry is laid over its profile's, key by key.
"""

import datetime
from typing import Any, Literal

from pydantic import Field

from config.base import Part


class DisabledEntry(Part):
    """Who took a profile's rule out of a plant, why, and until when."""

    reason: str = Field(min_length=1, description="原因 / why")
    approved_by: str = Field(min_length=1, description="批准人 / who approved it")
    until: datetime.date = Field(description="有效期至 / until when it holds")


class ConditionEntry(Part, extra="allow"):
    """A rule over the profile's, key by key; or one of the device's own."""

    disabled: DisabledEntry | None = Field(
        None, description="停用：原因、批准人、期限 / taken out, by whom and until when"
    )

    @property
    def written(self) -> dict[str, Any]:
        """What it says of the rule itself, as written."""
        return dict(self.model_extra or {})


class ProfileConditionEntry(Part, extra="allow"):
    """A rule in a profile."""

    confidence: Literal["law", "recommended", "unverified"] = Field(
        "unverified", description="依据的性质：法定、推荐、未核实 / what stands behind it"
    )

    @property
    def written(self) -> dict[str, Any]:
        """What it says of the rule itself, as written."""
        return dict(self.model_extra or {})
