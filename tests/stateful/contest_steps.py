"""Steps of contests and entries: each becomes a command that fits those of the oracle."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.stateful.steps import ALL, Call, Step, Twist, World, expected_seq, pick_newest

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import ContestSaved
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.values import ResolveAction
from indelible.contests.ports import ALL_CONTESTS, ALL_ENTRIES
from indelible.contests.rules.configuration.parsing import document_instant
from indelible.kernel import Head
from indelible.testing.contests.payloads import PLAYERS
from indelible.testing.contests.scenarios import FEE, configuration
from indelible.testing.stores import BEGINNING

ORGANIZER = "maya"
USERS = ("ann", "bob", "cleo")
STRANGER = "noor"
MINUTE = timedelta(minutes=1)  # between two commands
TO_LOCK = 7 * MINUTE
TO_START = 9 * MINUTE
PLACES = 3
ROSTER_SIZE = 3
UNKNOWN_PLAYER = "P99"


def all_contests(world: World) -> tuple[ContestSaved, ...]:
    """Return all contests, in the order of their ids."""
    heads = world.oracle.read(
        lambda tx: tx.contests.contests.list_page(ALL_CONTESTS, where={}, after="", limit=ALL)
    )
    return tuple(ContestSaved(contest=head.entity, seq=head.revision.seq) for head in heads)


def all_entries(world: World) -> list[Head[Entry]]:
    """Return the entries of all contests."""
    entries: list[Head[Entry]] = []
    for saved in all_contests(world):
        where = {"contest_id": saved.contest.id}
        entries.extend(world.oracle.read(_list_entries, where))

    return entries


def _list_entries(tx: ReadTx, where: Mapping[str, object]) -> tuple[Head[Entry], ...]:
    return tx.contests.entries.list_page(ALL_ENTRIES, where=where, after="", limit=ALL)


def publish_contest(world: World, step: Step) -> Call:
    """Publish a contest; that of an illegal step would have been locked before its publication."""
    command = contests.PublishContest(
        organizer_id=ORGANIZER,
        contest_name=f"contest {step.pick}",
        configuration=_configuration(_now(world), step),
    )
    return Call(contests.publish_contest, command)


def enter_contest(world: World, step: Step) -> Call:
    """Enter a contest, whose field is imported first; an illegal roster breaks two rules."""
    saved = pick_newest(all_contests(world), step.pick)
    if saved is None:
        return publish_contest(world, step)
    if not _has_field(world, saved):
        return _import_field(world, saved, step)

    command = contests.EnterContest(
        contest_id=saved.contest.id,
        user_id=USERS[step.pick % len(USERS)],
        player_ids=_roster(step),
        prediction=step.pick % 20 - 10,
    )
    return Call(contests.enter_contest, command)


def change_contest(world: World, step: Step) -> Call:
    """Change a contest in one of ten ways, whatever its state."""
    saved = pick_newest(all_contests(world), step.pick)
    if saved is None:
        return publish_contest(world, step)

    changes = (
        _import_field,
        _configure,
        _lock,
        _lock,
        _start,
        _start,
        _force_lock,
        _cancel,
        _fail,
        _resolve,
    )
    return changes[step.pick % len(changes)](world, saved, step)


def change_entry(world: World, step: Step) -> Call:
    """Change an entry in one of eight ways, whatever its state."""
    saved = pick_newest(all_entries(world), step.pick)
    if saved is None:
        return enter_contest(world, step)

    changes = (
        _set_roster,
        _set_roster,
        _pay,
        _pay,
        _reject,
        _refund,
        _void,
        _reinstate,
    )
    return changes[step.pick % len(changes)](saved, step)


def _has_field(world: World, saved: ContestSaved) -> bool:
    """Return True if the log of a contest has a field."""
    log = world.oracle.read(lambda tx: tx.contests.logs.get(saved.contest.id)).entity
    return log.field_number is not None


def _now(world: World) -> datetime:
    """Return the instant at which the next command begins."""
    return BEGINNING + len(world.calls) * MINUTE


def _configuration(now: datetime, step: Step) -> dict[str, Any]:
    """Return a configuration of a contest that is locked and started soon.

    An illegal step locks before `now`, which only the handler can refuse: a configuration with any
    other fault never becomes a command.
    """
    changes: dict[str, Any] = {
        "lock_time": document_instant(now + TO_LOCK),
        "tournament_start_time": document_instant(now + TO_START),
        "entry_fee_cents": FEE * (step.pick % 4 > 0),
        "max_entries": PLACES,
        "min_entries": step.pick % 3 or None,
        "roster_size": ROSTER_SIZE,
    }
    if step.twist is Twist.ILLEGAL:
        changes["lock_time"] = document_instant(now - MINUTE)

    return configuration(now, **changes)


def _roster(step: Step) -> tuple[str, ...]:
    """Return the players of a roster."""
    first = step.pick % (len(PLAYERS) - ROSTER_SIZE)
    if step.twist is Twist.ILLEGAL:
        return (PLAYERS[first], PLAYERS[first], UNKNOWN_PLAYER)

    return PLAYERS[first : first + ROSTER_SIZE]


def _import_field(_: World, saved: ContestSaved, step: Step) -> Call:
    command = contests.ImportField(
        contest_id=saved.contest.id, primary=PLAYERS, alternates=(f"A{step.pick % 3}",)
    )
    return Call(contests.import_field, command)


def _configure(world: World, saved: ContestSaved, step: Step) -> Call:
    command = contests.ConfigureContest(
        contest_id=saved.contest.id,
        configuration=_configuration(_now(world), step),
        expected_seq=expected_seq(step, saved.seq),
        organizer_id=STRANGER if step.pick % 5 == 0 else ORGANIZER,
    )
    return Call(contests.configure_contest, command)


def _lock(_: World, saved: ContestSaved, __: Step) -> Call:
    return Call(contests.lock_contest, contests.LockContest(contest_id=saved.contest.id))


def _start(_: World, saved: ContestSaved, __: Step) -> Call:
    return Call(contests.start_contest, contests.StartContest(contest_id=saved.contest.id))


def _force_lock(_: World, saved: ContestSaved, step: Step) -> Call:
    command = contests.ForceLock(
        contest_id=saved.contest.id, expected_seq=expected_seq(step, saved.seq)
    )
    return Call(contests.force_lock, command)


def _cancel(_: World, saved: ContestSaved, step: Step) -> Call:
    """Cancel a contest as its organizer, or as another user in an illegal step."""
    organizer_id = STRANGER if step.twist is Twist.ILLEGAL else ORGANIZER
    command = contests.CancelContest(contest_id=saved.contest.id, organizer_id=organizer_id)
    return Call(contests.cancel_contest, command)


def _fail(_: World, saved: ContestSaved, step: Step) -> Call:
    """Let a transition fail; that of another state has no effect, and an unknown one is refused."""
    actions = ("lock", "start", "complete")
    action = actions[step.pick % len(actions)]
    if step.twist is Twist.ILLEGAL:
        action = "publish"

    command = contests.FailContest(
        contest_id=saved.contest.id,
        attempted_action=action,
        error_code="BROKEN",
        error_message=f"attempt {step.pick}",
    )
    return Call(contests.fail_contest, command)


def _resolve(_: World, saved: ContestSaved, step: Step) -> Call:
    actions = tuple(ResolveAction)
    command = contests.ResolveError(
        contest_id=saved.contest.id, action=actions[step.pick % len(actions)]
    )
    return Call(contests.resolve_error, command)


def _set_roster(saved: Head[Entry], step: Step) -> Call:
    command = contests.SetRoster(
        user_id=saved.entity.user_id,
        entry_id=saved.entity.id,
        player_ids=_roster(step),
        expected_seq=expected_seq(step, saved.revision.seq),
    )
    return Call(contests.set_roster, command)


def _pay(saved: Head[Entry], step: Step) -> Call:
    """Pay the fee of an entry; an illegal step pays a minor unit more."""
    command = contests.ActivateEntry(
        entry_id=saved.entity.id,
        paid_minor=saved.entity.fee_minor + (step.twist is Twist.ILLEGAL),
        currency=saved.entity.currency,
        paid_at=saved.entity.created_at,
        payment_ref=f"payment-{step.pick % 2}",
    )
    return Call(contests.activate_entry, command)


def _reject(saved: Head[Entry], step: Step) -> Call:
    command = contests.RejectEntry(
        entry_id=saved.entity.id, rejection_reason=f"payment {step.pick} failed"
    )
    return Call(contests.reject_entry, command)


def _refund(saved: Head[Entry], _: Step) -> Call:
    return Call(contests.refund_entry, contests.RefundEntry(entry_id=saved.entity.id))


def _void(saved: Head[Entry], _: Step) -> Call:
    return Call(contests.void_entry, contests.VoidEntry(entry_id=saved.entity.id))


def _reinstate(saved: Head[Entry], _: Step) -> Call:
    return Call(contests.reinstate_entry, contests.ReinstateEntry(entry_id=saved.entity.id))
