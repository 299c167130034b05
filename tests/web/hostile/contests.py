"""Hostile amounts and currencies of contests, and joins that come too late or too often."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.web.harness import Json, Web
from tests.web.hostile.captures import post
from tests.web.hostile.requests import HostileRequest
from tests.web.hostile.scenario import Deployment, Scenario, Send

from indelible.contests import ContestStatus
from indelible.testing.contests.scenarios import (
    OTHER_ROSTER,
    ROSTER,
    STRANGER,
    ContestScenario,
    contest_in,
    new_contest,
    publish,
)
from indelible.testing.stores import MAYA

REASON: Final = "a test"
RAW_VALUE: Final = '"RAW"'
AMOUNTS: Final = (
    "25.0",
    "25.5",
    "2.5e3",
    '"2500"',
    '"25.00"',
    "-1",
    "true",
    "null",
    "[2500]",
    '{"amount": 2500}',
    "1000000000001",
    "99999999999999999999",
)
CURRENCIES: Final = ("usd", "Usd", "US", "USDX", "ZZZ", "$", "", " USD", "USD ", "\u0405AR", "840")
# The state of a contest that nobody can enter, and the answer to a user who is no operator.
CLOSED: Final = (
    (ContestStatus.LOCKED, 403, "CONTEST_LOCKED"),
    (ContestStatus.LIVE, 403, "CONTEST_LOCKED"),
    (ContestStatus.COMPLETE, 403, "CONTEST_LOCKED"),
    (ContestStatus.CANCELLED, 403, "CONTEST_LOCKED"),
    (ContestStatus.ERROR, 404, "CONTEST_NOT_FOUND"),
)


def publication(**changes: object) -> Json:
    """Return the body that publishes a contest, with changed keys of its configuration."""
    configuration = {"entry_fee_cents": 2500, "currency": "USD", **changes}
    return {"contest_name": "Pool", "configuration": configuration, "reason": REASON}


def hostile_amounts() -> Iterator[HostileRequest]:
    """Yield fees, rakes and payouts that are no whole minor units in range."""
    for text in AMOUNTS:
        for changes in (
            {"entry_fee_cents": "RAW"},
            {"payout": {"kind": "fixed_cents", "amounts": ["RAW"], "guarantee": True}},
        ):
            data = json.dumps(publication(**changes)).replace(RAW_VALUE, text).encode()
            options: Any = {"data": data}
            yield HostileRequest(21, 422, "CONFIGURATION_INVALID", "POST", "/v1/contests", options)


def hostile_currencies() -> Iterator[HostileRequest]:
    """Yield currencies that ISO 4217 does not have in this spelling."""
    for currency in CURRENCIES:
        body = publication(currency=currency)
        yield post(23, 422, "CONFIGURATION_INVALID", "contests", body)
    for value in (None, 840, True, ["USD"]):
        yield post(23, 422, "CONFIGURATION_INVALID", "contests", publication(currency=value))


def late_joins() -> Iterator[Scenario]:
    """Yield joins of contests that take no entries, and changes of rosters after the lock."""
    for status, expected_status, code in CLOSED:

        def prepare(deployment: Deployment, status: ContestStatus = status) -> Send:
            contest = contest_in(deployment.store, status)
            return lambda: enter(deployment.web, contest)

        yield Scenario(34, f"a join in {status}", expected_status, code, prepare)


def join_again(deployment: Deployment) -> Send:
    """Prepare a second join where a user may have one entry."""
    contest = new_contest(deployment.store, max_entries_per_user=1)
    contest.enter(MAYA.id)
    return lambda: enter(deployment.web, contest)


def join_full(deployment: Deployment) -> Send:
    """Prepare a join of a contest whose only place is taken."""
    contest = new_contest(deployment.store, max_entries=1, max_entries_per_user=1)
    contest.enter(STRANGER)
    return lambda: enter(deployment.web, contest)


def join_without_field(deployment: Deployment) -> Send:
    """Prepare a join before the field is known."""
    contest = publish(deployment.store)
    return lambda: enter(deployment.web, contest)


def stale_roster(deployment: Deployment) -> Send:
    """Prepare a roster for a state of the entry that is past."""
    contest = new_contest(deployment.store)
    saved = contest.enter(MAYA.id)
    contest.set_roster(saved, OTHER_ROSTER)
    return roster(deployment.web, saved.entity.id, saved.revision.seq)


def late_roster(deployment: Deployment) -> Send:
    """Prepare a roster after the lock."""
    contest = new_contest(deployment.store)
    saved = contest.enter(MAYA.id)
    contest.force_lock()
    return roster(deployment.web, saved.entity.id, saved.revision.seq)


def foreign_roster(deployment: Deployment) -> Send:
    """Prepare a roster of another user's entry."""
    saved = new_contest(deployment.store).enter(STRANGER)
    return roster(deployment.web, saved.entity.id, saved.revision.seq)


def enter(web: Web, contest: ContestScenario) -> Any:  # noqa: ANN401 - of the test client
    """Enter a contest as the web's user."""
    body = {"player_ids": list(ROSTER), "reason": REASON}
    return web.post(f"/v1/contests/{contest.contest_id}/entries", json=body)


def roster(web: Web, entry_id: str, seq: int) -> Send:
    """Return the request that sets a roster."""
    body = {"player_ids": list(OTHER_ROSTER), "reason": REASON}
    return lambda: web.put(f"/v1/entries/{entry_id}/roster", json=body, seq=seq)


PREPARED: Final[tuple[tuple[str, int, str, Callable[[Deployment], Send]], ...]] = (
    ("a second join", 409, "ALREADY_JOINED", join_again),
    ("a join without a place", 409, "CONTEST_FULL", join_full),
    ("a join without a field", 409, "FIELD_NOT_KNOWN", join_without_field),
    ("a stale roster", 412, "STALE", stale_roster),
    ("a roster after the lock", 403, "CONTEST_LOCKED", late_roster),
    ("a foreign roster", 404, "ENTRY_NOT_FOUND", foreign_roster),
)


def contest_scenarios() -> Iterator[Scenario]:
    """Yield the scenarios of contests."""
    yield from late_joins()
    for name, status, code, prepare in PREPARED:
        yield Scenario(34, name, status, code, prepare)


CONTEST_REQUESTS: Final = [*hostile_amounts(), *hostile_currencies()]
