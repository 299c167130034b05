"""Requirements on entries and rosters: places, limits, payments and eligibility."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from attrs import evolve

from indelible import contests
from indelible.contests import ContestStatus, Entry, EntryFilter, EntryStatus
from indelible.contests.rules.failures import RosterInvalid
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel import Head, Idempotency
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.payloads import PLAYERS
from indelible.testing.contests.scenarios import (
    FEE,
    OTHER_ROSTER,
    ROSTER,
    ContestScenario,
    Value,
    contest_in,
    new_contest,
    publish,
)
from indelible.testing.stores import AnyStore, do, refusal
from indelible.testing.suite import Suite

MAX_ENTRIES = 10
PENDING, ACTIVE = EntryStatus.PENDING_PAYMENT, EntryStatus.ACTIVE
REJECTED, REFUNDED, VOID = EntryStatus.REJECTED, EntryStatus.REFUNDED, EntryStatus.VOID


def reject(scenario: ContestScenario, entry: Entry) -> Head[Entry]:
    """Reject an entry."""
    command = contests.RejectEntry(entry_id=entry.id, rejection_reason="card declined")
    return scenario.run(contests.reject_entry, command)


def refund(scenario: ContestScenario, entry: Entry) -> Head[Entry]:
    """Refund an entry."""
    return scenario.run(contests.refund_entry, contests.RefundEntry(entry_id=entry.id))


def void(scenario: ContestScenario, entry: Entry) -> Head[Entry]:
    """Void an entry."""
    return scenario.run(contests.void_entry, contests.VoidEntry(entry_id=entry.id))


def reinstate(scenario: ContestScenario, entry: Entry) -> Head[Entry]:
    """Reinstate a void entry."""
    return scenario.run(contests.reinstate_entry, contests.ReinstateEntry(entry_id=entry.id))


def entry_in(scenario: ContestScenario, status: EntryStatus, user_id: str = "ann") -> Entry:
    """Return a new entry in a state."""
    entry = scenario.enter(user_id).entity
    if status is PENDING:
        return entry
    if status is REJECTED:
        return reject(scenario, entry).entity

    paid = scenario.pay(entry).entity
    if status is VOID:
        return void(scenario, paid).entity
    if status is REFUNDED:
        return refund(scenario, paid).entity
    return paid


def eligible(scenario: ContestScenario, paid_until: datetime) -> tuple[EligibleEntry, ...]:
    """Return the eligible entries."""
    return scenario.read(
        lambda tx: tuple(tx.contests.entries.joins.eligible(scenario.contest_id, paid_until))
    )


def listed_entries(scenario: ContestScenario, **filters: Value) -> set[str]:
    """Return the ids of the listed entries."""
    return {item.entity.id for item in scenario.list_entries(**filters)}


class EntryConformance(Suite):
    """Requirements on entries, places and limits."""

    def test_an_entry_waits_for_its_fee(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.enter("ann", tuple(reversed(ROSTER)), prediction=-12)
        entry = saved.entity
        details = store.read(contests.get_entry, entry.id)

        assert (entry.status, saved.revision.seq, entry.place_number) == (PENDING, 1, 1)
        assert (entry.entry_number, entry.roster_number) == (1, 1)
        assert (entry.fee_minor, entry.currency) == (FEE, "USD")
        assert (entry.paid_minor, entry.paid_at, entry.payment_ref) == (None, None, None)
        assert details.roster.player_ids == tuple(sorted(ROSTER))
        assert details.roster.prediction == -12  # noqa: PLR2004 - as given above
        assert details.roster.roster_digest == entry.roster_digest

    def test_an_entry_of_a_free_contest_is_active_at_once(self, store: AnyStore) -> None:
        scenario = new_contest(store, entry_fee_cents=0)
        entry = scenario.enter().entity

        assert entry.status is ACTIVE
        assert (entry.paid_minor, entry.paid_at) == (0, entry.created_at)
        assert entry.payment_ref is None
        assert [item.entry_id for item in eligible(scenario, entry.created_at)] == [entry.id]

    def test_entries_take_the_lowest_free_places(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        users = [f"user-{number}" for number in range(5)]
        entries = [scenario.enter(user_id).entity for user_id in users]
        paid = scenario.pay(entries[3]).entity
        reject(scenario, entries[1])
        void(scenario, scenario.pay(entries[0]).entity)
        refund(scenario, paid)
        following = [scenario.enter(f"next-{number}").entity for number in range(3)]

        assert [entry.place_number for entry in entries] == [1, 2, 3, 4, 5]
        assert [entry.place_number for entry in following] == [2, 4, 6]
        assert scenario.entry(entries[0].id).place_number == 1
        assert scenario.entry(entries[1].id).place_number is None
        assert scenario.entry(paid.id).place_number is None
        counts = scenario.read(
            lambda tx: (
                tx.contests.entries.joins.count_occupied(scenario.contest_id),
                tx.contests.entries.joins.count_joined(scenario.contest_id),
                tx.contests.entries.joins.highest_place_number(scenario.contest_id),
                tx.contests.entries.joins.has_any(scenario.contest_id),
            )
        )
        assert counts == (6, 5, 6, True)

    def test_the_eleventh_entry_for_ten_places_is_refused(self, store: AnyStore) -> None:
        scenario = new_contest(store, max_entries=MAX_ENTRIES)
        for number in range(MAX_ENTRIES):
            scenario.enter(f"user-{number}")
        error = refusal(partial(scenario.enter, "late"))

        assert error is not None
        assert error.code == "CONTEST_FULL"
        assert error.detail == {"contest_id": scenario.contest_id, "max_entries": MAX_ENTRIES}
        assert len(scenario.entries) == MAX_ENTRIES

    def test_a_contest_without_a_limit_takes_every_entry(self, store: AnyStore) -> None:
        scenario = new_contest(store, max_entries=None, max_entries_per_user=None)
        places = [scenario.enter().entity.place_number for _ in range(MAX_ENTRIES + 1)]

        assert places == list(range(1, MAX_ENTRIES + 2))

    def test_a_user_enters_as_often_as_the_configuration_allows(self, store: AnyStore) -> None:
        scenario = new_contest(store, max_entries_per_user=2)
        first, second = scenario.enter("ann").entity, scenario.enter("ann").entity
        third = partial(scenario.enter, "ann")

        assert (first.entry_number, second.entry_number) == (1, 2)
        assert code(third) == "ALREADY_JOINED"
        scenario.enter("bob")
        reject(scenario, first)
        assert third().entity.entry_number == 3  # noqa: PLR2004 - numbers are not used again
        entries = store.read(contests.entries_of_user, scenario.contest_id, "ann")
        assert [entry.entry_number for entry in entries] == [1, 2, 3]
        contest_id = scenario.contest_id
        nobody = code(lambda: store.read(contests.entries_of_user, contest_id, "nobody"))
        assert nobody == "NOT_A_PARTICIPANT"

    def test_a_repeated_entry_is_the_head_of_the_first(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        command = contests.EnterContest(
            contest_id=scenario.contest_id, user_id="ann", player_ids=ROSTER
        )
        once = Idempotency("key-1", Head[Entry])
        first = do(store, contests.enter_contest, command, idempotency=once)
        scenario.pay(first.entity)

        assert do(store, contests.enter_contest, command, idempotency=once) == first
        assert len(scenario.entries) == 1

    def test_nobody_joins_from_the_lock_time_on(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.enter()
        scenario.advance(scenario.contest.lock_time)

        assert scenario.contest.status is ContestStatus.SCHEDULED
        assert code(partial(scenario.enter, "late")) == "CONTEST_LOCKED"
        assert code(partial(scenario.set_roster, saved)) == "CONTEST_LOCKED"
        assert store.read(contests.get_entry, saved.entity.id).seq == saved.revision.seq

    def test_nobody_joins_a_contest_that_is_not_scheduled(self, store: AnyStore) -> None:
        for status in ContestStatus:
            if status is ContestStatus.SCHEDULED:
                continue
            scenario = contest_in(store, status)
            assert code(partial(scenario.enter, "late")) == "CONTEST_LOCKED", status

    def test_no_roster_is_taken_before_the_field_is_known(self, store: AnyStore) -> None:
        assert code(publish(store).enter) == "FIELD_NOT_KNOWN"

    def test_all_violations_of_a_roster_are_reported_at_once(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.enter()
        faulty = ("P01", "P01", "nobody", "P02")
        for attempt in (
            partial(scenario.enter, "bob", faulty),
            partial(scenario.set_roster, saved, faulty),
        ):
            error = refusal(attempt)
            assert isinstance(error, RosterInvalid)
            assert set(error.codes) == {
                "ROSTER_SIZE_MISMATCH",
                "ROSTER_DUPLICATE_PLAYER",
                "ROSTER_PLAYER_NOT_IN_FIELD",
            }

        assert store.read(contests.get_entry, saved.entity.id).seq == saved.revision.seq
        assert len(scenario.entries) == 1

    def test_rosters_are_checked_against_the_newest_field(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        newcomer = (*PLAYERS[:2], "Q01")
        assert code(partial(scenario.enter, "ann", newcomer)) == "ROSTER_INVALID"
        scenario.import_field((*PLAYERS, "Q01"))
        assert scenario.enter("ann", newcomer).entity.place_number == 1

    def test_a_roster_is_a_numbered_record(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.enter()
        changed = scenario.set_roster(saved, OTHER_ROSTER)
        same = scenario.set_roster(changed, tuple(reversed(OTHER_ROSTER)))
        rosters = store.read(
            lambda tx: tx.contests.entries.rosters(saved.entity.id, after=0, limit=9)
        )
        later = store.read(
            lambda tx: tx.contests.entries.rosters(saved.entity.id, after=1, limit=9)
        )
        stale = partial(scenario.set_roster, saved)

        assert (changed.entity.roster_number, changed.entity.place_number) == (2, 1)
        assert same.revision.seq == changed.revision.seq
        assert [roster.player_ids for roster in rosters] == [ROSTER, OTHER_ROSTER]
        assert later == rosters[1:]
        assert code(stale) == "STALE"

    def test_another_user_finds_no_entry(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter("ann").entity
        command = contests.SetRoster(
            user_id="bob", entry_id=entry.id, player_ids=OTHER_ROSTER, expected_seq=1
        )
        attempts: tuple[Callable[[], object], ...] = (
            partial(scenario.run, contests.set_roster, command),
            lambda: store.read(contests.get_entry, entry.id, user_id="bob"),
            lambda: store.read(contests.get_entry, "nobody"),
            partial(void, scenario, _renamed(entry)),
        )
        for number, attempt in enumerate(attempts):
            assert code(attempt) == "ENTRY_NOT_FOUND", number

    def test_an_unknown_roster_is_not_found(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        entry = scenario.enter("ann").entity

        def read_second_roster() -> object:
            return scenario.read(lambda tx: tx.contests.entries.roster(entry.id, 2))

        assert code(read_second_roster) == "ROSTER_NOT_FOUND"

    def test_entries_are_listed_by_state_and_user(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        paid = scenario.paid_entry("ann").entity
        waiting = scenario.enter("bob").entity
        other = new_contest(store)
        other.enter("ann")

        assert listed_entries(scenario) == {paid.id, waiting.id}
        assert listed_entries(scenario, matching=EntryFilter(status=ACTIVE)) == {paid.id}
        assert listed_entries(scenario, user_id="bob") == {waiting.id}


def _renamed(entry: Entry) -> Entry:
    """Return an entry with an id that is not stored."""
    return evolve(entry, id="nobody")
