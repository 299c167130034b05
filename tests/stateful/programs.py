"""Programs of commands.

Each step is resolved against the state of the oracle. On purpose, a fifth of the steps are stale,
illegal or repeated.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar

from attrs import define, evolve, field
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
from tests.stateful import capture_steps, token_steps
from tests.stateful.steps import Call, Program, Step, Twist, Verb, expected_seq, pick_near

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptFilter,
    ConceptStatus,
    ConceptSummary,
)
from indelible.kernel import Actor, Idempotency
from indelible.kernel.keys import (
    KEY,
    CreateKey,
    KeyCreated,
    KeySaved,
    RevokeKey,
    create_key,
    list_keys,
    revoke_key,
)
from indelible.testing.stores import BEGINNING, MAYA, NOOR, AnyStore

T = TypeVar("T")
Value = concepts.Concept | concepts.ConceptVersion
ACTORS = (MAYA, NOOR, Actor.system("importer"))
SHORTEST, LONGEST = 22, 28
MANY = 1_000
LATER = timedelta(microseconds=1)


CONCEPT_VERBS = (Verb.CREATE, Verb.EDIT, Verb.SUBMIT)
CAPTURE_VERBS = (Verb.CAPTURE, Verb.CAPTURE, Verb.SUBSPACE)
TOKEN_VERBS = (Verb.MINT, Verb.TOKEN, Verb.TOKEN)
VERBS = (
    *CONCEPT_VERBS * 2,
    *CAPTURE_VERBS,
    *TOKEN_VERBS,
    Verb.APPROVE,
    Verb.PUBLISH,
    Verb.SAVE,
    *Verb,
)
TWISTS = (*(Twist.RIGHT,) * 11, *Twist)  # a fifth of the steps is wrong
SURROGATES: Final[tuple[Literal["Cs"]]] = ("Cs",)
STORABLE = characters(exclude_categories=SURROGATES, exclude_characters="\x00")
texts = sampled_from(("", "A ratio of two quantities.", "How fast, as a rate.", "Speed")) | text(
    STORABLE, max_size=8
)
names = sampled_from(
    ("Ratio", " ratio", "Rate", "Straße", "50% off", "id-00000001", "own-1")
) | text(STORABLE, max_size=6)
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
    is_once=booleans(),
)


SPACE_STEPS = tuple(
    Step(
        verb=verb,
        twist=Twist.RIGHT,
        pick=pick,
        content=ConceptContent(name="Ratio"),
        actor=MAYA,
        is_once=False,
    )
    for pick, verb in enumerate(
        (Verb.ALGORITHM, Verb.ALGORITHM, Verb.SPACE, Verb.SUBSPACE, Verb.SUBSPACE, Verb.SUBSPACE)
    )
)


def programs(shortest: int = SHORTEST, longest: int = LONGEST) -> SearchStrategy[Program]:
    """Return programs of at least `shortest` steps; some begin by creating a space."""
    random_steps = lists(steps, min_size=shortest, max_size=longest).map(tuple)
    with_space = random_steps.map(lambda chosen: SPACE_STEPS + chosen)
    return builds(
        Program, steps=random_steps | with_space, four_eyes=sampled_from((False, False, True))
    )


@define
class World:
    """What the oracle holds, and what it was asked before."""

    oracle: AnyStore
    asked: list[Call] = field(factory=list[Call])
    _keys_given: int = field(default=0, init=False)

    def call(self, step: Step) -> Call:
        """The command that the step means now."""
        made = (
            self._repeated(step)
            if step.twist is Twist.REPEATED and self.asked
            else self._resolved(step)
        )
        self.asked.append(made)
        return made

    def _repeated(self, step: Step) -> Call:
        """Return an earlier call; with an idempotency key, it is repeated or changed."""
        keyed = [call for call in self.asked if call.idempotency is not None]
        if not keyed or not step.is_once:
            return self.asked[-1]
        again = keyed[step.pick % len(keyed)]
        other = self._resolved(evolve(step, twist=Twist.RIGHT))
        if step.pick % 2 or other.idempotency is None or again.idempotency is None:
            return again
        return evolve(
            other,
            idempotency=Idempotency(again.idempotency.key, other.idempotency.result_type),
            actor=again.actor,
        )

    def _resolved(self, step: Step) -> Call:
        call = RESOLVE[step.verb](self, step)
        returns = RETURNS.get(call.handler)
        if not step.is_once or returns is None:
            return evolve(call, actor=step.actor)
        self._keys_given += 1
        return evolve(
            call, actor=step.actor, idempotency=Idempotency(f"key-{self._keys_given}", returns)
        )

    def concepts(self) -> tuple[ConceptSummary, ...]:
        """Every concept as it stands."""
        return self.oracle.read(concepts.list_concepts, ConceptFilter(), limit=MANY)

    def keys(self) -> tuple[KeySaved, ...]:
        """Every key as it stands."""
        return self.oracle.read(list_keys, limit=MANY)

    def create(self, step: Step) -> Call:
        """A new concept; illegal is one that corrects what is not published."""
        unpublished = [
            each for each in self.concepts() if each.concept.status is not ConceptStatus.PUBLISHED
        ]
        corrects = pick_near(unpublished, step.pick) if step.twist is Twist.ILLEGAL else None
        command = concepts.CreateConcept(
            content=step.content, corrects=corrects.concept.id if corrects else None
        )
        return Call(concepts.create_concept, command)

    def correct(self, step: Step) -> Call:
        """A new concept in the place of a published one."""
        found = pick_near(
            [each for each in self.concepts() if each.concept.status is ConceptStatus.PUBLISHED],
            step.pick,
        )
        if found is None:
            return self.create(step)
        command = concepts.CreateConcept(content=step.content, corrects=found.concept.id)
        return Call(concepts.create_concept, command)

    def edit(self, step: Step) -> Call:
        """A concept's next version."""
        target = self._target(step, "edit")
        if target is None:
            return self.create(step)
        concept_id, seq = target
        command = concepts.EditConcept(
            concept_id=concept_id,
            expected_seq=seq,
            content=step.content,
            change_note=f"edit {step.pick}",
        )
        return Call(concepts.edit_concept, command)

    def move(self, step: Step) -> Call:
        """A concept's next state."""
        target = self._target(step, step.verb)
        if target is None:
            return self.create(step)
        handler, command = MOVES[step.verb]
        return Call(handler, command(concept_id=target[0], expected_seq=target[1]))

    def issue(self, step: Step) -> Call:
        """A new key; illegal is one with a scope that is none."""
        scopes = ("Concepts:READ",) if step.twist is Twist.ILLEGAL else ("concepts:read", "admin")
        return Call(create_key, CreateKey(owner=step.actor, scopes=scopes))

    def revoke(self, step: Step) -> Call:
        """The end of a key; illegal is the second end."""
        is_open = step.twist is not Twist.ILLEGAL
        found = pick_near(
            [each for each in self.keys() if bool(KEY.allowed(each.key.status)) is is_open],
            step.pick,
        )
        if found is None:
            return self.issue(step)
        return Call(
            revoke_key, RevokeKey(key_id=found.key.id, expected_seq=expected_seq(step, found.seq))
        )

    def bear(self, step: Step) -> Call:
        """A birth by the hand-off's two methods."""
        at = BEGINNING + timedelta(milliseconds=step.pick)
        number = len(self.asked)
        concept = Concept(
            id=f"own-{number}",
            current_version=1,
            status=ConceptStatus.DRAFT,
            created_at=at,
            updated_at=at,
        )
        version = concept.new_version(
            step.content, version_id=f"v-{number}", by=step.actor, note="first version"
        )
        odd = (
            (evolve(concept, status=ConceptStatus.REVIEW), version),
            (evolve(concept, current_version=2), version),
            (concept,),
            (version,),
            (concept, evolve(version, version_number=2)),
            (concept, evolve(version, created_at=at + LATER)),
        )
        is_right = step.twist is Twist.RIGHT
        return Call(save_values, (concept, version) if is_right else odd[step.pick % len(odd)])

    def save(self, step: Step) -> Call:
        """A next step by the hand-off's methods: a state, a version, nothing, or something odd."""
        found = pick_near(self.concepts(), step.pick)
        if found is None:
            return self.bear(step)
        concept = found.concept
        next_version = evolve(
            concept, current_version=concept.current_version + 1, updated_at=_after(concept)
        )
        version = next_version.new_version(
            step.content, version_id=f"v-{len(self.asked)}", by=step.actor, note="by hand"
        )
        right: list[Sequence[Value]] = [(concept,)]
        for edge in CONCEPT.edges:
            if edge.from_state == concept.status:
                moved = evolve(concept, status=edge.to_state, updated_at=_after(concept))
                right.append((next_version, version) if edge.adds_version else (moved,))
        choices = right if step.twist is Twist.RIGHT else _odd(concept, version)
        return Call(save_values, tuple(choices[step.pick % len(choices)]))

    def look(self, step: Step) -> Call:
        """What the hand-off's four readers say inside a transaction."""
        found = pick_near(self.concepts(), step.pick)
        unknown = found is None or step.twist is not Twist.RIGHT
        return Call(look_up, "nowhere" if unknown or found is None else found.concept.id)

    def _target(self, step: Step, action: str) -> tuple[str, int] | None:
        """Return the concept for an action with its expected seq, or None if there is none."""
        is_legal = step.twist is not Twist.ILLEGAL
        fits = [
            each
            for each in self.concepts()
            if (action in CONCEPT.allowed(each.concept.status)) is is_legal
        ]
        found = pick_near(fits, step.pick)
        if found is None:
            return None if is_legal else ("nowhere", 1)
        return found.concept.id, expected_seq(step, found.seq)


