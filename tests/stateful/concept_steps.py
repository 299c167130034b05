"""Steps of concepts: each becomes a command that fits the concepts of the oracle."""

from collections.abc import Callable
from typing import Any

from tests.stateful.steps import (
    ALL,
    Call,
    Handler,
    Step,
    Twist,
    Verb,
    World,
    expected_seq,
    pick_newest,
)

from indelible import concepts
from indelible.concepts import CONCEPT, ConceptFilter, ConceptStatus, ConceptSummary

UNKNOWN_ID = "nowhere"
TRANSITIONS: dict[Verb, tuple[Handler, Callable[..., Any]]] = {
    Verb.SUBMIT: (concepts.submit_concept, concepts.SubmitConcept),
    Verb.APPROVE: (concepts.approve_concept, concepts.ApproveConcept),
    Verb.PUBLISH: (concepts.publish_concept, concepts.PublishConcept),
}


def all_concepts(world: World) -> tuple[ConceptSummary, ...]:
    """Return the summaries of all concepts."""
    return world.oracle.read(concepts.list_concepts, ConceptFilter(), limit=ALL)


def create(world: World, step: Step) -> Call:
    """Create a concept; an illegal one corrects an unpublished concept."""
    corrected = None
    if step.twist is Twist.ILLEGAL:
        corrected = _pick_concept(world, step, is_published=False)

    return _create(step, corrected)


def correct(world: World, step: Step) -> Call:
    """Create a concept that corrects a published one."""
    corrected = _pick_concept(world, step, is_published=True)
    if corrected is None:
        return create(world, step)

    return _create(step, corrected)


def edit(world: World, step: Step) -> Call:
    """Add the next version of a concept."""
    target = _target(world, step, "edit")
    if target is None:
        return create(world, step)

    concept_id, seq = target
    command = concepts.EditConcept(
        concept_id=concept_id,
        expected_seq=seq,
        content=step.content,
        change_note=f"edit {step.pick}",
    )
    return Call(concepts.edit_concept, command)


def change_state(world: World, step: Step) -> Call:
    """Submit, approve or publish a concept, as the step's verb says."""
    target = _target(world, step, step.verb)
    if target is None:
        return create(world, step)

    concept_id, seq = target
    handler, command_class = TRANSITIONS[step.verb]
    return Call(handler, command_class(concept_id=concept_id, expected_seq=seq))


def _create(step: Step, corrected: ConceptSummary | None) -> Call:
    corrected_id = corrected.concept.id if corrected else None
    command = concepts.CreateConcept(content=step.content, corrects=corrected_id)
    return Call(concepts.create_concept, command)


def _pick_concept(world: World, step: Step, *, is_published: bool) -> ConceptSummary | None:
    """Return one of the newest concepts that are published, or that are not."""
    choices: list[ConceptSummary] = []
    for summary in all_concepts(world):
        if (summary.concept.status is ConceptStatus.PUBLISHED) is is_published:
            choices.append(summary)

    return pick_newest(choices, step.pick)


def _target(world: World, step: Step, action: str) -> tuple[str, int] | None:
    """Return a concept's id and expected seq for the action, or None if no concept allows it.

    An illegal step gets a concept that does not allow the action, or an unknown id.
    """
    is_legal = step.twist is not Twist.ILLEGAL
    choices: list[ConceptSummary] = []
    for summary in all_concepts(world):
        is_allowed = action in CONCEPT.allowed(summary.concept.status)
        if is_allowed is is_legal:
            choices.append(summary)

    target = pick_newest(choices, step.pick)
    if target is not None:
        return target.concept.id, expected_seq(step, target.seq)

    return None if is_legal else (UNKNOWN_ID, 1)
