"""Settle a contest: a pure function of the configuration, the events and the eligible entries."""

import json.encoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Protocol

from attrs import field, frozen

from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.payout import PoolDivision, TieShare, divide_pool
from indelible.contests.rules.ranking import (
    EntryScorer,
    Tie,
    rank_entries,
    sort_entries,
)
from indelible.contests.rules.scoring import score_players
from indelible.contests.rules.values import EligibleEntry, Field, Leaderboard
from indelible.kernel.json import canonical_json, instant_text

BATCH: Final = 10_000  # rows that are joined into one text before they are hashed
# The text of a string in canonical JSON.
json_text: Final = json.encoder.encode_basestring


@frozen(kw_only=True)
class SettlementInput:
    """The stored records that a settlement is computed from.

    `event_number` and `events_digest` name the last event that the leaderboard and the field were
    folded from. The order of the entries does not matter.
    """

    contest_id: str
    configuration: Configuration
    configuration_digest: str
    event_number: int
    events_digest: str
    leaderboard: Leaderboard
    field: Field
    official_rounds: int
    entries: Iterable[EligibleEntry]


@frozen
class SettledEntry:
    """One line of a settlement: an entry with its rank, its score and its payout.

    `number` starts at 1 in the order of rank and entry id. `score` is None for an ineligible entry.
    """

    entry: EligibleEntry
    number: int
    rank: int
    score: int | None
    payout_minor: int

    @property
    def entry_id(self) -> str:
        """Return the id of the entry."""
        return self.entry.entry_id

    @property
    def user_id(self) -> str:
        """Return the id of the user."""
        return self.entry.user_id

    @property
    def payment_ref(self) -> str | None:
        """Return the reference of the payment, None for an entry of a free contest."""
        return self.entry.payment_ref

    @property
    def paid_minor(self) -> int:
        """Return the amount that was paid."""
        return self.entry.paid_minor

    @property
    def roster_digest(self) -> str:
        """Return the digest of the roster."""
        return self.entry.roster_digest


