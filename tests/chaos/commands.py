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

LONGEST_WAIT_SECONDS: Final = 30


@frozen
class Work:
    """A handler, and a function that prepares a command for it."""

    handler: Callable[[WriteTx, Any], Any]
    returns: type[Any]
    prepare: Callable[[AnyStore], Any]
    is_receipted: bool = True  # a capture brings a key of its own, which its signal keeps

    def ask(self, store: AnyStore, command: object, key: str | None) -> Any:  # noqa: ANN401 - of any command
        """Run the command, under the caller's key if there is one."""
        actor = NOOR if self.handler is concepts.approve_concept else MAYA
        return do(
            store,
            self.handler,
            command,
            actor=actor,
            idempotency=Idempotency(key, self.returns) if key and self.is_receipted else None,
        )

    def replayed(self, answer: Any) -> Any:  # noqa: ANN401 - of any command
        """Return the result of a repeated request: a key's secret is returned only once."""
        if isinstance(answer, CaptureResult):
            return evolve(answer, replayed=True)
        return evolve(answer, text="") if isinstance(answer, KeyCreated) else answer

    def effect(self, answer: Any) -> object:  # noqa: ANN401 - of any command
        """Return what identifies the effect: the seq in the history, or the id of the record."""
        return answer.signal_id if isinstance(answer, CaptureResult) else answer.seq

    def ask_patiently(self, store: AnyStore, command: object, key: str | None) -> Any:  # noqa: ANN401 - of any command
        """Run the command; repeat it until the server has noticed that the first client is dead."""
        end = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            try:
                return self.ask(store, command, key)
            except RequestInFlight:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)


def _editing(store: AnyStore) -> concepts.EditConcept:
    saved = create(store)
    return concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="says it more clearly",
    )


def _submitting(store: AnyStore) -> concepts.SubmitConcept:
    saved = create(store)
    return concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _approving(store: AnyStore) -> concepts.ApproveConcept:
    saved = submit(store, create(store))
    return concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _publishing(store: AnyStore) -> concepts.PublishConcept:
    saved = approve(store, submit(store, create(store)))
    return concepts.PublishConcept(concept_id=saved.concept.id, expected_seq=saved.seq)


def _creating_key(_: AnyStore) -> CreateKey:
    return CreateKey(owner=MAYA, scopes=("admin",))


def _revoking(store: AnyStore) -> RevokeKey:
    made = do(store, create_key, _creating_key(store))
    return RevokeKey(key_id=made.key.id, expected_seq=made.seq)


def _capturing(store: AnyStore) -> CaptureArtifactCommand:
    if not store.read(captures.list_algorithms):
        activate_algorithm_for(store)
    space = space_of(store)
    for seed in (A, B):
        space.subspace(seed)
    space.capture(A, url="https://example.org/before")
    return space.command(X1, capture_key=f"of-{space.space_id}")


WORKS: Final = {
    "create": Work(
        concepts.create_concept, ConceptSaved, lambda _: concepts.CreateConcept(content=RATIO)
    ),
    "edit": Work(concepts.edit_concept, ConceptSaved, _editing),
    "submit": Work(concepts.submit_concept, ConceptSaved, _submitting),
    "approve": Work(concepts.approve_concept, ConceptSaved, _approving),
    "publish": Work(concepts.publish_concept, ConceptSaved, _publishing),
    "create a key": Work(create_key, KeyCreated, _creating_key),
    "revoke a key": Work(revoke_key, KeySaved, _revoking),
    "capture": Work(captures.capture_artifact, CaptureResult, _capturing, is_receipted=False),
}
BIRTHS: Final = {
    "create",
    "create a key",
}  # repeated without an idempotency key, they create another one
