"""The handlers of entries and rosters. Each locks the contest before the entry."""

from collections.abc import Callable
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
from indelible.contests.entities.values import roster_digest
from indelible.contests.handlers.saving import save
from indelible.contests.repositories.reads import configuration_of
from indelible.contests.repositories.transactions import ContestsWrite
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
    contest = tx.contests.contests.lock(command.contest_id).entity
    now = tx.clock.now()
    contest.require_open(now)
    entry_number = _next_number(tx, contest, command.user_id)
    _check_roster(tx, contest, command.player_ids)
    entry = Entry.entered(
        contest,
        entry_id=tx.ids.new(),
        user_id=command.user_id,
        entry_number=entry_number,
        place_number=_free_place_number(tx, contest),
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
    entries = tx.contests.entries
    present = entries.get(command.entry_id).entity.require_user(command.user_id)
    contest = tx.contests.contests.lock(present.contest_id).entity
    head = entries.load(command.entry_id, expected_seq=command.expected_seq)
    now = tx.clock.now()
    contest.require_open(now)
    _check_roster(tx, contest, command.player_ids)
    entry = head.entity.with_roster(command.player_ids, command.prediction, now=now)
    if entry.roster_digest == head.entity.roster_digest:
        return head

    roster = entry.new_roster(command.player_ids, command.prediction)
    return save(tx, entries, head, entry, "set_roster", records=(roster,))


def activate_entry(tx: ContestsWrite, command: ActivateEntry) -> Head[Entry]:
    """Activate an entry whose fee was paid; the same payment again changes nothing.

    Raises:
        PaymentAmountMismatch: The payment is not the entry's fee in its currency.
        EntrySettled: The contest is settled.
    """
    head = _lock_entry(tx, command.entry_id)
    if head.entity.is_activated_by(command.payment_ref):
        return head

    entry = head.entity.activated(
        paid_minor=command.paid_minor,
        currency=command.currency,
        paid_at=command.paid_at,
        payment_ref=command.payment_ref,
        now=tx.clock.now(),
    )
    _require_unsettled(tx, head.entity)
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
    head = _lock_entry(tx, entry_id)
    entry = following(head.entity, tx.clock.now())
    if action != "reject":
        _require_unsettled(tx, head.entity)
    return save(tx, tx.contests.entries, head, entry, action)


def _require_unsettled(tx: ContestsWrite, entry: Entry) -> None:
    """Raise EntrySettled if the settlement has decided about the entry; it can be rejected."""
    contest = tx.contests.contests.get(entry.contest_id).entity
    if contest.is_settled:
        raise errors.EntrySettled(entry.id, contest.id, str(entry.status))


def _lock_entry(tx: ContestsWrite, entry_id: str) -> Head[Entry]:
    """Return an entry, locked after its contest."""
    present = tx.contests.entries.get(entry_id).entity
    tx.contests.contests.lock(present.contest_id)
    return tx.contests.entries.lock(entry_id)


def _next_number(tx: ContestsWrite, contest: Contest, user_id: str) -> int:
    """Return the number of the user's next entry, or raise AlreadyJoined."""
    entries = tx.contests.entries.of_user(contest.id, user_id)
    occupying = sum(entry.is_occupying for entry in entries)
    max_entries = contest.max_entries_per_user
    if max_entries is not None and occupying >= max_entries:
        raise errors.AlreadyJoined(contest.id, user_id, occupying, max_entries)
    return len(entries) + 1


def _free_place_number(tx: ContestsWrite, contest: Contest) -> int:
    """Return the lowest free place of a locked contest, or raise ContestFull."""
    limit = contest.max_entries or MAX_ENTRIES
    place_number = tx.contests.entries.joins.lowest_free_place_number(contest.id, limit)
    if place_number is None:
        raise errors.ContestFull(contest.id, limit)
    return place_number


def _check_roster(tx: ContestsWrite, contest: Contest, player_ids: tuple[str, ...]) -> None:
    """Check a roster against the contest's configuration and its newest field."""
    number = tx.contests.logs.get(contest.id).entity.field_number
    if number is None:
        raise errors.FieldNotKnown(contest.id)

    event = tx.contests.logs.event(contest.id, number)
    if event.body is None:
        raise errors.FieldNotKnown(contest.id)
    check_roster(configuration_of(tx, contest), Field.of_body(event.body), player_ids)
