"""Play a program on every store, and compare results, refusals and histories."""

from collections import Counter
from collections.abc import Iterator

from attrs import define, field
from tests.stateful.capture_steps import USER
from tests.stateful.equality import differs
from tests.stateful.programs import MANY, World
from tests.stateful.steps import Call, Program, Verb
from tests.stateful.stores import Side, Templates

from indelible import captures, concepts, tokens
from indelible.app import ReadTx
from indelible.concepts import ConceptFilter
from indelible.kernel import IndelibleError, digest
from indelible.kernel.keys import list_keys
from indelible.kernel.settings import setting_texts
from indelible.testing.stores import AnyStore

ACCEPTED = "accepted"
SOME = 3


@define
class Tally:
    """What a store was asked, and how it answered."""

    programs: int = 0
    answers: Counter[str] = field(factory=Counter[str])

    def __str__(self) -> str:
        commands = self.answers.total()
        refused = ", ".join(
            f"{code} {number}" for code, number in self.answers.most_common() if code != ACCEPTED
        )
        return (
            f"{self.programs} programs, {commands} commands,"
            f" {self.answers[ACCEPTED]} accepted; refused: {refused}"
        )


Tallies = dict[str, Tally]


def play(program: Program, templates: Templates, tallies: Tallies) -> None:
    """Play the program on all stores; AssertionError at the first difference."""
    with templates.sides(four_eyes=program.four_eyes) as sides:
        world = World(sides[0].store)
        for side in sides:
            tallies.setdefault(side.name, Tally()).programs += 1
        for step in program.steps:
            if step.verb is Verb.REOPEN:
                for side in sides:
                    side.reopen()
            else:
                _compare(world.call(step), sides, tallies)
        _compare_ends(sides)


def _compare(call: Call, sides: tuple[Side, ...], tallies: Tallies) -> None:
    answers = [answer(side.store, call) for side in sides]
    for side, (code, said) in zip(sides, answers, strict=True):
        tallies[side.name].answers[code] += 1
        assert not differs((code, said), answers[0]), f"{side.name} differs from memory at {call}"


def answer(store: AnyStore, call: Call) -> tuple[str, object]:
    """The code of the refusal with its detail, or what was answered."""
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


def _compare_ends(sides: tuple[Side, ...]) -> None:
    for side in sides:
        side.settle()
    expected = sides[0].store.read(everything)
    for side in sides:
        changes = side.store.feed(limit=MANY).changes
        findings, rebuilt = side.checked()

        assert digest([change.hash for change in changes]) == expected[0], (
            f"{side.name} has another history"
        )
        assert not differs(side.store.read(everything), expected), (
            f"{side.name} reads back otherwise"
        )
        assert not findings, f"{side.name}: {findings}"
        assert not any(each.changed for each in rebuilt), f"{side.name}: {rebuilt}"


def everything(tx: ReadTx) -> tuple[object, ...]:
    """The digest of the history, and what the queries say of all that there is."""
    listed = concepts.list_concepts(tx, ConceptFilter(), limit=MANY)
    found = [each.concept.id for each in listed]
    return (
        digest([change.hash for change in tx.history.feed(after="", limit=MANY).changes]),
        listed,
        list_keys(tx, limit=MANY),
        [concepts.get_concept(tx, each) for each in found],
        [concepts.list_versions(tx, each, limit=MANY) for each in found],
        [concepts.list_warnings(tx, each) for each in found[-SOME:]],
        concepts.whole_graph(tx),
        concepts.get_learning_order(tx),
        *_captures(tx),
        *_tokens(tx),
    )


def _captures(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on captures."""
    yield captures.list_algorithms(tx)
    yield setting_texts(tx.settings)
    for saved in captures.list_spaces(tx, USER, limit=MANY):
        space_id = saved.space.id
        yield saved
        yield captures.list_subspaces(tx, USER, space_id, limit=MANY)
        yield captures.list_centroids(tx, USER, space_id)
        yield captures.recent_captures(tx, USER, space_id, limit=MANY)
        yield captures.list_artifacts(tx, USER, space_id, limit=MANY)


def _tokens(tx: ReadTx) -> Iterator[object]:
    """Yield the results of the queries on tokens."""
    yield tokens.token_stats(tx)
    yield tokens.leaderboard(tx)
    for token in tokens.list_tokens(tx, limit=MANY):
        yield tokens.get_token(tx, token.token_id)
