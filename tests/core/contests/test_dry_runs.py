"""Dry runs of settlements, replays of logs, and bundles: reads that store nothing."""

from collections.abc import Callable
from typing import TypeVar, cast

import pytest
from attrs import frozen
from tests.contest_runs import BEFORE, ContestRun

from indelible.contests.commands.entries import VoidEntry
from indelible.contests.handlers.entries import void_entry
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.repositories.reads import configuration_of
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.tasks.bundles import read_bundle
from indelible.contests.tasks.dry_runs import dry_run_settlement
from indelible.contests.tasks.errors import LeaderboardNotKnown, RoundsNotOfficial
from indelible.contests.tasks.replays import replay_log
from indelible.contests.tasks.states import ContestStore
from indelible.kernel import Actor

R = TypeVar("R")
OPS = Actor.user("ops")


def test_a_dry_run_equals_the_settlement_and_stores_nothing(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    dry = dry_run_settlement(run.store, contest.id)
    assert run.runs(contest) == []

    run.settle()

    assert dry.run.result_digest == run.runs(contest)[0].result_digest
    assert dry.is_equal


def test_a_dry_run_with_another_configuration_lists_the_lines_that_differ(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    stored = run.store.read(lambda tx: tx.contests.contests.configuration(contest.id, 1))
    document = {**stored.configuration, "payout": {"kind": "bps", "table": [10_000]}}
    other = parse_configuration(document, created_at=None)

    comparison = dry_run_settlement(run.store, contest.id, other)

    assert comparison.other is not None
    assert {line.other_payout_minor for line in comparison.differences} >= {0}
    assert sum(line.other_payout_minor or 0 for line in comparison.differences) == 6_753


@frozen
class Voiding:
    """A store in which an entry is voided after each read."""

    run: ContestRun
    entry_ids: list[str]

    def read(self, query: Callable[..., R], *arguments: object) -> R:
        """Return what the query returns, and void the next entry."""
        result = self.run.store.read(query, *arguments)
        command = VoidEntry(entry_id=self.entry_ids.pop())
        self.run.store.run(void_entry, command, actor=OPS, reason="a dispute")
        return result


def test_only_the_configuration_makes_a_difference_in_a_dry_run(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    own = run.store.read(lambda tx: configuration_of(tx, contest))
    heads = run.store.read(lambda tx: tx.contests.entries.find({"contest_id": contest.id}, limit=9))
    voiding = Voiding(run, [head.entity.id for head in heads])

    comparison = dry_run_settlement(cast("ContestStore", voiding), contest.id, own)

    assert comparison.other == comparison.run
    assert comparison.is_equal
    assert len(voiding.entry_ids) < len(heads)


def test_a_contest_without_an_end_has_no_dry_run(run: ContestRun) -> None:
    contest = run.open()
    with pytest.raises(LeaderboardNotKnown):
        dry_run_settlement(run.store, contest.id)

    run.lock(contest)
    run.fetch(BEFORE)
    with pytest.raises(RoundsNotOfficial):
        dry_run_settlement(run.store, contest.id)


def test_a_replay_leads_to_the_stored_state(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)

    replayed = replay_log(run.store, contest.id)

    assert replayed.is_equal
    assert replayed.event_number == 5


def test_the_bundle_of_a_settled_contest_has_the_digests_of_its_run(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    (settled,) = run.runs(contest)

    bundle = run.store.read(read_bundle, contest.id)

    assert bundle["result_digest"] == settled.result_digest
    assert bundle["eligibility_digest"] == settled.eligibility_digest
    assert len(bundle["entries"]) == 3
