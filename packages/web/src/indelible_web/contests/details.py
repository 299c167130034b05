"""The views of contests and entries, each read from one transaction."""

from datetime import datetime, timedelta

from indelible.app import ReadTx
from indelible.contests import (
    Configuration,
    Contest,
    ContestStatus,
    Entry,
    Field,
    parse_configuration,
)
from indelible.contests.queries import EntryDetails
from indelible.contests.rules.configuration.values import TieBreaker
from indelible.kernel import Head
from indelible_web.contests.listing import get_visible
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
from indelible_web.contests.viewers import Viewer
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


def contest_view(tx: ReadTx, viewer: Viewer, contest_id: str) -> ContestView:
    """Return a contest with what is derived from it for the viewer.

    Raises:
        ContestNotFound: There is none that the viewer may see.
    """
    head = get_visible(tx, viewer, contest_id)
    contest = head.entity
    configuration = configuration_of(tx, contest)
    own_entries = own_entries_of(tx, viewer, contest.id)
    summary = contest_summary(head)

    return project(
        ContestView,
        contest,
        type=summary.type,
        entry_fee_cents=summary.entry_fee_cents,
        entry_count=tx.contests.entries.joins.count_occupied(contest.id),
        user_has_entered=bool(own_entries),
        time_until_lock=seconds_until_lock(contest, viewer.now),
        actions=contest_actions(tx, viewer, contest, own_entries),
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
    tx: ReadTx, viewer: Viewer, contest_id: str, version: int | None
) -> ConfigurationView:
    """Return a version of a configuration, the current one without a version.

    Raises:
        ContestNotFound: There is no contest that the viewer may see.
        ConfigurationNotFound: The contest has no such version.
    """
    head = get_visible(tx, viewer, contest_id)
    wanted = version or head.entity.configuration_version
    record = tx.contests.contests.configuration(contest_id, wanted)

    return project(ConfigurationView, record, seq=head.revision.seq)


def field_view(tx: ReadTx, viewer: Viewer, contest_id: str) -> FieldView:
    """Return the players of a contest's tournament; none before the field is known.

    Raises:
        ContestNotFound: There is no contest that the viewer may see.
    """
    contest = get_visible(tx, viewer, contest_id).entity
    log = tx.contests.logs.get(contest.id).entity
    if log.field_number is None:
        return FieldView(contest_id=contest.id, event_number=None, primary=(), alternates=())

    event = tx.contests.logs.event(contest.id, log.field_number)
    field = Field.of_body(event.body or {})
    return FieldView(
        contest_id=contest.id,
        event_number=event.number,
        primary=field.primary,
        alternates=field.alternates,
    )


def entry_view(details: EntryDetails) -> EntryView:
    """Return an entry with its current roster."""
    entry = details.entry
    return project(
        EntryView,
        entry,
        fee_cents=entry.fee_minor,
        paid_cents=entry.paid_minor,
        rejection=entry.rejection_reason,
        roster=project(RosterView, details.roster),
        seq=details.seq,
    )


def own_entries_of(tx: ReadTx, viewer: Viewer, contest_id: str) -> tuple[Entry, ...]:
    """Return the viewer's entries in a contest; none of a viewer who is no user."""
    if viewer.user_id is None:
        return ()

    return tx.contests.entries.of_user(contest_id, viewer.user_id)


def seconds_until_lock(contest: Contest, now: datetime) -> int | None:
    """Return the whole seconds until the lock, None once the contest is locked."""
    if contest.is_locked:
        return None

    return max(0, (contest.lock_time - now) // timedelta(seconds=1))


def contest_actions(
    tx: ReadTx, viewer: Viewer, contest: Contest, own_entries: tuple[Entry, ...]
) -> ContestActions:
    """Return what the viewer can do with the contest now.

    Nobody enters or configures a contest from its lock time on, also before a worker locks it.
    """
    is_open = not contest.is_locked and viewer.now < contest.lock_time
    is_in_charge = viewer.is_administrator or viewer.is_organizer(contest)

    return ContestActions(
        can_join=is_open and _can_join(tx, viewer, contest, own_entries),
        can_set_roster=is_open and any(entry.is_joined for entry in own_entries),
        can_configure=is_open and is_in_charge,
        can_cancel=_can_cancel(viewer, contest, is_open=is_open),
        can_resolve_error=contest.is_in_error and viewer.is_operator,
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


def _can_join(tx: ReadTx, viewer: Viewer, contest: Contest, own_entries: tuple[Entry, ...]) -> bool:
    """Return True for a user to whom an open contest, whose field is known, leaves a place."""
    if viewer.user_id is None:
        return False
    if tx.contests.logs.get(contest.id).entity.field_number is None:
        return False

    own_count = sum(entry.is_occupying for entry in own_entries)
    own_limit = contest.max_entries_per_user
    if own_limit is not None and own_count >= own_limit:
        return False
    if contest.max_entries is None:
        return True
    return tx.contests.entries.joins.count_occupied(contest.id) < contest.max_entries


def _can_cancel(viewer: Viewer, contest: Contest, *, is_open: bool) -> bool:
    """Return True for an administrator before the end, for an organizer before the lock."""
    if viewer.is_administrator:
        return contest.status in CANCELABLE
    return viewer.is_organizer(contest) and is_open
