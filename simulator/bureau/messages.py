"""The platform's sentences for people, in Chinese and English."""

from typing import Final

NO_MOSQUITTO: Final = (
    "未安装 mosquitto(apt install mosquitto 后可用) / "
    "mosquitto is not installed (apt install mosquitto brings it)"
)
LAYOUT_UNREADABLE: Final = (
    "模拟平台读不懂报文格式 {layout}(只懂 {known}),该平台不参加 / "
    "the simulated platform cannot read the layout {layout}, only {known}; it is left out"
)
BROKER_FAILED: Final = "mosquitto 未能启动:{said} / mosquitto did not start: {said}"
