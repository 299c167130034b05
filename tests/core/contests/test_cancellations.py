"""A cancellation by the provider prevents a settlement, until the provider takes it back."""

import pytest
from tests.core.contests.pure_log import FINAL, PureLog, body_of

from indelible.contests.entities.values import EventKind
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.terminal import settlement_due
from indelible_service.demos.leaderboards import Json, Moment


def _cancel(document: Json) -> None:
    event = document["events"][0]
    for owner in (event, event["competitions"][0]):
        owner["status"]["type"] = {"name": "STATUS_CANCELED", "state": "post", "completed": False}


def test_a_canceled_tournament_is_not_settled() -> None:
    log = PureLog()
    for _ in range(2):
        log.take(body_of(FINAL))
    log.status = ContestStatus.ERROR
    log.take(body_of(FINAL, _cancel))

    assert log.state.terminal_number is not None
    assert settlement_due(log.state, log.configuration, log.marks) is None


@pytest.mark.parametrize("following", [Moment(n=2), Moment(n=2, progress=0.5)])
def test_a_tournament_that_goes_on_after_a_cancellation_is_no_longer_canceled(
    following: Moment,
) -> None:
    log = PureLog(status=ContestStatus.ERROR)
    for payload in (body_of(Moment(n=2)), body_of(Moment(n=2), _cancel), body_of(following)):
        log.take(payload)

    assert log.kinds() == [EventKind.SNAPSHOT, EventKind.CANCELLED, EventKind.SNAPSHOT]
    assert log.state.cancelled_number is None
