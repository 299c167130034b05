"""Play programs on every store, and compare results, refusals and histories."""

from collections import Counter
from collections.abc import Iterator, Sequence

import hypothesis
from attrs import define, field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from tests.stateful.capture_steps import USER
from tests.stateful.equality import differs
from tests.stateful.project_steps import USER as OWNER
from tests.stateful.resolve import next_call
from tests.stateful.steps import ALL, Call, Program, Verb, World
from tests.stateful.stores import Player, Stage

from indelible import captures, concepts, money, projects, tokens
from indelible.app import ReadTx
from indelible.concepts import ConceptFilter
from indelible.contests.ports import ALL_CONTESTS, ALL_ENTRIES
from indelible.kernel import IndelibleError, digest
from indelible.kernel.keys import list_keys
from indelible.kernel.settings import setting_texts
from indelible.money.ports.ledger import ALL_ACCOUNTS, ALL_MOVEMENTS
from indelible.money.ports.payouts import ALL_PAYEES
from indelible.testing.money.scenarios import PARTIES
from indelible.testing.stores import AnyStore

ACCEPTED = "accepted"
CHECKED_WARNINGS = 3  # concepts whose warnings are compared


@define
class Tally:
    """The number of programs that one store played, and of its answers by their code."""

    programs: int = 0
    answers: Counter[str] = field(factory=Counter[str])


Tallies = dict[str, Tally]


