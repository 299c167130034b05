"""Requirements on payments of entries, and on who is eligible."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from attrs import evolve

from indelible import contests
from indelible.contests import ENTRY, Entry, EntryStatus
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head
from indelible.kernel.aggregates import save_change
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.entries import (
    ACTIVE,
    MAX_ENTRIES,
    PENDING,
    REFUNDED,
    REJECTED,
    VOID,
    eligible,
    entry_in,
    listed_entries,
    refund,
    reinstate,
    reject,
    void,
)
from indelible.testing.contests.scenarios import (
    FEE,
    OTHER_ROSTER,
    ContestScenario,
    Value,
    complete_contest,
    locked_contest,
    new_contest,
)
from indelible.testing.stores import AnyStore, refusal, within
from indelible.testing.suite import Suite


class PaymentConformance(Suite):
    """Requirements on payments of entries, and on who is eligible."""

    def test_a_paid_entry_is_active(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter().entity
        saved = scenario.pay(entry, payment_ref="pay-1")

        assert (saved.entity.status, saved.entity.place_number) == (ACTIVE, 1)
        assert (saved.entity.paid_minor, saved.entity.payment_ref) == (FEE, "pay-1")
        assert saved.entity.paid_at == entry.created_at
        again = scenario.pay(entry, payment_ref="pay-1")
        assert again == saved
        other = partial(scenario.pay, entry, payment_ref="pay-2")
        assert code(other) == "INVALID_TRANSITION"

    def test_another_amount_or_currency_is_refused(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter().entity
        for fields in ({"paid_minor": FEE - 1}, {"paid_minor": FEE + 1}, {"currency": "EUR"}):
            error = refusal(partial(scenario.pay, entry, **fields))
            assert error is not None
            assert error.code == "PAYMENT_AMOUNT_MISMATCH", fields
            assert error.detail["expected_minor"] == FEE

        assert scenario.entry(entry.id).status is PENDING

    def test_entries_take_their_edges_only(self, store: AnyStore) -> None:
        commands: dict[str, Callable[[ContestScenario, Entry], Head[Entry]]] = {
            "activate": lambda scenario, entry: scenario.pay(entry, payment_ref="another"),
            "reject": reject,
            "refund": refund,
            "void": void,
            "reinstate": reinstate,
        }
        for status in EntryStatus:
            for action, command in commands.items():
                scenario = new_contest(store)
                entry = entry_in(scenario, status)
                attempt = partial(command, scenario, entry)
                if action in ENTRY.allowed(status):
                    assert attempt().entity.status is ENTRY.next(status, action), (status, action)
                    continue
                assert code(attempt) == "INVALID_TRANSITION", (status, action)
                assert scenario.entry(entry.id) == entry

    def test_a_void_entry_keeps_its_place_and_returns(self, store: AnyStore) -> None:
        scenario = new_contest(store, max_entries=2)
        disputed = entry_in(scenario, VOID, "ann")
        scenario.enter("bob")

        assert disputed.place_number == 1
        assert code(partial(scenario.enter, "cem")) == "CONTEST_FULL"
        won = reinstate(scenario, disputed).entity
        assert (won.status, won.place_number, won.paid_minor) == (ACTIVE, 1, FEE)

    def test_payments_never_change_a_contest(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        before = scenario.saved
        for number, status in enumerate(EntryStatus):
            entry_in(scenario, status, f"user-{number}")

        assert scenario.saved == before

    def test_active_entries_that_were_paid_in_time_are_eligible(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        paid_until = scenario.contest.lock_time + timedelta(seconds=300)
        at_the_end = scenario.enter("ann", OTHER_ROSTER, prediction=7).entity
        scenario.pay(at_the_end, paid_at=paid_until)
        too_late = scenario.enter("bob").entity
        scenario.pay(too_late, paid_at=paid_until + timedelta(microseconds=1))
        for number, status in enumerate((PENDING, REJECTED, REFUNDED, VOID)):
            entry_in(scenario, status, f"user-{number}")
        (eligible_entry,) = eligible(scenario, paid_until)
        entry = scenario.entry(at_the_end.id)

        assert eligible_entry == EligibleEntry(
            entry_id=entry.id,
            user_id="ann",
            payment_ref=entry.payment_ref,
            paid_minor=FEE,
            paid_at=paid_until,
            roster_digest=entry.roster_digest,
            player_ids=OTHER_ROSTER,
            prediction=7,
        )

    def test_eligible_entries_have_their_newest_rosters_in_order(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        for number in range(MAX_ENTRIES):
            saved = scenario.paid_entry(f"user-{number}")
            scenario.set_roster(saved, OTHER_ROSTER)
        new_contest(store).paid_entry()
        entries = eligible(scenario, scenario.contest.lock_time)

        assert [entry.entry_id for entry in entries] == sorted(listed_entries(scenario))
        assert {entry.player_ids for entry in entries} == {OTHER_ROSTER}

    def test_a_payment_after_the_lock_activates_an_entry(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter().entity
        scenario.advance(scenario.contest.lock_time)
        scenario.lock()
        assert scenario.pay(entry).entity.status is ACTIVE

    def test_every_change_of_an_entry_changes_the_revision_of_all(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        revisions = [_revision(scenario)]
        entry = scenario.enter().entity
        revisions.append(_revision(scenario))
        for step in (partial(scenario.pay, entry), partial(void, scenario, entry)):
            step()
            revisions.append(_revision(scenario))
        new_contest(store).enter()

        assert revisions == [(0, 0), (1, 1), (1, 2), (1, 3)]
        assert _revision(scenario) == revisions[-1]

    def test_fixed_values_of_an_entry_stay(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter().entity
        for name, value in _fixed_values(new_contest(store).contest_id):
            assert code(partial(_force, scenario, entry, name, value)) == "FIELD_FIXED", name

    def test_an_entry_of_a_locked_contest_keeps_its_roster(self, store: AnyStore) -> None:
        scenario = locked_contest(store)
        (saved,) = scenario.list_entries(user_id="ann")

        assert code(partial(scenario.set_roster, saved)) == "CONTEST_LOCKED"

    def test_an_entry_of_a_settled_contest_keeps_its_state(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        entry = scenario.entry(min(listed_entries(scenario)))
        for command in (void, refund):
            assert code(partial(command, scenario, entry)) == "ENTRY_SETTLED", command

        assert entry.status is ACTIVE
        assert scenario.entry(entry.id) == entry


def _revision(scenario: ContestScenario) -> tuple[int, int]:
    """Return the number of the entries and the sum of their seqs."""
    revision = scenario.read(
        lambda tx: tx.contests.entries.joins.entries_revision(scenario.contest_id)
    )
    return revision.count, revision.seq_sum


def _fixed_values(contest_id: str) -> Sequence[tuple[str, Value]]:
    """Return another value for each fixed field of an entry."""
    return (
        ("contest_id", contest_id),
        ("user_id", "bob"),
        ("entry_number", 2),
        ("fee_minor", FEE + 1),
        ("currency", "EUR"),
    )


def _force(scenario: ContestScenario, entry: Entry, name: str, value: Value) -> None:
    """Save the next roster of an entry with another value of a fixed field."""

    def save(tx: contests.ContestsWrite) -> None:
        head = tx.contests.entries.lock(entry.id)
        changed = head.entity.with_roster(OTHER_ROSTER, None, now=tx.clock.now())
        roster = changed.new_roster(OTHER_ROSTER, None)
        forced = evolve(changed, **{name: value})
        save_change(tx, tx.contests.entries, head, forced, "set_roster", records=(roster,))

    within(scenario.store, save)
