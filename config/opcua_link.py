"""How an OPC UA server is reached."""

from typing import Annotated, Literal

from pydantic import Field

from config.base import Interval, Matching, Part


class OpcUa(Part):
    """An OPC UA server, watched by subscription."""

    endpoint: Annotated[str, Matching(r"^opc\.tcp://[^\s/]", "endpoint-wrong")] = Field(
        description="服务器地址 / address of the server",
        examples=["opc.tcp://192.168.10.30:4840"],
    )
    security: Literal["None"] = Field("None", description="安全策略；本版本只支持 None / this version: None")
    publishing_interval: Interval = Field(0.5, description="发布间隔 / how often the server reports")
    timeout: Interval = Field(4.0, description="请求超时 / how long an answer may take")
    silence: Interval = Field(
        10.0, description="多久没有消息就重建订阅 / silent for so long: the subscription is made anew"
    )
