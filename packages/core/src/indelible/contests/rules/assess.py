"""The decision on a fetch: which events it adds to a contest's log. Pure, without a clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, evolve, field, frozen

from indelible.contests.entities.logs import EventDraft
from indelible.contests.entities.values import NO_MARKS, EventKind, LogMarks, Validity
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.espn.parser import Parsed, parse_payload
from indelible.contests.rules.faults import Fault, FaultCode
from indelible.contests.rules.fold import LogState, fold
from indelible.contests.rules.overlay import overlaid
from indelible.contests.rules.terminal import final_reason
from indelible.contests.rules.validation import rewrite_digest, validate
from indelible.contests.rules.values import Field, Leaderboard, TournamentKeys, TournamentStatus
from indelible.kernel.json import digest, encode_canonical, instant_text, sha256_hex
from indelible.kernel.json_limits import VALUE_LIMITS, JsonLimitExceeded
from indelible.kernel.json_objects import JsonObject

REWRITE_CONFIRMATION: Final = timedelta(seconds=60)
PROVIDER_SYNC: Final = "provider_sync"
TAKES_FIELD: Final = frozenset({ContestStatus.SCHEDULED, ContestStatus.LOCKED})
CLOSED: Final = {
    ContestStatus.COMPLETE: FaultCode.AFTER_TERMINAL_LOCK,
    ContestStatus.CANCELLED: FaultCode.CONTEST_NOT_INGESTING,
}


@frozen(kw_only=True)
class FetchedPayload:
    """A fetch as a log takes it up; `payload` is None if the fetch failed."""

    number: int
    fetched_at: datetime
    payload: bytes | None
    payload_digest: str | None


@frozen(kw_only=True)
class AssessInput:
    """The contest, its log and a fetch, from which the decision follows.

    `fetch_number` is the last fetch that the log has taken up, and `head_hash` the body hash of
    its newest event.
    """

    contest_status: ContestStatus
    configuration: TournamentKeys
    state: LogState
    fetch: FetchedPayload
    fetch_number: int = 0
    head_hash: str | None = None
    marks: LogMarks = NO_MARKS


@frozen(kw_only=True)
class NewEvent(EventDraft):
    """An event that a fetch or an operator adds to the log, with its faults."""

    faults: tuple[Fault, ...] = ()


@frozen(kw_only=True)
class Assessment:
    """The decision on a fetch: its events in order, and the log's state and marks after them."""

    events: tuple[NewEvent, ...]
    state: LogState
    marks: LogMarks

    @property
    def is_skipped(self) -> bool:
        """Return True if the fetch adds no event."""
        return not self.events


def marks_of(state: LogState, marks: LogMarks) -> LogMarks:
    """Return marks with the fields of a state."""
    return evolve(
        marks,
        field_number=state.field_number,
        leaderboard_number=state.leaderboard_number,
        leaderboard_at=state.leaderboard_at,
        leaderboard_hash=state.leaderboard_hash,
        observations=state.observations,
        observed_at=state.observed_at,
        terminal_number=state.terminal_number,
        terminal_at=state.terminal_at,
        cancelled_number=state.cancelled_number,
    )


def assess(request: AssessInput) -> Assessment:
    """Return the events of a fetch; none if it failed, was taken up before or shows nothing new."""
    fetch = request.fetch
    draft = _Draft(request, request.state, request.marks)
    is_known = fetch.number == request.fetch_number
    if fetch.payload is None or fetch.payload_digest is None or is_known:
        return draft.done()

    configuration = request.configuration
    parsed = parse_payload(
        fetch.payload,
        provider_event_id=configuration.provider_event_id,
        round_count=configuration.round_count,
    )
    if parsed.leaderboard is not None:
        leaderboard = overlaid(parsed.leaderboard, request.state.leaderboard)
        parsed = evolve(parsed, leaderboard=leaderboard)
    content = _read_content(parsed, fetch.payload_digest)
    if _is_no_late_change(request, content):
        return draft.done()

    refusal = _refusal(request, content)
    if refusal is not None:
        draft.refuse(content, [refusal, *content.faults])
    elif content.leaderboard is None or content.faults:
        draft.refuse(content, _all_faults(request, content))
    elif content.leaderboard.tournament.status is TournamentStatus.CANCELLED:
        if content.body_hash != request.head_hash:
            draft.append(EventKind.CANCELLED, content)
    else:
        _take_up(draft, content, content.leaderboard)

    return draft.done()


