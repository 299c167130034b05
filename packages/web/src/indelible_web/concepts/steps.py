"""The steps of a concept: each is one command, with a scope of its own."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible import concepts
from indelible.app import ReadTx
from indelible.kernel import IndelibleError, InvalidTransition, Stale
from indelible.kernel.kinds import Count, Identifier, kinds
from indelible_web.http.operation import OperationContext

REVIEW: Final = "concepts:review"
APPROVE: Final = "concepts:approve"
PUBLISH: Final = "concepts:publish"


class ConceptStep(StrEnum):
    """A step of a concept: the action, as `allowed` lists it, or the status it leads to."""

    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"
    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


@frozen(kw_only=True, field_transformer=kinds)
class MoveConcept:
    """A step of a concept."""

    concept_id: Identifier
    expected_seq: Count
    status: ConceptStep


def run_submit(context: OperationContext, step: MoveConcept) -> concepts.ConceptSaved:
    """Submit a concept for review."""
    command = concepts.SubmitConcept(concept_id=step.concept_id, expected_seq=step.expected_seq)
    return context.run(concepts.submit_concept, command)


def run_approve(context: OperationContext, step: MoveConcept) -> concepts.ConceptSaved:
    """Approve a concept."""
    command = concepts.ApproveConcept(concept_id=step.concept_id, expected_seq=step.expected_seq)
    return context.run(concepts.approve_concept, command)


def run_publish(context: OperationContext, step: MoveConcept) -> concepts.ConceptSaved:
    """Publish a concept."""
    command = concepts.PublishConcept(concept_id=step.concept_id, expected_seq=step.expected_seq)
    return context.run(concepts.publish_concept, command)


@frozen
class Step:
    """The command that leads to a status, and the scope that it needs."""

    scope: str
    run: Callable[[OperationContext, MoveConcept], concepts.ConceptSaved]


SUBMIT_STEP: Final = Step(REVIEW, run_submit)
APPROVE_STEP: Final = Step(APPROVE, run_approve)
PUBLISH_STEP: Final = Step(PUBLISH, run_publish)
STEPS: Final[Mapping[str, Step]] = {
    ConceptStep.SUBMIT: SUBMIT_STEP,
    ConceptStep.REVIEW: SUBMIT_STEP,
    ConceptStep.APPROVE: APPROVE_STEP,
    ConceptStep.APPROVED: APPROVE_STEP,
    ConceptStep.PUBLISH: PUBLISH_STEP,
    ConceptStep.PUBLISHED: PUBLISH_STEP,
}


def run_step(context: OperationContext, step: MoveConcept) -> concepts.ConceptSaved:
    """Run the command of a step.

    Raises: InvalidTransition with all actions that the concept's state allows.
    """
    if step.status not in STEPS:
        raise context.store.read(_invalid_step, step)

    target = STEPS[step.status]
    context.caller.require_scope(target.scope)

    return target.run(context, step)


def _invalid_step(tx: ReadTx, step: MoveConcept) -> IndelibleError:
    """Return the error of a step to a status that no command leads to."""
    view = concepts.get_concept(tx, step.concept_id)
    if view.seq != step.expected_seq:
        return Stale(step.concept_id, step.expected_seq, view.seq)

    status = view.concept.status
    allowed = concepts.CONCEPT.allowed(status)
    return InvalidTransition(concepts.CONCEPT.name, status, f"to {step.status}", allowed)
