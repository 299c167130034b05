"""Find the next fetch that a contest's log has not taken up, and read what decides about it."""

from typing import Final

from attrs import frozen

from indelible.contests.entities.records import Fetch
from indelible.contests.repositories.reads import configuration_of, folded_state
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.assess import AssessInput, FetchedPayload

MAX_FAILURES: Final = 500  # in a row that are taken up together


@frozen(kw_only=True)
class WaitingFetch:
    """A fetch that waits for a contest; of several failed ones in a row, the last."""

    contest_id: str
    provider_event_id: str
    contest_seq: int
    log_seq: int
    assess_input: AssessInput

    @property
    def fetch_number(self) -> int:
        """Return the number of the fetch."""
        return self.assess_input.fetch.number


def next_fetch(tx: ContestsRead, contest_id: str) -> WaitingFetch | None:
    """Return the next fetch for a contest; None if its log is paused or has taken up all."""
    contest_head = tx.contests.contests.get(contest_id)
    log_head = tx.contests.logs.get(contest_id)
    log = log_head.entity
    if not log.is_open:
        return None

    fetch = _next_of_feed(tx, log.provider_event_id, log.fetch_number)
    if fetch is None:
        return None

    assess_input = AssessInput(
        contest_status=contest_head.entity.status,
        configuration=configuration_of(tx, contest_head.entity),
        state=folded_state(tx, log),
        fetch=_payload_of(tx, fetch),
        fetch_number=log.fetch_number,
        head_hash=log.head_hash,
        marks=log.marks,
    )
    return WaitingFetch(
        contest_id=contest_id,
        provider_event_id=log.provider_event_id,
        contest_seq=contest_head.revision.seq,
        log_seq=log_head.revision.seq,
        assess_input=assess_input,
    )


def _next_of_feed(tx: ContestsRead, provider_event_id: str, after: int) -> Fetch | None:
    """Return the next successful fetch, or the last of the failed ones if none follows them."""
    fetches = tx.contests.feeds.fetches(provider_event_id, after=after, limit=MAX_FAILURES)
    for fetch in fetches:
        if fetch.is_ok:
            return fetch

    return fetches[-1] if fetches else None


def _payload_of(tx: ContestsRead, fetch: Fetch) -> FetchedPayload:
    """Return a fetch with its bytes; those of a failed fetch are stored and never parsed."""
    content: bytes | None = None
    if fetch.is_ok and fetch.payload_digest is not None:
        content = tx.payloads.get(fetch.payload_digest).content

    return FetchedPayload(
        number=fetch.number,
        fetched_at=fetch.finished_at,
        payload=content,
        payload_digest=fetch.payload_digest,
    )
