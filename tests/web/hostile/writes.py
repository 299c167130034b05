"""Scenarios of reused idempotency keys and of illegal transitions: rows 31 and 33."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.web.harness import Json, concept_url
from tests.web.hostile.requests import CREATION, EDIT, creation, creation_of
from tests.web.hostile.scenario import Deployment, Scenario, Send

OTHER_CREATIONS: Final = (
    creation(reason="another reason"),
    creation(reason="A first draft"),
    creation(reason="a first draft."),
    creation(change_note="another note"),
    creation(content={"name": "ratio"}),
    creation_of(definition="a"),
    creation_of(examples=["a"]),
    creation_of(examples=["a", "a"]),
    creation_of(prerequisites=["a"]),
    creation(content={"name": "Rati\u043e"}),
)
ILLEGAL_TRANSITIONS: Final = {
    "DRAFT": ("DRAFT", "APPROVED", "PUBLISHED"),
    "REVIEW": ("DRAFT", "REVIEW", "PUBLISHED"),
    "APPROVED": ("DRAFT", "REVIEW"),
    "PUBLISHED": ("DRAFT", "REVIEW", "APPROVED", "PUBLISHED"),
}


def reused_idempotency_key(body: Json, deployment: Deployment) -> Send:
    key = f"line-{next(deployment.numbers)}"
    deployment.web.post("/v1/concepts", json=CREATION, once=key)

    return lambda: deployment.web.post("/v1/concepts", json=body, once=key)


def illegal_transition(status: str, next_status: str, deployment: Deployment) -> Send:
    concept = deployment.web.at(status)

    return lambda: deployment.web.move(concept, next_status)


def edit_of_a_published_concept(deployment: Deployment) -> Send:
    concept = deployment.web.at("PUBLISHED")

    return lambda: deployment.web.put(concept_url(concept), json=EDIT, seq=concept["seq"])


def write_scenarios() -> Iterator[Scenario]:
    for body in OTHER_CREATIONS:
        prepare = partial(reused_idempotency_key, body)
        yield Scenario(31, str(body), 409, "IDEMPOTENCY_KEY_CONFLICT", prepare)

    for status, next_statuses in ILLEGAL_TRANSITIONS.items():
        for next_status in next_statuses:
            prepare = partial(illegal_transition, status, next_status)
            yield Scenario(33, f"{status} to {next_status}", 409, "INVALID_TRANSITION", prepare)
    yield Scenario(
        row=33,
        name="an edit of a published concept",
        status=409,
        code="INVALID_TRANSITION",
        prepare=edit_of_a_published_concept,
    )