def run_programs(
    stage: Stage,
    count: int,
    seed: int | None,
    tallies: Tallies,
    strategy: SearchStrategy[Program],
) -> None:
    """Generate programs from the seed, play them and add their answers to the tallies.

    A seed of None generates the same programs in every run.

    Raises: the failure of the smallest failing program, with a note that shows this program.
    """

    @settings(
        max_examples=count,
        derandomize=seed is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(strategy)
    def every_store_behaves_as_memory(program: Program) -> None:
        play(program, stage, tallies)

    if seed is not None:
        every_store_behaves_as_memory = hypothesis.seed(seed)(every_store_behaves_as_memory)
    every_store_behaves_as_memory()


def play(program: Program, stage: Stage, tallies: Tallies) -> None:
    """Play the program on all stores.

    Raises: AssertionError at the first difference.
    """
    with stage.players(four_eyes=program.four_eyes) as players:
        for player in players:
            tallies.setdefault(player.name, Tally()).programs += 1

        world = World(players[0].store)
        for step in program.steps:
            if step.verb is Verb.REOPEN:
                for player in players:
                    player.reopen()
            else:
                call = next_call(world, step)
                for player in players:
                    player.clock.start_command(len(world.calls))
                _compare_answers(call, players, tallies)

        _compare_histories(players)


def run_call(store: AnyStore, call: Call) -> tuple[str, object]:
    """Return ACCEPTED and the result, or the code of the refusal and its detail."""
    try:
        result = store.run(
            call.handler,
            call.command,
            actor=call.actor,
            reason="a program",
            request_id="request-1",
            idempotency=call.idempotency,
        )
    except IndelibleError as error:
        return error.code, error.detail

    return ACCEPTED, result


def read_everything(tx: ReadTx) -> tuple[object, ...]:
    """Return the digest of the history, then the results of all queries on all items."""
    changes = tx.history.feed(after="", limit=ALL).changes
    return (
        digest([change.hash for change in changes]),
        *_read_concepts(tx),
        list_keys(tx, limit=ALL),
        *_read_captures(tx),
        *_read_tokens(tx),
        *_read_projects(tx),
        *_read_contests(tx),
        *_read_money(tx),
    )


def _compare_answers(call: Call, players: Sequence[Player], tallies: Tallies) -> None:
    answers = [run_call(player.store, call) for player in players]
    for player, answer in zip(players, answers, strict=True):
        code, _ = answer
        tallies[player.name].answers[code] += 1
        assert not differs(answer, answers[0]), (
            f"{player.name} answers {answer}, memory answers {answers[0]}, to {call}"
        )


def _compare_histories(players: Sequence[Player]) -> None:
    """Compare the feeds and the results of all queries; verify and rebuild each database."""
    for player in players:
        player.settle()

    expected = players[0].store.read(read_everything)
    for player in players:
        changes = player.store.feed(limit=ALL).changes
        history_digest = digest([change.hash for change in changes])
        actual = player.store.read(read_everything)
        findings, rebuilt_tables = player.check()
        changed_tables = [table for table in rebuilt_tables if table.changed]

        assert history_digest == expected[0], f"{player.name} has another history"
        assert not differs(actual, expected), f"{player.name} reads other values than memory"
        assert not findings, f"{player.name}: {findings}"
        assert not changed_tables, f"{player.name}: {changed_tables}"


def _read_concepts(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on concepts."""
    summaries = concepts.list_concepts(tx, ConceptFilter(), limit=ALL)
    concept_ids = [summary.concept.id for summary in summaries]

    yield summaries
    for concept_id in concept_ids:
        yield concepts.get_concept(tx, concept_id)
        yield concepts.list_versions(tx, concept_id, limit=ALL)
    for concept_id in concept_ids[-CHECKED_WARNINGS:]:
        yield concepts.list_warnings(tx, concept_id)
    yield concepts.whole_graph(tx)
    yield concepts.get_learning_order(tx)


def _read_captures(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on captures."""
    yield captures.list_algorithms(tx)
    yield setting_texts(tx.settings)
    for saved in captures.list_spaces(tx, USER, limit=ALL):
        space_id = saved.space.id
        yield saved
        yield captures.list_subspaces(tx, USER, space_id, limit=ALL)
        yield captures.list_centroids(tx, USER, space_id)
        yield captures.recent_captures(tx, USER, space_id, limit=ALL)
        yield captures.list_artifacts(tx, USER, space_id, limit=ALL)


def _read_tokens(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on tokens."""
    yield tokens.token_stats(tx)
    yield tokens.leaderboard(tx)
    for token in tokens.list_tokens(tx, limit=ALL):
        yield tokens.get_token(tx, token.token_id)


def _read_projects(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on projects and jobs."""
    for saved in projects.list_projects(tx, OWNER, limit=ALL):
        project_id = saved.entity.id
        yield saved
        yield projects.list_prompts(tx, OWNER, project_id, limit=ALL)
        yield tx.projects.jobs.newest_successful(project_id)
        for job in projects.list_jobs(tx, OWNER, project_id, limit=ALL):
            yield projects.get_job(tx, OWNER, job.entity.id)
            yield projects.job_logs(tx, OWNER, job.entity.id, limit=ALL)


def _read_contests(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on contests, their entries and their logs."""
    for head in tx.contests.contests.list_page(ALL_CONTESTS, where={}, after="", limit=ALL):
        contest_id = head.entity.id
        yield head
        yield tx.contests.contests.configurations(contest_id, after=0, limit=ALL)
        yield tx.contests.logs.get(contest_id)
        yield tx.contests.logs.events(contest_id, after=0, limit=ALL)
        yield tx.contests.entries.joins.lowest_free_place_number(contest_id)
        yield tx.contests.entries.joins.entries_revision(contest_id)
        yield tuple(tx.contests.entries.joins.eligible(contest_id, head.entity.end_time))
        where = {"contest_id": contest_id}
        for entry in tx.contests.entries.list_page(ALL_ENTRIES, where=where, after="", limit=ALL):
            yield entry
            yield tx.contests.entries.rosters(entry.entity.id, after=0, limit=ALL)


def _read_money(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on accounts, movements, owed lines and payees."""
    yield money.balances(tx)
    yield money.owed_lines(tx, limit=ALL)
    yield money.owed_lines(tx, unpaid=True, limit=ALL)
    yield tx.money.payees.list_page(ALL_PAYEES, where={}, after="", limit=ALL)
    for party in PARTIES:
        yield money.statement(tx, party, limit=ALL)
    for account in tx.money.accounts.list_page(ALL_ACCOUNTS, where={}, after="", limit=ALL):
        yield account
        yield money.list_account_lines(tx, account.entity.id, limit=ALL)
    for movement in tx.money.movements.list_page(ALL_MOVEMENTS, where={}, after="", limit=ALL):
        yield movement
        yield money.list_postings(tx, movement.entity.id, limit=ALL)
        yield tx.money.movements.covered_items(movement.entity.id, after=0, limit=ALL)
        yield tx.money.movements.reversal_of(movement.entity.id)
