"""Where a point stands in an OPC UA server, as it is written: by id, by browse path, or under its device."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Amount, Interval, Part
from config.fault import Objection
from config.node_id import NAMESPACE_MAX, parse_node_id


def _node_id(value: str) -> str:
    parse_node_id(value)
    return value


def _namespace(value: int | str) -> int | str:
    if isinstance(value, int) and not 0 <= value <= NAMESPACE_MAX:
        raise Objection("namespace-wrong", value=value)
    if isinstance(value, str) and (not value or ";" in value):
        raise Objection("namespace-wrong", value=value)
    return value


NodeIdText = Annotated[str, AfterValidator(_node_id)]
NamespaceName = Annotated[int | str, AfterValidator(_namespace)]


class OpcUaSource(Part):
    """Where a point stands in an OPC UA server: `id`, `path`, or `name` under the device's node."""

    id: NodeIdText | None = Field(None, description="完整节点号 / whole node id, e.g. ns=2;s=furnace.tilt")
    path: str | None = Field(
        None,
        min_length=1,
        description="浏览路径，从 Objects 起 / browse path from Objects, e.g. 2:PLC/2:Tilt",
    )
    name: str | None = Field(None, min_length=1, description="设备节点下的名称 / name at the device's node")
    namespace: NamespaceName = Field(
        2, description="name 和 path 的命名空间：序号或 URI / index or URI, of name and path"
    )
    index: int | None = Field(None, ge=0, description="数组元素，从 0 起 / element of an array, from 0")
    sampling_interval: Interval | None = Field(None, description="采样间隔 / how often the server samples it")
    queue_size: int | None = Field(None, ge=1, le=1000, description="队列长度 / samples queued")
    deadband: Amount | None = Field(
        None, description="死区，带单位；变化不超过它就不上报 / smaller changes are not reported"
    )
    deadband_percent: float | None = Field(
        None, ge=0, lt=100, description="死区，占量程的百分比 / the same in percent of the measuring range"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.id, self.path, self.name)) != 1:
            raise Objection("node-id-or-name")
        if self.deadband is not None and self.deadband_percent is not None:
            raise Objection("deadband-twice")
        return self
