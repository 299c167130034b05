"""The conformance suite of contests: what every store must do."""

from indelible.testing.contests.commands import ContestCommandsConformance
from indelible.testing.contests.entries import EntryConformance
from indelible.testing.contests.feeds import FeedConformance
from indelible.testing.contests.integrity import ContestIntegrityConformance
from indelible.testing.contests.lifecycle import ContestLifecycleConformance
from indelible.testing.contests.log import CorrectionConformance, LogConformance
from indelible.testing.contests.payments import PaymentConformance
from indelible.testing.contests.runs import RunConformance


class ContestsConformance(
    ContestCommandsConformance,
    ContestLifecycleConformance,
    EntryConformance,
    PaymentConformance,
    LogConformance,
    CorrectionConformance,
    FeedConformance,
    RunConformance,
    ContestIntegrityConformance,
):
    """Subclass it with a fixture `store`: an empty store with a `TickingClock`."""
