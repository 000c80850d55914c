"""For all tests: hypothesis judges results, not the speed of a busy machine."""

from hypothesis import settings

settings.register_profile("edge-agent", deadline=None)
settings.load_profile("edge-agent")