@frozen
class _Content:
    """A parsed payload. Without a body its hash is that of the payload."""

    leaderboard: Leaderboard | None
    body: Mapping[str, Any] | None
    body_hash: str
    faults: tuple[Fault, ...] = ()


def _read_content(parsed: Parsed, payload_digest: str) -> _Content:
    """Return what a payload shows; its body is frozen only if an event stores it."""
    if parsed.faults or parsed.leaderboard is None:
        return _Content(parsed.leaderboard, None, payload_digest, parsed.faults)

    body = parsed.leaderboard.body()
    text = encode_canonical(body)
    try:
        VALUE_LIMITS.check(body, text, "body")
    except JsonLimitExceeded as error:
        fault = Fault.of(FaultCode.PAYLOAD_TOO_LARGE, "$", error.limit)
        return _Content(parsed.leaderboard, None, payload_digest, (fault,))
    return _Content(parsed.leaderboard, body, sha256_hex(text))


def _is_no_late_change(request: AssessInput, content: _Content) -> bool:
    """Return True if the contest is settled and a payload shows no leaderboard, or the settled."""
    if request.contest_status is not ContestStatus.COMPLETE:
        return False
    if content.leaderboard is None:
        return True
    return content.body_hash == request.state.leaderboard_hash


def _refusal(request: AssessInput, content: _Content) -> Fault | None:
    """Return the fault of a fetch that is refused whatever it shows, None for others."""
    fetch, state = request.fetch, request.state
    code = CLOSED.get(request.contest_status)
    if code is not None:
        return Fault.of(code, "$", request.contest_status.value)

    observed_at = state.observed_at
    is_older = observed_at is not None and fetch.fetched_at < observed_at
    if is_older or fetch.number < request.fetch_number:
        return Fault.of(FaultCode.TIMESTAMP_REGRESSION, "$", instant_text(fetch.fetched_at))

    is_other = content.body_hash != state.leaderboard_hash
    if observed_at == fetch.fetched_at and is_other and content.body is not None:
        return Fault.of(FaultCode.TIMESTAMP_CONFLICT, "$", instant_text(fetch.fetched_at))
    return None


def _all_faults(request: AssessInput, content: _Content) -> Iterable[Fault]:
    """Return the faults of a payload and those of its readable part.

    Players that could not be read seem to be missing, so what depends on missing players is left
    out.
    """
    if content.leaderboard is None:
        return content.faults

    checked = validate(content.leaderboard, request.state, request.configuration)
    others = [fault for fault in checked.faults if fault.code is not FaultCode.FIELD_SHRUNK]
    return [*content.faults, *others]


def _take_up(draft: "_Draft", content: _Content, leaderboard: Leaderboard) -> None:
    """Append what a payload without faults of its own leads to."""
    request = draft.request
    if (
        request.contest_status in TAKES_FIELD
        and request.configuration.field_source == PROVIDER_SYNC
    ):
        draft.append_field(leaderboard)
    if request.contest_status is ContestStatus.SCHEDULED:
        return

    is_applied = content.body_hash == request.state.leaderboard_hash
    if is_applied and content.body_hash == request.head_hash:
        draft.confirm()
        return
    if is_applied:
        draft.append_leaderboard(EventKind.SNAPSHOT, content)
        draft.confirm()
        return

    checked = validate(leaderboard, draft.state, request.configuration)
    if checked.rewrites:
        _take_up_rewrite(draft, content, rewrite_digest(checked.rewrites), checked.faults)
    elif checked.faults:
        draft.refuse(content, checked.faults)
    else:
        draft.append_leaderboard(EventKind.SNAPSHOT, content)
    draft.confirm_if_applied(content)


def _take_up_rewrite(
    draft: "_Draft", content: _Content, rewrite: str, faults: tuple[Fault, ...]
) -> None:
    """Refuse a changed round once; apply it as a correction when it is seen a minute later."""
    fetched_at = draft.request.fetch.fetched_at
    pending_at = draft.marks.pending_rewrite_at
    if draft.marks.pending_rewrite != rewrite:
        pending_at = None
    if pending_at is not None and fetched_at - pending_at >= REWRITE_CONFIRMATION:
        supersedes = draft.state.leaderboard_number
        draft.append_leaderboard(EventKind.CORRECTION, content, supersedes=supersedes)
        return

    draft.refuse(content, faults)
    if pending_at is None:
        draft.marks = evolve(
            draft.marks,
            pending_rewrite=rewrite,
            pending_rewrite_at=fetched_at,
            pending_rewrite_number=draft.state.number,
        )


