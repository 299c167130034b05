"""Configurations, rosters, events, fetches and lines as the situation's contests have them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from indelible.contests.entities.contests import ContestTerms
from indelible.contests.entities.logs import EventDraft
from indelible.contests.entities.records import EventFault, SettlementLine
from indelible.contests.entities.runs import SettlementTotals
from indelible.contests.entities.values import (
    EventKind,
    FetchOutcome,
    FetchResult,
    Validity,
    roster_digest,
)
from indelible.contests.rules.configuration.parsing import document_instant, parse_configuration
from indelible.contests.rules.values import Leaderboard, PlayerCard, PlayerStatus, Round, Tournament
from indelible.contests.samples import sample_configuration
from indelible.kernel.bulk import Bulk
from indelible.kernel.json import digest
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.payloads import Payload
from indelible.testing.stores import BEGINNING

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
CREATED: Final = BEGINNING + HOUR
FEE_MINOR: Final = 2_500
PLACES: Final = 4
TOURNAMENT: Final = "golf-1"
OTHER_TOURNAMENT: Final = "golf-2"
PLAYERS: Final = ("p1", "p2", "p3", "p4", "p5", "p6")
ROSTER_DIGEST: Final = roster_digest(PLAYERS, 12)
FIELD_BODY: Final = {"primary": [*PLAYERS, "p7"], "alternates": ["p8"]}

# The fetches of the first tournament return these bytes in turn, then fail.
PAYLOADS: Final = (b'{"players": 7}', b'{"round": 1}', b'{"round": 4}', b'{"rewritten": 1}')


def payload_of(content: bytes) -> Payload:
    """Return a payload as it was received."""
    return Payload.of(content, content_type="application/json", received_at=CREATED)


def configuration_of(
    *, lock_time: datetime, provider_event_id: str = TOURNAMENT, **keys: object
) -> JsonObject:
    """Return a configuration; the tournament starts a day after the lock and takes four days."""
    start_time = lock_time + DAY
    end_time = start_time + 4 * DAY
    values: dict[str, Any] = {
        **sample_configuration("masters"),
        "provider_event_id": provider_event_id,
        "event_start_date": start_time.date().isoformat(),
        "event_end_date": end_time.date().isoformat(),
        "lock_time": document_instant(lock_time),
        "tournament_start_time": document_instant(start_time),
        "tournament_end_time": document_instant(end_time),
        "entry_fee_cents": FEE_MINOR,
        "max_entries": PLACES,
        "max_entries_per_user": 1,
        **keys,
    }
    return parse_configuration(values, created_at=None).configuration_document


def terms_of(document: JsonObject) -> ContestTerms:
    """Return the values that a contest copies from a configuration."""
    return ContestTerms(
        provider_event_id=document["provider_event_id"],
        lock_time=datetime.fromisoformat(document["lock_time"]),
        start_time=datetime.fromisoformat(document["tournament_start_time"]),
        end_time=datetime.fromisoformat(document["tournament_end_time"]),
        max_entries=document["max_entries"],
        min_entries=document["min_entries"],
        max_entries_per_user=document["max_entries_per_user"],
        fee_minor=document["entry_fee_cents"],
        currency=document["currency"],
        payment_grace_seconds=document["payment_grace_seconds"],
        configuration_digest=document.digest,
    )


def leaderboard_body(*player_ids: str) -> dict[str, Any]:
    """Return the body of a leaderboard with players who have one complete round."""
    players: list[PlayerCard] = []
    for player_id in player_ids:
        card_round = Round(n=1, strokes=70, complete=True, holes=((1, 4), (2, 3)))
        players.append(PlayerCard(player_id, PlayerStatus.ACTIVE, (card_round,)))
    return Leaderboard(TOURNAMENT, Tournament(), tuple(players)).body()


def draft_of(
    number: int,
    kind: EventKind,
    fetch_number: int | None,
    body: dict[str, Any] | None,
    *,
    validity: Validity = Validity.VALID,
    fault_count: int = 0,
    snapshot_number: int | None = None,
    supersedes: int | None = None,
) -> EventDraft:
    """Return an event of a fetch of the first tournament, by its number in the log."""
    payload_number = fetch_number or 1
    return EventDraft(
        number=number,
        kind=kind,
        validity=validity,
        payload_digest=payload_of(PAYLOADS[payload_number - 1]).digest,
        fetch_number=fetch_number,
        fetched_at=CREATED + payload_number * HOUR,
        body=None if body is None else JsonObject.of(body),
        body_hash=digest(body),
        supersedes=supersedes,
        snapshot_number=snapshot_number,
        fault_count=fault_count,
    )


def faults_of(event_number: int, codes: Sequence[str]) -> Bulk[EventFault]:
    """Return the faults of an event, one for each code."""
    rows: list[EventFault] = []
    for number, code in enumerate(codes, start=1):
        rows.append(
            EventFault(
                number=number,
                event_number=event_number,
                code=code,
                path="$.players[0].rounds[0].strokes",
                value="70.5",
                required_action="Wait for the next fetch.",
            )
        )

    return Bulk.of(EventFault, rows)


def fetch_result(number: int) -> FetchResult:
    """Return the result of a fetch; those after the last payload time out."""
    at = CREATED + number * HOUR
    if number > len(PAYLOADS):
        return FetchResult(
            requested_at=at - timedelta(seconds=5),
            finished_at=at,
            outcome=FetchOutcome.HTTP_ERROR,
            attempts=4,
            http_status=503,
            content_type="text/plain",
            body=PAYLOADS[0],
            error="the provider answered with 503",
        )

    return FetchResult(
        requested_at=at - timedelta(seconds=1),
        finished_at=at,
        outcome=FetchOutcome.OK,
        attempts=1,
        http_status=200,
        content_type="application/json",
        body=PAYLOADS[number - 1],
    )


def totals_of(line_count: int) -> SettlementTotals:
    """Return the sums of a settlement in which the first line gets 90 % of the pool."""
    pool = line_count * FEE_MINOR
    rake = pool // 10
    return SettlementTotals(
        eligibility_digest=digest("eligible"),
        official_rounds=4,
        result_digest=digest("result"),
        pool_minor=pool,
        rake_minor=rake,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=0,
        line_count=line_count,
    )


def lines_of(entries: Sequence[tuple[str, str, str]]) -> Bulk[SettlementLine]:
    """Return a line for each entry: its id, its user and the reference of its payment."""
    totals = totals_of(len(entries))
    rows: list[SettlementLine] = []
    for rank, (entry_id, user_id, payment_ref) in enumerate(entries, start=1):
        payout = totals.pool_minor - totals.rake_minor if rank == 1 else 0
        rows.append(
            SettlementLine(
                number=rank,
                entry_id=entry_id,
                user_id=user_id,
                payment_ref=payment_ref,
                paid_minor=FEE_MINOR,
                roster_digest=ROSTER_DIGEST,
                rank=rank,
                score=rank - 10,
                payout_minor=payout,
            )
        )

    return Bulk.of(SettlementLine, rows)
