"""Generate programs of commands.

The twists make a fifth of the steps stale, illegal or repeated.
"""

from typing import Final, Literal

from hypothesis.strategies import (
    SearchStrategy,
    booleans,
    builds,
    characters,
    integers,
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
# A verb is generated as often as it is listed; every verb is listed at least once.
VERBS = (
    *CONCEPT_VERBS * 2,
    *CAPTURE_VERBS,
    *TOKEN_VERBS,
    *PROJECT_VERBS,
    Verb.APPROVE,
    Verb.PUBLISH,
    Verb.SAVE_NEXT,
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
steps = builds(
    Step,
    verb=sampled_from(VERBS),
    twist=sampled_from(TWISTS),
    pick=integers(0, 2**16),
    content=contents,
    actor=sampled_from(ACTORS),
    has_idempotency_key=booleans(),
)

SPACE_VERBS = (
    Verb.ALGORITHM,
    Verb.ALGORITHM,
    Verb.SPACE,
    Verb.SUBSPACE,
    Verb.SUBSPACE,
    Verb.SUBSPACE,
)


def space_steps() -> tuple[Step, ...]:
    """Return the steps that activate an algorithm and create a space with three subspaces."""
    content = ConceptContent(name="Ratio")
    result: list[Step] = []
    for pick, verb in enumerate(SPACE_VERBS):
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
    """Return the strategy of programs; half of them begin by creating a space."""
    space = space_steps()
    without_space = lists(steps, min_size=MIN_STEPS, max_size=MAX_STEPS).map(tuple)
    with_space = without_space.map(lambda generated: space + generated)
    return builds(
        Program, steps=without_space | with_space, four_eyes=sampled_from((False, False, True))
    )
