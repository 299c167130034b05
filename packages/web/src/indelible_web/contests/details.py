"""The views of contests and entries, each read from one transaction."""

from datetime import datetime, timedelta

from indelible.app import ReadTx
from indelible.contests import (
    Configuration,
    Contest,
    ContestStatus,
    Entry,
    TieBreaker,
    parse_configuration,
)
from indelible.kernel import Head
from indelible.kernel.audit import ActorKind
from indelible_web.contests.listing import get_visible, is_operator
from indelible_web.contests.payouts import payout_table
from indelible_web.contests.schemas import (
    CONTEST_TYPE,
    ConfigurationView,
    ContestActions,
    ContestError,
    ContestSummary,
    ContestView,
    EntryView,
    FieldView,
    RosterConfig,
    RosterTier,
    RosterView,
)
from indelible_web.contests.standings import first_rows
from indelible_web.http.request import Caller
from indelible_web.http.responses import project

PREDICTIONS = frozenset({TieBreaker.PREDICTION_ABS_DIFF, TieBreaker.PREDICTION_NOT_OVER})
CANCELABLE = frozenset({ContestStatus.SCHEDULED, ContestStatus.LOCKED, ContestStatus.LIVE})


def contest_summary(head: Head[Contest]) -> ContestSummary:
    """Return a contest as a list shows it."""
    contest = head.entity
    return project(
        ContestSummary,
        contest,
        type=CONTEST_TYPE,
        entry_fee_cents=contest.fee_minor,
        seq=head.revision.seq,
    )


def contest_view(tx: ReadTx, caller: Caller, contest_id: str) -> ContestView:
    """Return a contest with what is derived from it for the caller.

    Raises:
        ContestNotFound: There is none that the caller may see.
    """
    head = get_visible(tx, caller, contest_id)
    contest = head.entity
    configuration = configuration_of(tx, contest)
    own_entries = own_entries_of(tx, caller, contest.id)
    summary = contest_summary(head)

    return project(
        ContestView,
        contest,
        type=summary.type,
        entry_fee_cents=summary.entry_fee_cents,
        entry_count=tx.contests.entries.count_occupied(contest.id),
        user_has_entered=bool(own_entries),
        time_until_lock=seconds_until_lock(contest, tx.clock.now()),
        actions=contest_actions(tx, caller, contest, own_entries),
        payout_table=payout_table(tx, contest, configuration),
        roster_config=roster_config(configuration),
        standings=first_rows(tx, contest, configuration),
        error=contest_error(contest),
        seq=head.revision.seq,
    )


def configuration_of(tx: ReadTx, contest: Contest) -> Configuration:
    """Return the current configuration of a contest."""
    record = tx.contests.contests.configuration(contest.id, contest.configuration_version)
    return parse_configuration(record.configuration, created_at=None)


def configuration_view(
    tx: ReadTx, caller: Caller, contest_id: str, version: int | None
) -> ConfigurationView:
    """Return a version of a configuration, the current one without a version.

    Raises:
        ContestNotFound: There is no contest that the caller may see.
        ConfigurationNotFound: The contest has no such version.
    """
    head = get_visible(tx, caller, contest_id)
    wanted = version or head.entity.configuration_version
    record = tx.contests.contests.configuration(contest_id, wanted)

    return project(ConfigurationView, record, seq=head.revision.seq)


def field_view(tx: ReadTx, caller: Caller, contest_id: str) -> FieldView:
    """Return the players of a contest's tournament; none before the field is known.

    Raises:
        ContestNotFound: There is no contest that the caller may see.
    """
    contest = get_visible(tx, caller, contest_id).entity
    log = tx.contests.logs.get(contest.id).entity
    if log.field_number is None:
        return FieldView(contest_id=contest.id, event_number=None, primary=(), alternates=())

    event = tx.contests.logs.event(contest.id, log.field_number)
    body = event.body or {}
    return FieldView(
        contest_id=contest.id,
        event_number=event.number,
        primary=tuple(body["primary"]),
        alternates=tuple(body["alternates"]),
    )


def entry_view(tx: ReadTx, head: Head[Entry]) -> EntryView:
    """Return an entry with its current roster."""
    entry = head.entity
    roster = tx.contests.entries.roster(entry.id, entry.roster_number)

    return project(
        EntryView,
        entry,
        fee_cents=entry.fee_minor,
        paid_cents=entry.paid_minor,
        roster=project(RosterView, roster),
        seq=head.revision.seq,
    )


def own_entries_of(tx: ReadTx, caller: Caller, contest_id: str) -> tuple[Head[Entry], ...]:
    """Return the caller's entries in a contest; none of a caller who is no user."""
    if caller.actor.kind is not ActorKind.USER:
        return ()

    return tx.contests.entries.of_user(contest_id, caller.actor.id)


def seconds_until_lock(contest: Contest, now: datetime) -> int | None:
    """Return the whole seconds until the lock, None once the contest is locked."""
    if contest.is_locked:
        return None

    return max(0, (contest.lock_time - now) // timedelta(seconds=1))


def contest_actions(
    tx: ReadTx, caller: Caller, contest: Contest, own_entries: tuple[Head[Entry], ...]
) -> ContestActions:
    """Return what the caller can do with the contest now."""
    is_open = not contest.is_locked and tx.clock.now() < contest.lock_time
    occupying = [head for head in own_entries if head.entity.is_occupying]
    is_organizer = _is_organizer(caller, contest)
    operator = is_operator(caller)

    return ContestActions(
        can_join=is_open and _has_place(tx, contest, len(occupying)),
        can_set_roster=is_open and bool(occupying),
        can_configure=not contest.is_locked and (is_organizer or operator),
        can_cancel=_can_cancel(contest, is_organizer=is_organizer, is_operator=operator),
        can_resolve_error=contest.is_in_error and operator,
    )


def roster_config(configuration: Configuration) -> RosterConfig:
    """Return what a roster must be."""
    tiers: list[RosterTier] = []
    for tier in configuration.selection.tiers:
        tiers.append(project(RosterTier, tier))

    return RosterConfig(
        roster_size=configuration.roster_size,
        counted_players=configuration.counted_players,
        min_made_cut=configuration.min_made_cut,
        selection_mode=configuration.selection.mode.value,
        tiers=tuple(tiers),
        takes_prediction=not PREDICTIONS.isdisjoint(configuration.tie_breakers),
    )


def contest_error(contest: Contest) -> ContestError | None:
    """Return why a contest is in ERROR, None in every other state."""
    if not contest.is_in_error:
        return None

    return project(ContestError, contest)


def _is_organizer(caller: Caller, contest: Contest) -> bool:
    is_user = caller.actor.kind is ActorKind.USER
    return is_user and caller.actor.id == contest.organizer_id


def _has_place(tx: ReadTx, contest: Contest, own_count: int) -> bool:
    """Return True if the contest and the caller's own limit leave a place."""
    own_limit = contest.max_entries_per_user
    if own_limit is not None and own_count >= own_limit:
        return False
    if contest.max_entries is None:
        return True

    return tx.contests.entries.count_occupied(contest.id) < contest.max_entries


def _can_cancel(contest: Contest, *, is_organizer: bool, is_operator: bool) -> bool:
    """Return True for an operator before the end, and for an organizer before the lock."""
    if is_operator:
        return contest.status in CANCELABLE
    return is_organizer and not contest.is_locked
