"""Test that the reason of a command has one name, and that an allowed action is one to send."""

import re
from collections.abc import Iterator
from typing import Final

from tests.web.harness import Json, Web

from indelible.concepts import CONCEPT
from indelible_web.contexts import CONTEXTS
from indelible_web.http.access import SIGNED
from indelible_web.http.routing import Operation

REASON: Final = "reason"
# Words that could name a reason too. Seed 000 names the note of a version, which is its own field.
OTHER_WORDS: Final = re.compile(
    r"reason|note|why|comment|cause|justification|rationale|motive|remark|purpose|grounds"
)
NOTE: Final = "change_note"
# They change nothing, or change by an outer request that has no reason of its own.
WITHOUT_REASON: Final = {
    "create_capture_batch",
    "critique_architecture",
    "plan_architecture",
    "preview_margin",
    "search_artifacts",
}
# Fields of answers that tell something else than why a change was made.
OF_OTHER_THINGS: Final = {
    "purpose": {"PlannedFileView"},
    "disabled_reason": {"OwnAccountView"},
}


def bodies(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield the id of each operation with a body, and the schema of the body."""
    schemas = document["components"]["schemas"]
    for by_method in document["paths"].values():
        for operation in by_method.values():
            if "requestBody" not in operation:
                continue
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            yield operation["operationId"], schemas[name]


def all_operations() -> Iterator[Operation]:
    """Yield the routes of every context."""
    for context in CONTEXTS:
        for routes in context.routes:
            yield from routes.operations


def test_every_command_takes_its_reason_in_one_field(web: Web) -> None:
    signed = {operation.name for operation in all_operations() if operation.scopes == SIGNED}
    lacking: set[str] = set()
    texts: set[str] = set()
    for name, schema in bodies(web.document):
        properties = schema["properties"]
        if REASON in properties:
            texts.add(properties[REASON]["description"].partition(" If it is left out")[0])
        else:
            lacking.add(name)

    # The reason of a signed request is the message that its wallet has signed.
    assert lacking == WITHOUT_REASON | signed
    assert len(texts) == 1


def test_no_field_or_parameter_has_a_second_name_of_the_reason(web: Web) -> None:
    names: dict[str, set[str]] = {}
    for schema_name, schema in web.document["components"]["schemas"].items():
        for name in schema.get("properties", {}):
            if OTHER_WORDS.search(name):
                names.setdefault(name, set()).add(schema_name)
    for by_method in web.document["paths"].values():
        for operation in by_method.values():
            for parameter in operation.get("parameters", ()):
                assert not OTHER_WORDS.search(parameter["name"])

    for name, schemas in OF_OTHER_THINGS.items():
        assert names.pop(name) == schemas
    assert set(names) == {REASON, NOTE}
    # Where a request has a note, it has a reason as well.
    assert {name for name in names[NOTE] if name.endswith("Body")} <= names[REASON]


def test_the_reason_of_every_command_is_in_the_field_of_that_name() -> None:
    fields = {operation.reason for operation in all_operations() if operation.scopes != SIGNED}

    assert fields == {REASON, ""}


def test_every_action_that_a_409_can_allow_is_one_to_send(web: Web) -> None:
    (schema,) = (schema for name, schema in bodies(web.document) if name == "move_concept")
    accepted = set(schema["properties"]["status"]["enum"])
    own_routes = {"create", "edit"}
    actions = {edge.action for edge in CONCEPT.edges}
    states = {edge.to_state for edge in CONCEPT.edges}

    assert actions - own_routes <= accepted
    assert accepted <= actions | states
