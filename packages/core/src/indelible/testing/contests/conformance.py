"""The conformance suite of contests: what every store must do."""

from indelible.testing.contests.commands import ContestCommandsConformance
from indelible.testing.contests.lifecycle import ContestLifecycleConformance


class ContestsConformance(
    ContestCommandsConformance,
    ContestLifecycleConformance,
):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
