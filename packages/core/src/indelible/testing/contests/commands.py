"""Requirements on the publication and the configuration of contests."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import ContestFilter, ContestStatus
from indelible.contests.entities.contests import Contest
from indelible.contests.ports import ALL_CONTESTS
from indelible.contests.rules.configuration.parsing import document_instant, parse_configuration
from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE, LOCK_CONTEST_STAGE
from indelible.kernel import NamedListOrder
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.scenarios import (
    FEE,
    ORGANIZER,
    STRANGER,
    TO_END,
    TO_LOCK,
    TO_START,
    ContestScenario,
    Value,
    configuration,
    contest_in,
    locked_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import BEGINNING, AnyStore, do
from indelible.testing.suite import Suite


class ContestCommandsConformance(Suite):
    """Requirements on the publication and the configuration of contests."""

    def test_a_published_contest_has_its_configuration_log_feed_and_tasks(
        self, store: AnyStore
    ) -> None:
        scenario = publish(store)
        saved, contest = scenario.saved, scenario.contest
        lock = store.read(lambda tx: tx.tasks.get(LOCK_CONTEST_STAGE, contest.id))
        fetch = store.read(lambda tx: tx.tasks.get(FETCH_TOURNAMENT_STAGE, "T1"))

        assert (contest.status, saved.seq) == (ContestStatus.SCHEDULED, 1)
        assert (contest.lock_time, contest.start_time, contest.end_time) == (
            scenario.base + TO_LOCK,
            scenario.base + TO_START,
            scenario.base + TO_END,
        )
        assert (contest.fee_minor, contest.currency) == (FEE, "USD")
        version = _configuration(scenario, 1)
        assert version.configuration == configuration(scenario.base)
        assert version.version == contest.configuration_version == 1
        assert version.configuration_digest == contest.configuration_digest
        assert version.configuration.digest == contest.configuration_digest
        assert (scenario.log.id, scenario.log.event_number) == (contest.id, 0)
        feed = store.read(lambda tx: tx.contests.feeds.get("T1")).entity
        assert feed.fetch_number == 0
        assert lock.due_at == contest.lock_time
        assert fetch.due_at is not None
        assert fetch.due_at <= contest.updated_at

    def test_the_change_of_a_publication_names_its_reason_and_digest(self, store: AnyStore) -> None:
        data = new_contest(store).last_change

        assert data["reason_code"] == "CONTEST_PUBLISHED"
        assert set(data["evidence"]) == {"now", "configuration_digest"}
        assert data["evidence"]["configuration_digest"] == data["configuration_digest"]

    def test_two_contests_share_the_feed_of_their_tournament(self, store: AnyStore) -> None:
        first, second = publish(store, "First"), publish(store, "Second")
        opened = store.read(lambda tx: tx.contests.contests.joins.open_of_tournament("T1"))

        assert opened == tuple(sorted((first.contest_id, second.contest_id)))
        assert store.read(lambda tx: tx.contests.contests.joins.open_of_tournament("T2")) == ()

    def test_a_faulty_configuration_stores_nothing(self, store: AnyStore) -> None:
        faulty = (
            {"entry_fee_cents": 25.0},
            {"rake": {"bps": 10_001, "rounding": "floor"}},
            {"lock_time": "2026-01-01T00:10:00"},
            {"hidden_default": 1},
        )
        for changes in faulty:
            assert code(partial(publish, store, **changes)) == "CONFIGURATION_INVALID", changes

        assert _contests(store) == ()
        assert store.read(_counts) == {}

    def test_a_lock_time_in_the_past_is_refused(self, store: AnyStore) -> None:
        past = partial(publish, store, lock_time=document_instant(BEGINNING))
        assert code(past) == "CONFIGURATION_INVALID"

    def test_a_configuration_is_a_new_version_and_moves_the_lock(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        lock_time = scenario.contest.lock_time + timedelta(minutes=2)
        changes: dict[str, Value] = {"lock_time": document_instant(lock_time), "max_entries": 5}
        saved = scenario.configure(**changes)
        versions = store.read(
            lambda tx: tx.contests.contests.configurations(scenario.contest_id, after=0, limit=9)
        )
        task = store.read(lambda tx: tx.tasks.get(LOCK_CONTEST_STAGE, scenario.contest_id))

        contest = saved.contest
        assert (contest.configuration_version, contest.max_entries) == (2, 5)
        assert saved.contest.lock_time == task.due_at == lock_time
        assert [version.version for version in versions] == [1, 2]
        assert versions[1].created_at == saved.contest.updated_at
        assert versions[1].configuration == configuration(scenario.base, **changes)
        assert scenario.last_change["reason_code"] == "CONFIGURATION_CHANGED"
        assert code(lambda: _configuration(scenario, 3)) == "CONFIGURATION_NOT_FOUND"

    def test_a_stale_configuration_is_refused(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        stale = contests.ConfigureContest(
            contest_id=scenario.contest_id,
            configuration=configuration(scenario.base, max_entries=5),
            expected_seq=scenario.saved.seq,
        )
        newer = scenario.configure(max_entries=6)

        assert code(partial(scenario.run, contests.configure_contest, stale)) == "STALE"
        assert scenario.saved == newer

    def test_the_configuration_is_frozen_in_every_state_but_scheduled(
        self, store: AnyStore
    ) -> None:
        for status in ContestStatus:
            scenario = contest_in(store, status)
            before = scenario.saved
            attempt = partial(scenario.configure, max_entries=5, **_future(scenario))
            if status is ContestStatus.SCHEDULED:
                continue
            assert code(attempt) == "CONFIG_IMMUTABLE", status
            assert scenario.saved == before

    def test_the_configuration_is_frozen_at_the_lock_time(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        scenario.advance(scenario.contest.lock_time)

        assert code(partial(scenario.configure, **_future(scenario))) == "CONFIG_IMMUTABLE"

    def test_fee_currency_and_payout_kind_are_fixed_by_the_first_entry(
        self, store: AnyStore
    ) -> None:
        scenario = new_contest(store)
        fixed = (
            {"entry_fee_cents": FEE + 1},
            {"currency": "EUR"},
            {
                "payout": {"kind": "fixed_cents", "amounts": [100], "guarantee": True},
                "short_field": "retain",
            },
        )
        scenario.configure(entry_fee_cents=FEE + 1)
        scenario.configure()
        entry = scenario.enter().entity
        scenario.run(
            contests.reject_entry,
            contests.RejectEntry(entry_id=entry.id, rejection_reason="card declined"),
        )
        for changes in fixed:
            assert code(partial(scenario.configure, **changes)) == "FEE_FIXED", changes

        max_entries = 30
        assert scenario.configure(max_entries=max_entries).contest.max_entries == max_entries

    def test_the_size_of_rosters_is_fixed_by_the_first_entry(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        smaller = {"roster_size": 2, "counted_players": 2}
        scenario.configure(**smaller)
        scenario.configure()
        scenario.enter()

        assert code(partial(scenario.configure, **smaller)) == "FEE_FIXED"

    def test_places_that_are_taken_stay(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        for user_id in ("ann", "bob", "cem"):
            scenario.enter(user_id)

        too_few, enough = 2, 3
        assert code(partial(scenario.configure, max_entries=too_few)) == "PLACES_TAKEN"
        assert scenario.configure(max_entries=enough).contest.max_entries == enough

    def test_a_contest_keeps_its_tournament(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        assert code(partial(scenario.configure, provider_event_id="T2")) == "FIELD_FIXED"

    def test_another_organizer_finds_no_contest_to_configure(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        command = contests.ConfigureContest(
            contest_id=scenario.contest_id,
            configuration=configuration(scenario.base),
            expected_seq=scenario.saved.seq,
            organizer_id=STRANGER,
        )
        attempt = partial(do, store, contests.configure_contest, command)

        assert code(attempt) == "CONTEST_NOT_FOUND"

    def test_a_forced_lock_stores_the_instant_of_the_lock(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        saved = scenario.force_lock()
        contest = saved.contest
        newest = _configuration(scenario, 2)

        assert (contest.status, contest.configuration_version) == (ContestStatus.LOCKED, 2)
        assert contest.created_at < contest.lock_time <= contest.updated_at
        assert contest.lock_time < scenario.base + TO_LOCK
        assert contest.start_time == scenario.base + TO_START
        assert contest.end_time == scenario.base + TO_END
        parsed = parse_configuration(newest.configuration, created_at=None)
        assert parsed.lock_time == contest.lock_time
        assert parsed.digest == contest.configuration_digest
        assert parsed.document() | {"lock_time": ""} == configuration(scenario.base, lock_time="")
        assert scenario.last_change["reason_code"] == "ADMIN_FORCE_LOCK"

    def test_a_forced_lock_keeps_a_lock_time_that_has_passed(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        scenario.advance(scenario.contest.lock_time + timedelta(minutes=1))
        saved = scenario.force_lock()

        contest = saved.contest
        assert (contest.lock_time, contest.configuration_version) == (scenario.base + TO_LOCK, 2)

    def test_a_locked_contest_is_not_locked_by_force(self, store: AnyStore) -> None:
        assert code(locked_contest(store).force_lock) == "INVALID_TRANSITION"

    def test_contests_are_listed_by_name_state_organizer_and_tournament(
        self, store: AnyStore
    ) -> None:
        by_name = ContestFilter(order=NamedListOrder.NAME)
        names = ("Zeta", "Alpha", "Beta")
        scenarios = {name: publish(store, name) for name in names}
        scenarios["Beta"].cancel()
        ordered = _contests(store, by_name)
        canceled = ContestFilter(status=ContestStatus.CANCELLED)

        assert [contest.contest_name for contest in ordered] == ["Alpha", "Beta", "Zeta"]
        assert _names(store, canceled) == {"Beta"}
        assert _names(store, ContestFilter(name_prefix="Al")) == {"Alpha"}
        assert _names(store, organizer_id=ORGANIZER, provider_event_id="T1") == set(names)
        assert _names(store, organizer_id=STRANGER) == set()
        assert _names(store, provider_event_id="T2") == set()
        assert store.read(_counts) == {
            ContestStatus.SCHEDULED: 2,
            ContestStatus.CANCELLED: 1,
        }

    def test_an_unknown_contest_is_not_found(self, store: AnyStore) -> None:
        unknown = ContestScenario(store, "nobody")
        commands: tuple[Callable[[], object], ...] = (
            unknown.lock,
            unknown.start,
            unknown.cancel,
            unknown.enter,
            partial(unknown.fail, "lock"),
            unknown.start_run,
            lambda: store.read(contests.get_contest, "nobody"),
        )
        for number, command in enumerate(commands):
            assert code(command) == "CONTEST_NOT_FOUND", number
        assert code(unknown.import_field) == "CONTEST_LOG_NOT_FOUND"

    def test_a_contest_in_error_is_hidden_from_those_who_may_not_see_it(
        self, store: AnyStore
    ) -> None:
        scenario = contest_in(store, ContestStatus.ERROR)
        contest_id = scenario.contest_id

        hidden = code(lambda: store.read(contests.get_contest, contest_id, can_see_errors=False))
        assert hidden == "CONTEST_NOT_FOUND"
        assert store.read(contests.get_contest, contest_id).entity == scenario.contest


def _configuration(scenario: ContestScenario, version: int) -> contests.ContestConfiguration:
    """Return a version of a contest's configuration."""
    contest_id = scenario.contest_id
    return scenario.store.read(lambda tx: tx.contests.contests.configuration(contest_id, version))


def _future(scenario: ContestScenario) -> dict[str, str]:
    """Return times of a configuration that are later than any instant of a test."""
    start = scenario.contest.start_time + timedelta(days=1)
    return {
        "lock_time": document_instant(start),
        "tournament_start_time": document_instant(start),
    }


def _contests(
    store: AnyStore, matching: ContestFilter = ALL_CONTESTS, **fields: Value
) -> tuple[Contest, ...]:
    """Return the matching contests that have these fields."""
    heads = store.read(
        lambda tx: tx.contests.contests.list_page(matching, where=fields, after="", limit=9)
    )
    return tuple(head.entity for head in heads)


def _counts(tx: ReadTx) -> Mapping[ContestStatus, int]:
    """Return the number of contests in each state that any is in."""
    return tx.contests.contests.count_by_status()


def _names(store: AnyStore, matching: ContestFilter = ALL_CONTESTS, **fields: Value) -> set[str]:
    """Return the names of the listed contests."""
    return {contest.contest_name for contest in _contests(store, matching, **fields)}
