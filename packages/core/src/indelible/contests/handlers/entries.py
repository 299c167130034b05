"""The handlers of entries and rosters. Each locks the contest before the entry."""

from collections.abc import Callable, Sequence
from datetime import datetime

from indelible.contests import errors
from indelible.contests.commands.entries import (
    ActivateEntry,
    EnterContest,
    RefundEntry,
    ReinstateEntry,
    RejectEntry,
    SetRoster,
    VoidEntry,
)
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry, enter_action
from indelible.contests.entities.records import ContestConfiguration, ContestEvent
from indelible.contests.entities.values import roster_digest
from indelible.contests.handlers.saving import save
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.configuration.schema import MAX_ENTRIES
from indelible.contests.rules.rosters import check_roster
from indelible.contests.rules.values import Field
from indelible.kernel import Head


def enter_contest(tx: ContestsWrite, command: EnterContest) -> Head[Entry]:
    """Enter a contest with a roster; an entry of a free contest is active at once.

    Raises:
        ContestLocked: The contest is not SCHEDULED, or its lock time has come.
        AlreadyJoined, ContestFull: The user or the contest has as many entries as are allowed.
        FieldNotKnown, RosterInvalid: The roster cannot be checked, or breaks rules.
    """
    head, present, field_event, configuration, place_number = tx.read_together(
        lambda: tx.contests.contests.lock(command.contest_id),
        lambda: tx.contests.entries.of_user(command.contest_id, command.user_id),
        lambda: tx.contests.logs.joins.newest_field(command.contest_id),
        lambda: tx.contests.contests.newest_configuration(command.contest_id),
        lambda: tx.contests.entries.joins.lowest_free_place_number(command.contest_id),
    )
    contest = head.entity
    now = tx.clock.now()
    contest.require_open(now)
    entry_number = _next_number(contest, command.user_id, present)
    _check_roster(field_event, configuration, command.player_ids)
    _check_not_full(contest, place_number)
    entry = Entry.entered(
        contest,
        entry_id=tx.ids.new(),
        user_id=command.user_id,
        entry_number=entry_number,
        place_number=place_number,
        digest=roster_digest(command.player_ids, command.prediction),
        now=now,
    )
    roster = entry.new_roster(command.player_ids, command.prediction)
    action = enter_action(contest)
    return save(tx, tx.contests.entries, None, entry, action, records=(roster,))


def set_roster(tx: ContestsWrite, command: SetRoster) -> Head[Entry]:
    """Replace the roster of a user's entry; an equal roster changes nothing.

    Raises:
        ContestLocked: The contest is not SCHEDULED, or its lock time has come.
        FieldNotKnown, RosterInvalid: The roster cannot be checked, or breaks rules.
    """
    contest, head = _lock_entry(tx, command.entry_id)
    head.entity.require_user(command.user_id)
    head = head.expected(command.expected_seq)
    now = tx.clock.now()
    contest.require_open(now)
    field_event, configuration = tx.read_together(
        lambda: tx.contests.logs.joins.newest_field(contest.id),
        lambda: tx.contests.contests.newest_configuration(contest.id),
    )
    _check_roster(field_event, configuration, command.player_ids)
    entry = head.entity.with_roster(command.player_ids, command.prediction, now=now)
    if entry.roster_digest == head.entity.roster_digest:
        return head

    roster = entry.new_roster(command.player_ids, command.prediction)
    return save(tx, tx.contests.entries, head, entry, "set_roster", records=(roster,))


def activate_entry(tx: ContestsWrite, command: ActivateEntry) -> Head[Entry]:
    """Activate an entry whose fee was paid; the same payment again changes nothing.

    Raises:
        PaymentAmountMismatch: The payment is not the entry's fee in its currency.
        EntrySettled: The contest is settled.
    """
    contest, head = _lock_entry(tx, command.entry_id)
    if head.entity.is_activated_by(command.payment_ref):
        return head

    entry = head.entity.activated(
        paid_minor=command.paid_minor,
        currency=command.currency,
        paid_at=command.paid_at,
        payment_ref=command.payment_ref,
        now=tx.clock.now(),
    )
    _require_unsettled(contest, head.entity)
    return save(tx, tx.contests.entries, head, entry, "activate")


def reject_entry(tx: ContestsWrite, command: RejectEntry) -> Head[Entry]:
    """Reject an entry whose payment failed; its place is free."""

    def rejected(entry: Entry, now: datetime) -> Entry:
        return entry.rejected(command.rejection_reason, now=now)

    return _change(tx, command.entry_id, "reject", rejected)


def refund_entry(tx: ContestsWrite, command: RefundEntry) -> Head[Entry]:
    """Record that an entry's fee was returned; its place is free.

    Raises:
        EntrySettled: The contest is settled.
    """
    return _change(tx, command.entry_id, "refund", lambda entry, now: entry.refunded(now=now))


def void_entry(tx: ContestsWrite, command: VoidEntry) -> Head[Entry]:
    """Suspend an entry, as during a dispute; it keeps its place.

    Raises:
        EntrySettled: The contest is settled.
    """
    return _change(tx, command.entry_id, "void", lambda entry, now: entry.voided(now=now))


def reinstate_entry(tx: ContestsWrite, command: ReinstateEntry) -> Head[Entry]:
    """Activate a void entry again, as after a dispute that was won.

    Raises:
        EntrySettled: The contest is settled.
    """
    return _change(tx, command.entry_id, "reinstate", lambda entry, now: entry.reinstated(now=now))


def _change(
    tx: ContestsWrite, entry_id: str, action: str, following: Callable[[Entry, datetime], Entry]
) -> Head[Entry]:
    """Save the entry that follows from a locked one."""
    contest, head = _lock_entry(tx, entry_id)
    entry = following(head.entity, tx.clock.now())
    if action != "reject":
        _require_unsettled(contest, head.entity)
    return save(tx, tx.contests.entries, head, entry, action)


def _require_unsettled(contest: Contest, entry: Entry) -> None:
    """Raise EntrySettled if the settlement has decided about the entry; it can be rejected."""
    if contest.is_settled:
        raise errors.EntrySettled(entry.id, contest.id, str(entry.status))


def _lock_entry(tx: ContestsWrite, entry_id: str) -> tuple[Contest, Head[Entry]]:
    """Return the contest of an entry and the entry, locked in this order."""
    contest, entry = tx.read_together(
        lambda: tx.contests.lock_of_entry(entry_id),
        lambda: tx.contests.entries.lock(entry_id),
    )
    return contest.entity, entry


def _next_number(contest: Contest, user_id: str, present: Sequence[Entry]) -> int:
    """Return the number of the user's next entry, or raise AlreadyJoined."""
    occupying = sum(entry.is_occupying for entry in present)
    max_entries = contest.max_entries_per_user
    if max_entries is not None and occupying >= max_entries:
        raise errors.AlreadyJoined(contest.id, user_id, occupying, max_entries)
    return len(present) + 1


def _check_not_full(contest: Contest, place_number: int) -> None:
    """Raise ContestFull if the lowest free place is behind the last one."""
    limit = contest.max_entries or MAX_ENTRIES
    if place_number > limit:
        raise errors.ContestFull(contest.id, limit)


def _check_roster(
    field_event: ContestEvent | None,
    configuration: ContestConfiguration,
    player_ids: tuple[str, ...],
) -> None:
    """Check a roster against the contest's newest field and its configuration."""
    if field_event is None or field_event.body is None:
        raise errors.FieldNotKnown(configuration.contest_id)

    rules = parse_configuration(configuration.configuration, created_at=None)
    check_roster(rules, Field.of_body(field_event.body), player_ids)
