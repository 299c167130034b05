"""Save contests, entries, logs, feeds and runs. Every handler of contests writes through here.

A transaction locks in this order: task, contest, log, entry, run. A handler that changes an entry
locks its contest first, so that no place is given twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from indelible.contests.commands.results import ContestSaved, FeedSaved, TransitionOutcome
from indelible.contests.entities.contests import Contest, ContestTerms
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.values import Evidence, ReasonCode
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.configuration.values import Configuration
from indelible.kernel import Data, Head, instant_text
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import AggregateRepository, Record

E = TypeVar("E", bound=Aggregate)


def save(
    tx: ContestsWrite,
    repository: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
    *,
    data: Data | None = None,
    records: Sequence[Record] = (),
    bulk: Sequence[AnyBulk] = (),
) -> Head[E]:
    """Save an aggregate with its change and records, and return the new head."""
    change = change_for(tx, head, entity, action, data=data, records=records, bulk=bulk)
    repository.save(change, entity, records, bulk)
    return Head(entity=entity, revision=change.revision)


def save_contest(
    tx: ContestsWrite,
    head: Head[Contest] | None,
    contest: Contest,
    action: str,
    evidence: Evidence,
    records: Sequence[Record] = (),
) -> Head[Contest]:
    """Save a contest; the change's data hold the reason code and the evidence."""
    data = evidence.change_data()
    return save(tx, tx.contests.contests, head, contest, action, data=data, records=records)


def evidence_of(code: ReasonCode, now: datetime, **facts: Any) -> Evidence:  # noqa: ANN401 - JSON
    """Return the reason of a change with the clock's value and other facts."""
    return Evidence(reason_code=code, facts={"now": instant_text(now), **facts})


def terms_of(configuration: Configuration) -> ContestTerms:
    """Return the values of a configuration that a contest has in columns of its own."""
    return ContestTerms(
        configuration_digest=configuration.digest,
        provider_event_id=configuration.provider_event_id,
        lock_time=configuration.lock_time,
        start_time=configuration.tournament_start_time,
        end_time=configuration.tournament_end_time,
        max_entries=configuration.max_entries,
        min_entries=configuration.min_entries,
        max_entries_per_user=configuration.max_entries_per_user,
        fee_minor=configuration.entry_fee_cents,
        currency=configuration.currency,
        payment_grace_seconds=configuration.payment_grace_seconds,
    )


def contest_saved(head: Head[Contest], *, noop: bool = False) -> ContestSaved:
    """Return the result of a command on a contest."""
    return ContestSaved(contest=head.entity, seq=head.revision.seq, noop=noop)


def applied(head: Head[Contest]) -> TransitionOutcome:
    """Return the result of a timed transition that was made."""
    return TransitionOutcome(contest=head.entity, seq=head.revision.seq, applied=True)


def not_applied(head: Head[Contest], waits_for: str | None) -> TransitionOutcome:
    """Return the result of a timed transition that was not made; None if it never will be."""
    return TransitionOutcome(
        contest=head.entity, seq=head.revision.seq, applied=False, waits_for=waits_for
    )


def feed_saved(head: Head[ProviderFeed]) -> FeedSaved:
    """Return the result of a command on a feed."""
    return FeedSaved(feed=head.entity, seq=head.revision.seq)