class SettledResult(Protocol):
    """The part of a line that the result's digest covers."""

    @property
    def entry_id(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def score(self) -> int | None: ...
    @property
    def payout_minor(self) -> int: ...


class SettlementSums(Protocol):
    """The part of a settlement that the result's digest covers, without its lines."""

    @property
    def contest_id(self) -> str: ...
    @property
    def engine_version(self) -> str: ...
    @property
    def pool_minor(self) -> int | None: ...
    @property
    def rake_minor(self) -> int | None: ...
    @property
    def rounding_minor(self) -> int | None: ...
    @property
    def retained_minor(self) -> int | None: ...
    @property
    def top_up_minor(self) -> int | None: ...


@frozen(kw_only=True)
class Settlement:
    """The result of a settlement, bound to its inputs by their digests."""

    contest_id: str
    engine_version: str
    configuration_digest: str
    event_number: int
    events_digest: str
    eligibility_digest: str
    official_rounds: int
    currency: str
    pool_minor: int
    rake_minor: int
    rounding_minor: int
    retained_minor: int
    top_up_minor: int
    lines: tuple[SettledEntry, ...] = field(repr=False)
    result_digest: str

    @property
    def owed_lines(self) -> Iterator[SettledEntry]:
        """Return the lines with a payout."""
        return (line for line in self.lines if line.payout_minor > 0)


def settle(inputs: SettlementInput) -> Settlement:
    """Return the settlement of a contest.

    Raises:
        SettlementFailed: The records allow no settlement.
    """
    configuration = inputs.configuration
    entries = sort_entries(inputs.entries)
    scores = score_players(configuration, inputs.leaderboard, inputs.official_rounds)
    scorer = EntryScorer.of(configuration, scores, inputs.field)
    ties = rank_entries(scorer, entries)
    pool = sum(entry.paid_minor for entry in entries)
    division = divide_pool(configuration, pool, _sizes_of_ranked(ties))
    lines = tuple(_lines(ties, division))

    return Settlement(
        contest_id=inputs.contest_id,
        engine_version=configuration.engine_version.value,
        configuration_digest=inputs.configuration_digest,
        event_number=inputs.event_number,
        events_digest=inputs.events_digest,
        eligibility_digest=_digest_of_sorted(entries),
        official_rounds=inputs.official_rounds,
        currency=configuration.currency,
        pool_minor=pool,
        rake_minor=division.rake_minor,
        rounding_minor=division.rounding_minor,
        retained_minor=division.retained_minor,
        top_up_minor=division.top_up_minor,
        lines=lines,
        result_digest=_result_digest(configuration, inputs.contest_id, division, lines),
    )


def eligibility_digest(entries: Iterable[EligibleEntry]) -> str:
    """Return the SHA-256 of the canonical JSON of the eligible entries, in the order of ids."""
    return _digest_of_sorted(sort_entries(entries))


def result_document(settlement: Settlement) -> dict[str, Any]:
    """Return the result as a JSON object; its canonical JSON has the result's digest."""
    return document_of_lines(settlement, settlement.lines)


def document_of_lines(settlement: SettlementSums, lines: Iterable[SettledResult]) -> dict[str, Any]:
    """Return the result of a settlement whose lines are apart from it, such as a stored one."""
    document: dict[str, Any] = {
        "contest_id": settlement.contest_id,
        "engine_version": settlement.engine_version,
        "pool_cents": settlement.pool_minor,
        "rake_cents": settlement.rake_minor,
        "results": [_row(line) for line in lines],
        "rounding_cents": settlement.rounding_minor,
    }
    if settlement.retained_minor:
        document["retained_cents"] = settlement.retained_minor
    if settlement.top_up_minor:
        document["top_up_cents"] = settlement.top_up_minor

    return document


def eligible_row(entry: EligibleEntry) -> dict[str, Any]:
    """Return an eligible entry as the JSON object that the eligibility digest covers."""
    return {
        "entry_id": entry.entry_id,
        "paid_at": instant_text(entry.paid_at),
        "paid_cents": entry.paid_minor,
        "payment_ref": entry.payment_ref,
        "roster_digest": entry.roster_digest,
        "user_id": entry.user_id,
    }


def _row(line: SettledResult) -> dict[str, Any]:
    return {
        "entry_id": line.entry_id,
        "payout_cents": line.payout_minor,
        "rank": line.rank,
        "score": line.score,
    }


def _sizes_of_ranked(ties: Sequence[Tie]) -> list[int]:
    """Return the sizes of the ties that can win; ineligible entries are no such tie."""
    return [len(tie.entries) for tie in ties if tie.score is not None]


def _lines(ties: Sequence[Tie], division: PoolDivision) -> Iterator[SettledEntry]:
    """Yield the lines in the order of rank and entry id."""
    number = 0
    for position, tie in enumerate(ties):
        payouts = [0] * len(tie.entries)
        if position < len(division.tie_shares):
            payouts = _payouts(tie.entries, division.tie_shares[position])
        for entry, payout_minor in zip(tie.entries, payouts, strict=True):
            number += 1
            yield SettledEntry(entry, number, tie.rank, tie.score, payout_minor)


def _payouts(entries: Sequence[EligibleEntry], share: TieShare) -> list[int]:
    """Return the payouts of a tie; the units left over go by payment time and entry id."""
    payouts = [share.share_minor] * len(entries)
    if share.extra_count == 0:
        return payouts

    by_payment = sorted(range(len(entries)), key=lambda number: _payment_order(entries[number]))
    for number in by_payment[: share.extra_count]:
        payouts[number] += 1
    return payouts


def _payment_order(entry: EligibleEntry) -> tuple[datetime, str]:
    return entry.paid_at, entry.entry_id


def _digest_of_sorted(entries: Sequence[EligibleEntry]) -> str:
    """Return the digest of the entries as a JSON list, without building its whole text."""
    return _digest_of_parts(_list_parts(entries, _eligible_text))


def _result_digest(
    configuration: Configuration,
    contest_id: str,
    division: PoolDivision,
    lines: Sequence[SettledEntry],
) -> str:
    """Return the digest of the result's canonical JSON, without building its whole text."""
    head = {
        "contest_id": contest_id,
        "engine_version": configuration.engine_version.value,
        "pool_cents": division.pool_minor,
        "rake_cents": division.rake_minor,
    }
    # The names after "results" in the order of names.
    tail = {"rounding_cents": division.rounding_minor}
    if division.retained_minor:
        tail["retained_cents"] = division.retained_minor
    if division.top_up_minor:
        tail["top_up_cents"] = division.top_up_minor

    def parts() -> Iterator[str]:
        yield f'{canonical_json(head)[:-1]},"results":'
        yield from _list_parts(lines, _result_text)
        yield f",{canonical_json(tail)[1:]}"

    return _digest_of_parts(parts())


def _list_parts(rows: Sequence[Any], text_of: Callable[[Any], str]) -> Iterator[str]:
    """Yield a JSON list in parts of many rows."""
    yield "["
    for start in range(0, len(rows), BATCH):
        batch = ",".join([text_of(row) for row in rows[start : start + BATCH]])
        yield f",{batch}" if start else batch
    yield "]"


def _digest_of_parts(parts: Iterable[str]) -> str:
    hasher = sha256()
    for part in parts:
        hasher.update(part.encode())

    return hasher.hexdigest()


def _eligible_text(entry: EligibleEntry) -> str:
    """Return the canonical JSON of `eligible_row`, ten times faster."""
    payment_ref = "null" if entry.payment_ref is None else json_text(entry.payment_ref)
    return (
        f'{{"entry_id":{json_text(entry.entry_id)},"paid_at":"{instant_text(entry.paid_at)}",'
        f'"paid_cents":{entry.paid_minor},"payment_ref":{payment_ref},'
        f'"roster_digest":{json_text(entry.roster_digest)},"user_id":{json_text(entry.user_id)}}}'
    )


def _result_text(line: SettledEntry) -> str:
    """Return the canonical JSON of `_row`, ten times faster."""
    score = "null" if line.score is None else line.score
    return (
        f'{{"entry_id":{json_text(line.entry.entry_id)},"payout_cents":{line.payout_minor},'
        f'"rank":{line.rank},"score":{score}}}'
    )
