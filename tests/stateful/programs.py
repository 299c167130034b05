"""Generate programs of commands.

The twists make a fifth of the steps stale, illegal or repeated.
"""

from collections.abc import Sequence
from operator import add
from typing import Final, Literal

from hypothesis.strategies import (
    SearchStrategy,
    booleans,
    builds,
    characters,
    integers,
    just,
    lists,
    none,
    sampled_from,
    text,
)
from tests.stateful.steps import Program, Step, Twist, Verb

from indelible.concepts import ConceptContent
from indelible.kernel import Actor
from indelible.testing.stores import MAYA, NOOR

ACTORS = (MAYA, NOOR, Actor.system("importer"))
MIN_STEPS = 22
MAX_STEPS = 28

CONCEPT_VERBS = (Verb.CREATE, Verb.EDIT, Verb.SUBMIT)
CAPTURE_VERBS = (Verb.CAPTURE, Verb.CAPTURE, Verb.SUBSPACE)
TOKEN_VERBS = (Verb.MINT, Verb.TOKEN, Verb.TOKEN)
PROJECT_VERBS = (Verb.CHANGE_PROJECT, Verb.JOB, *(Verb.CHANGE_JOB,) * 4)
CONTEST_VERBS = (Verb.ENTRY, Verb.ENTRY, Verb.CHANGE_ENTRY, Verb.CHANGE_ENTRY, Verb.CHANGE_CONTEST)
# A verb is generated as often as it is listed; every verb is listed at least once.
VERBS = (
    *CONCEPT_VERBS * 2,
    *CAPTURE_VERBS,
    *TOKEN_VERBS,
    *PROJECT_VERBS,
    *CONTEST_VERBS,
    Verb.APPROVE,
    Verb.PUBLISH,
    *Verb,
)
TWISTS = (*(Twist.RIGHT,) * 11, *Twist)  # 12 of 15 steps are right

SURROGATES: Final[tuple[Literal["Cs"]]] = ("Cs",)
STORABLE = characters(exclude_categories=SURROGATES, exclude_characters="\x00")
TEXTS = ("", "A ratio of two quantities.", "How fast, as a rate.", "Speed")
NAMES = ("Ratio", " ratio", "Rate", "Straße", "50% off", "id-00000001", "own-1")
texts = sampled_from(TEXTS) | text(STORABLE, max_size=8)
names = sampled_from(NAMES) | text(STORABLE, max_size=6)
contents = builds(
    ConceptContent,
    name=names,
    definition=texts,
    examples=lists(texts, max_size=2).map(tuple),
    prerequisites=lists(names, max_size=2).map(tuple),
    scope_boundaries=none() | texts,
)


def steps_of(verbs: Sequence[Verb]) -> SearchStrategy[Step]:
    """Return the strategy of steps with these verbs."""
    return builds(
        Step,
        verb=sampled_from(verbs),
        twist=sampled_from(TWISTS),
        pick=integers(0, 2**16),
        content=contents,
        actor=sampled_from(ACTORS),
        has_idempotency_key=booleans(),
    )


steps = steps_of(VERBS)

SPACE_VERBS = (
    Verb.ALGORITHM,
    Verb.ALGORITHM,
    Verb.SPACE,
    Verb.SUBSPACE,
    Verb.SUBSPACE,
    Verb.SUBSPACE,
)
# A contest, its field and three entries.
ENTRY_VERBS = (Verb.CONTEST, Verb.ENTRY, Verb.ENTRY, Verb.ENTRY, Verb.ENTRY)


MONEY_VERBS = (
    Verb.FEE,
    Verb.SETTLE,
    Verb.PAY_OUT,
    Verb.PAY_OUT,
    Verb.REVERSE_PAYOUT,
    Verb.TOP_UP,
    Verb.PROPOSE_REVERSAL,
    Verb.PROPOSE_REVERSAL,
    Verb.APPROVE_REVERSAL,
    Verb.APPROVE_REVERSAL,
    Verb.PAYEE,
    Verb.PAYEE,
    Verb.REOPEN,
)
# The fees of two references, the settlement of one, and a payout.
SETTLED_VERBS = (*(Verb.FEE,) * 10, Verb.SETTLE, Verb.PAY_OUT)


def right_steps(verbs: Sequence[Verb], first_pick: int) -> tuple[Step, ...]:
    """Return a step of each verb, by which a program begins."""
    content = ConceptContent(name="Ratio")
    result: list[Step] = []
    for pick, verb in enumerate(verbs, first_pick):
        step = Step(
            verb=verb,
            twist=Twist.RIGHT,
            pick=pick,
            content=content,
            actor=MAYA,
            has_idempotency_key=False,
        )
        result.append(step)

    return tuple(result)


def programs() -> SearchStrategy[Program]:
    """Return the strategy of programs.

    A quarter of them begin with an algorithm and a space with three subspaces, a quarter with a
    contest and its entries, and a quarter with fees and a settlement.
    """
    beginnings = sampled_from(
        (
            (),
            right_steps(SPACE_VERBS, 0),
            right_steps(ENTRY_VERBS, 1),
            right_steps(SETTLED_VERBS, 0),
        )
    )
    return programs_of(steps, beginnings)


def money_programs() -> SearchStrategy[Program]:
    """Return the strategy of programs that move money only."""
    return programs_of(steps_of(MONEY_VERBS), just(right_steps(SETTLED_VERBS, 0)))


def programs_of(
    steps: SearchStrategy[Step], beginnings: SearchStrategy[tuple[Step, ...]]
) -> SearchStrategy[Program]:
    """Return the strategy of programs with these steps after a beginning."""
    following = lists(steps, min_size=MIN_STEPS, max_size=MAX_STEPS).map(tuple)
    all_steps = builds(add, beginnings, following)
    return builds(Program, steps=all_steps, four_eyes=sampled_from((False, False, True)))