def save_values(tx: WriteTx, values: tuple[Value, ...]) -> None:
    """Save the values by the hand-off's methods, in their order."""
    for value in values:
        if isinstance(value, Concept):
            tx.concepts.repository.save_concept(value)
        else:
            tx.concepts.repository.save_version(value)


def look_up(tx: WriteTx, concept_id: str) -> tuple[object, ...]:
    """What the four readers of the hand-off answer."""
    return (
        tx.concepts.repository.get_concept(concept_id),
        tx.concepts.repository.get_latest_version(concept_id),
        tx.concepts.repository.get_version(concept_id, 1),
        tx.concepts.repository.get_version(concept_id, MANY),
        tx.concepts.repository.list_versions(concept_id),
    )


def _odd(concept: Concept, version: concepts.ConceptVersion) -> list[Sequence[Value]]:
    later = evolve(concept, updated_at=_after(concept))
    following = evolve(later, current_version=concept.current_version + 1)
    return [
        (later,),
        (following,),
        (evolve(later, current_version=concept.current_version + 2),),
        (evolve(following, status=ConceptStatus.PUBLISHED), version),
        (evolve(concept, created_at=_after(concept), updated_at=_after(concept)),),
        (evolve(later, status=ConceptStatus.DRAFT),),
        (version,),
        (evolve(version, version_number=1),),
        (following, evolve(version, version_number=version.version_number + 1)),
        (following, version, version),
    ]


