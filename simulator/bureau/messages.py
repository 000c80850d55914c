"""The platform's sentences for people, in Chinese and English."""

from typing import Final

NO_MOSQUITTO: Final = (
    "未安装 mosquitto(apt install mosquitto 后可用) / "
    "mosquitto is not installed (apt install mosquitto brings it)"
)
BROKER_FAILED: Final = "mosquitto 未能启动:{said} / mosquitto did not start: {said}"
