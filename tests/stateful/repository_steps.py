"""Steps by the methods of seed 000's `ConceptRepository`, in one transaction each."""

from datetime import datetime, timedelta

from attrs import evolve
from tests.stateful.concept_steps import UNKNOWN_ID, all_concepts
from tests.stateful.steps import ALL, Call, Step, Twist, World, pick_newest

from indelible.app import WriteTx
from indelible.concepts import CONCEPT, Concept, ConceptStatus, ConceptVersion
from indelible.testing.stores import BEGINNING

Values = tuple[Concept | ConceptVersion, ...]
SHORT_TIME = timedelta(microseconds=1)


def save_new(world: World, step: Step) -> Call:
    """Save a new concept and its first version; a wrong step saves values that do not fit."""
    number = len(world.calls)
    now = BEGINNING + timedelta(milliseconds=step.pick)
    concept = Concept(
        id=f"own-{number}",
        current_version=1,
        status=ConceptStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    version = concept.new_version(
        step.content, version_id=f"v-{number}", by=step.actor, note="first version"
    )
    if step.twist is Twist.RIGHT:
        return Call(save_values, (concept, version))

    choices = _wrong_new_values(concept, version)
    return Call(save_values, choices[step.pick % len(choices)])


def save_next(world: World, step: Step) -> Call:
    """Save a concept again: unchanged, in its next state or with its next version.

    A wrong step saves values that do not follow.
    """
    target = pick_newest(all_concepts(world), step.pick)
    if target is None:
        return save_new(world, step)

    concept = target.concept
    next_concept = evolve(
        concept, current_version=concept.current_version + 1, updated_at=_later(concept)
    )
    version = next_concept.new_version(
        step.content, version_id=f"v-{len(world.calls)}", by=step.actor, note="by hand"
    )
    if step.twist is Twist.RIGHT:
        choices = _right_next_values(concept, next_concept, version)
    else:
        choices = _wrong_next_values(concept, version)

    return Call(save_values, choices[step.pick % len(choices)])


def read(world: World, step: Step) -> Call:
    """Read a concept by the repository's four getters; a wrong step reads an unknown id."""
    target = pick_newest(all_concepts(world), step.pick)
    if target is None or step.twist is not Twist.RIGHT:
        return Call(read_concept, UNKNOWN_ID)

    return Call(read_concept, target.concept.id)


def save_values(tx: WriteTx, values: Values) -> None:
    """Save the values in their order."""
    for value in values:
        if isinstance(value, Concept):
            tx.concepts.repository.save_concept(value)
        else:
            tx.concepts.repository.save_version(value)


def read_concept(tx: WriteTx, concept_id: str) -> tuple[object, ...]:
    """Return the results of the repository's four getters."""
    return (
        tx.concepts.repository.get_concept(concept_id),
        tx.concepts.repository.get_latest_version(concept_id),
        tx.concepts.repository.get_version(concept_id, 1),
        tx.concepts.repository.get_version(concept_id, ALL),
        tx.concepts.repository.list_versions(concept_id),
    )


def _wrong_new_values(concept: Concept, version: ConceptVersion) -> list[Values]:
    return [
        (evolve(concept, status=ConceptStatus.REVIEW), version),
        (evolve(concept, current_version=2), version),
        (concept,),
        (version,),
        (concept, evolve(version, version_number=2)),
        (concept, evolve(version, created_at=concept.created_at + SHORT_TIME)),
    ]


def _right_next_values(
    concept: Concept, next_concept: Concept, version: ConceptVersion
) -> list[Values]:
    choices: list[Values] = [(concept,)]
    for edge in CONCEPT.edges:
        if edge.from_state != concept.status:
            continue
        if edge.adds_version:
            choices.append((next_concept, version))
        else:
            choices.append((evolve(concept, status=edge.to_state, updated_at=_later(concept)),))

    return choices


def _wrong_next_values(concept: Concept, version: ConceptVersion) -> list[Values]:
    later = evolve(concept, updated_at=_later(concept))
    next_concept = evolve(later, current_version=concept.current_version + 1)
    return [
        (later,),
        (next_concept,),
        (evolve(later, current_version=concept.current_version + 2),),
        (evolve(next_concept, status=ConceptStatus.PUBLISHED), version),
        (evolve(concept, created_at=_later(concept), updated_at=_later(concept)),),
        (evolve(later, status=ConceptStatus.DRAFT),),
        (version,),
        (evolve(version, version_number=1),),
        (next_concept, evolve(version, version_number=version.version_number + 1)),
        (next_concept, version, version),
    ]


def _later(concept: Concept) -> datetime:
    return concept.updated_at + SHORT_TIME