def _after(concept: Concept) -> datetime:
    return concept.updated_at + LATER


MOVES: dict[Verb, tuple[Callable[[WriteTx, Any], object], Callable[..., object]]] = {
    Verb.SUBMIT: (concepts.submit_concept, concepts.SubmitConcept),
    Verb.APPROVE: (concepts.approve_concept, concepts.ApproveConcept),
    Verb.PUBLISH: (concepts.publish_concept, concepts.PublishConcept),
}
RETURNS: dict[Callable[[WriteTx, Any], object], type[object]] = {
    concepts.create_concept: concepts.ConceptSaved,
    concepts.edit_concept: concepts.ConceptSaved,
    concepts.submit_concept: concepts.ConceptSaved,
    concepts.approve_concept: concepts.ConceptSaved,
    concepts.publish_concept: concepts.ConceptSaved,
    create_key: KeyCreated,
    revoke_key: KeySaved,
}
RESOLVE: dict[Verb, Callable[[World, Step], Call]] = {
    Verb.CREATE: World.create,
    Verb.CORRECT: World.correct,
    Verb.EDIT: World.edit,
    Verb.SUBMIT: World.move,
    Verb.APPROVE: World.move,
    Verb.PUBLISH: World.move,
    Verb.ISSUE: World.issue,
    Verb.REVOKE: World.revoke,
    Verb.BEAR: World.bear,
    Verb.SAVE: World.save,
    Verb.LOOK: World.look,
    Verb.SPACE: lambda world, step: capture_steps.create_space(world.oracle, step),
    Verb.SUBSPACE: lambda world, step: capture_steps.create_subspace(world.oracle, step),
    Verb.RENAME: lambda world, step: capture_steps.change_space(world.oracle, step),
    Verb.CAPTURE: lambda world, step: capture_steps.capture(world.oracle, step),
    Verb.SETTING: lambda world, step: capture_steps.change_setting(world.oracle, step),
    Verb.ALGORITHM: lambda world, step: capture_steps.set_algorithm(world.oracle, step),
    Verb.MINT: lambda world, step: token_steps.mint(world.oracle, step),
    Verb.ROLL_BACK: lambda world, step: token_steps.roll_back(world.oracle, step),
    Verb.RECOVER: lambda world, step: token_steps.recover(world.oracle, step),
    Verb.PROMPT: lambda world, step: token_steps.set_prompt(world.oracle, step),
    Verb.TOKEN: lambda world, step: token_steps.move_token(world.oracle, step),
    Verb.RETRY: lambda world, step: token_steps.retry(world.oracle, step),
    Verb.REVEAL: lambda world, step: token_steps.reveal(world.oracle, step),
}
