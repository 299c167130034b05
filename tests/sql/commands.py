"""Every command with its preconditions, for tests of faults."""

import time
from collections.abc import Callable
from typing import Any, Final

from attrs import evolve, frozen

from indelible import captures, concepts
from indelible.app import WriteTx
from indelible.captures import CaptureArtifactCommand, CaptureResult
from indelible.concepts import ConceptSaved
from indelible.kernel import Idempotency, RequestInFlight
from indelible.kernel.keys import CreateKey, KeyCreated, KeySaved, RevokeKey, create_key, revoke_key
from indelible.testing.captures.scenarios import X1, A, B, activate_algorithm_for, space_of
from indelible.testing.stores import (
    CLEARER,
    MAYA,
    NOOR,
    RATIO,
    AnyStore,
    approve,
    create,
    do,
    submit,
)

MAX_WAIT_SECONDS: Final = 30
POLL_SECONDS: Final = 0.01


@frozen
class Work:
    """A handler, and a function that prepares a command for it."""

    handler: Callable[[WriteTx, Any], Any]
    result_type: type[Any]
    prepare: Callable[[AnyStore], Any]
    is_receipted: bool = True  # a capture has a capture key instead, which its signal stores

    def run(self, store: AnyStore, command: object, key: str | None) -> Any:  # noqa: ANN401 - any result
        """Run the command, under the idempotency key if there is one."""
        idempotency = None
        if key and self.is_receipted:
            idempotency = Idempotency(key, self.result_type)

        actor = MAYA
        if self.handler is concepts.approve_concept:
            actor = NOOR

        return do(store, self.handler, command, actor=actor, idempotency=idempotency)

    def run_when_free(self, store: AnyStore, command: object, key: str | None) -> Any:  # noqa: ANN401 - any result
        """Run the command; repeat it until the server notices that the first client is dead.

        Raises: RequestInFlight, if this takes longer than 30 seconds.
        """
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while True:
            try:
                return self.run(store, command, key)
            except RequestInFlight:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)

    def repeated_result(self, result: Any) -> Any:  # noqa: ANN401 - any result
        """Return the result that a repeated request gets: a key's secret is returned only once."""
        if isinstance(result, CaptureResult):
            return evolve(result, replayed=True)

        if isinstance(result, KeyCreated):
            return evolve(result, text="")

        return result

    def effect(self, result: Any) -> object:  # noqa: ANN401 - any result
        """Return what identifies the effect: the seq of the change, or the id of the signal."""
        if isinstance(result, CaptureResult):
            return result.signal_id

        return result.seq


def _prepare_create(_: AnyStore) -> concepts.CreateConcept:
    return concepts.CreateConcept(content=RATIO)


def _prepare_edit(store: AnyStore) -> concepts.EditConcept:
    saved = create(store)
    return concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="says it more clearly",
    )


def _prepare_submit(store: AnyStore) -> concepts.SubmitConcept:
    saved = create(store)
    return concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _prepare_approve(store: AnyStore) -> concepts.ApproveConcept:
    saved = submit(store, create(store))
    return concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _prepare_publish(store: AnyStore) -> concepts.PublishConcept:
    saved = approve(store, submit(store, create(store)))
    return concepts.PublishConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _prepare_create_key(_: AnyStore) -> CreateKey:
    return CreateKey(owner=MAYA, scopes=("admin",))


def _prepare_revoke_key(store: AnyStore) -> RevokeKey:
    created = do(store, create_key, _prepare_create_key(store))
    return RevokeKey(key_id=created.key.id, expected_seq=created.seq)


def _prepare_capture(store: AnyStore) -> CaptureArtifactCommand:
    if not store.read(captures.list_algorithms):
        activate_algorithm_for(store)

    space = space_of(store)
    space.subspace(A)
    space.subspace(B)
    space.capture(A, url="https://example.org/before")
    return space.command(X1, capture_key=f"of-{space.space_id}")


WORKS: Final = {
    "create": Work(concepts.create_concept, ConceptSaved, _prepare_create),
    "edit": Work(concepts.edit_concept, ConceptSaved, _prepare_edit),
    "submit": Work(concepts.submit_concept, ConceptSaved, _prepare_submit),
    "approve": Work(concepts.approve_concept, ConceptSaved, _prepare_approve),
    "publish": Work(concepts.publish_concept, ConceptSaved, _prepare_publish),
    "create a key": Work(create_key, KeyCreated, _prepare_create_key),
    "revoke a key": Work(revoke_key, KeySaved, _prepare_revoke_key),
    "capture": Work(captures.capture_artifact, CaptureResult, _prepare_capture, is_receipted=False),
}
# Repeated without an idempotency key, these create another aggregate.
CREATING_COMMANDS: Final = {"create", "create a key"}