@define
class _Draft:
    """The events of one fetch while they are decided, with the state after them."""

    request: AssessInput
    state: LogState
    marks: LogMarks
    events: list[NewEvent] = field(factory=list[NewEvent])

    def append(
        self,
        kind: EventKind,
        content: _Content,
        *,
        supersedes: int | None = None,
        snapshot_number: int | None = None,
    ) -> None:
        """Append a VALID event, or an INVALID one if the content has faults."""
        fetch = self.request.fetch
        assert fetch.payload_digest is not None  # noqa: S101 - a fetch with a payload
        event = NewEvent(
            number=self.state.number + 1,
            kind=kind,
            validity=Validity.INVALID if content.faults else Validity.VALID,
            payload_digest=fetch.payload_digest,
            fetch_number=fetch.number,
            fetched_at=fetch.fetched_at,
            body=None if content.body is None else JsonObject.of(content.body),
            body_hash=content.body_hash,
            supersedes=supersedes,
            snapshot_number=snapshot_number,
            fault_count=len(content.faults),
            faults=content.faults,
        )
        self.events.append(event)
        self.state = fold(self.state, event)

    def refuse(self, content: _Content, faults: Iterable[Fault]) -> None:
        """Append an INVALID snapshot, unless the newest event has the same content."""
        if content.body_hash == self.request.head_hash:
            return

        self.append(EventKind.SNAPSHOT, evolve(content, faults=tuple(faults)))
        if self.events[-1].faults[0].code is FaultCode.TIMESTAMP_CONFLICT:
            self.marks = evolve(self.marks, conflict_number=self.state.number)

    def append_field(self, leaderboard: Leaderboard) -> None:
        """Append the field of a leaderboard if it differs from the known one.

        After the lock players are only added, so that a document cut short removes nobody. The
        alternates are those that an operator imported; one of them who plays stays an alternate.
        """
        known = self.state.field
        player_ids = {card.player_id for card in leaderboard.players}
        alternates: tuple[str, ...] = ()
        if known is not None:
            alternates = known.alternates
            if self.request.contest_status is ContestStatus.LOCKED:
                player_ids.update(known.primary)
        players = Field.of(player_ids.difference(alternates), alternates)
        if players == known:
            return

        body = players.body()
        self.append(EventKind.FIELD, _Content(None, body, digest(body)))

    def append_leaderboard(
        self, kind: EventKind, content: _Content, *, supersedes: int | None = None
    ) -> None:
        """Append an applied leaderboard; a pending rewrite is over."""
        self.append(kind, content, supersedes=supersedes)
        self.drop_rewrite()

    def drop_rewrite(self) -> None:
        """Forget a rewrite that was seen once: the provider shows something else now."""
        self.marks = evolve(
            self.marks,
            pending_rewrite=None,
            pending_rewrite_at=None,
            pending_rewrite_number=None,
        )

    def confirm_if_applied(self, content: _Content) -> None:
        """Confirm the leaderboard if this fetch has just been applied."""
        if content.body_hash == self.state.leaderboard_hash:
            self.confirm()

    def confirm(self) -> None:
        """Append CONFIRMED and TERMINAL events as far as the terminal rule asks for them.

        The fetch shows the applied leaderboard.
        """
        state, configuration = self.state, self.request.configuration
        fetched_at = self.request.fetch.fetched_at
        if state.terminal_number is not None or state.leaderboard is None:
            return
        if state.leaderboard_at is None or state.observed_at is None:
            return
        since = state.leaderboard_at
        if final_reason(state.leaderboard, configuration, since=since, now=fetched_at) is None:
            return

        pause = timedelta(seconds=configuration.terminal_confirmation_seconds)
        if fetched_at > state.observed_at and fetched_at - state.observed_at >= pause:
            self._append_derived(EventKind.CONFIRMED)
        if self.state.observations >= configuration.terminal_confirmations:
            self._append_derived(EventKind.TERMINAL)

    def _append_derived(self, kind: EventKind) -> None:
        """Append an event that points to the applied leaderboard and has its hash."""
        assert self.state.leaderboard_hash is not None  # noqa: S101 - there is a leaderboard
        content = _Content(None, None, self.state.leaderboard_hash)
        self.append(kind, content, snapshot_number=self.state.leaderboard_number)

    def done(self) -> Assessment:
        """Return the decision."""
        marks = marks_of(self.state, self.marks)
        return Assessment(events=tuple(self.events), state=self.state, marks=marks)
