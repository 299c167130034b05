"""Hostile input to the library is refused with a code, and a refused call writes nothing."""

from collections.abc import Callable
from random import Random
from typing import Any, Final, cast

import pytest
from tests.doses.fuzz.hostile import CODES, TEXTS, VALUES, Tally, bent
from tests.sql.conftest import opened
from tests.web.hostile.scenario import rows

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptFilter
from indelible.kernel import Idempotency, IndelibleError
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, revoke_key
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, verify

CALLS: Final = 500
CONTENT: Final[dict[str, Any]] = {
    "name": "Ratio",
    "definition": "A comparison.",
    "examples": ["1:2"],
    "prerequisites": ["Number"],
}


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_hostile_input_is_refused_with_its_code_and_writes_nothing(
    fixture: str,
    request: pytest.FixtureRequest,
    chance: Random,
    add_summary_line: Callable[[str], None],
) -> None:
    database = request.getfixturevalue(fixture)
    tally = Tally()
    with opened(getattr(database, "url", database)) as store:
        concept_id = create(store).concept.id
        for _ in range(CALLS):
            attempt = chance.choice(ATTEMPTS)
            rows_before = rows(store)
            code = "accepted"
            try:
                attempt(store, concept_id, chance)
            except IndelibleError as error:
                code = error.code
                if code not in CODES or rows(store) != rows_before:
                    tally.wrong.append(f"{attempt.__name__}: {code} {error.detail}")
            except Exception as error:  # noqa: BLE001 - the faults that this test looks for
                code = type(error).__name__
                tally.wrong.append(f"{attempt.__name__}: {error!r}"[:500])
            tally.answers[code] += 1
        findings = verify(store)

    add_summary_line(f"hostile calls, {fixture}: {dict(tally.answers)}")
    assert tally.wrong == []
    assert len(tally.answers) >= 10
    assert findings == ()


def _as_content(value: object) -> Any:  # noqa: ANN401 - what content may hold, or may not
    """Return the value as content holds it: lists are tuples."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def _content(chance: Random) -> Any:  # noqa: ANN401 - it may be none
    name = chance.choice(sorted(CONTENT))
    fields = {key: _as_content(value) for key, value in CONTENT.items()}
    fields[name] = _as_content(bent(CONTENT[name], chance))
    return ConceptContent(**fields)


def _create(store: SqlStore, _: str, chance: Random) -> None:
    command = concepts.CreateConcept(
        content=_content(chance), corrects=chance.choice((None, *VALUES))
    )
    store.run(concepts.create_concept, command, actor=MAYA, reason="is fuzzed")


def _edit(store: SqlStore, here: str, chance: Random) -> None:
    command = concepts.EditConcept(
        concept_id=chance.choice((here, chance.choice(VALUES))),
        expected_seq=chance.choice((1, chance.choice(VALUES))),
        content=_content(chance),
        change_note=chance.choice(("a note", chance.choice(VALUES))),
    )
    store.run(concepts.edit_concept, command, actor=MAYA, reason="is fuzzed")


def _reason(store: SqlStore, _: str, chance: Random) -> None:
    command = concepts.CreateConcept(content=ConceptContent(name="Ratio"))
    idempotency = Idempotency(chance.choice(TEXTS), concepts.ConceptSaved)
    reason = chance.choice(VALUES)
    store.run(
        concepts.create_concept,
        command,
        actor=MAYA,
        reason=reason,
        idempotency=chance.choice((None, idempotency)),
    )


def _submit(store: SqlStore, here: str, chance: Random) -> None:
    command = concepts.SubmitConcept(
        concept_id=chance.choice((here, *VALUES)), expected_seq=chance.choice(VALUES)
    )
    store.run(concepts.submit_concept, command, actor=MAYA, reason="is fuzzed")


def _key(store: SqlStore, _: str, chance: Random) -> None:
    scopes = chance.choice((("admin", chance.choice(VALUES)), chance.choice(VALUES)))
    store.run(create_key, CreateKey(owner=MAYA, scopes=scopes), actor=MAYA, reason="is fuzzed")


def _revoke(store: SqlStore, _: str, chance: Random) -> None:
    command = RevokeKey(key_id=chance.choice(VALUES), expected_seq=chance.choice((1, *VALUES)))
    store.run(revoke_key, command, actor=MAYA, reason="is fuzzed")


def _ask(store: SqlStore, here: str, chance: Random) -> None:
    value = chance.choice(VALUES)
    queries: tuple[Callable[[], object], ...] = (
        lambda: store.read(concepts.get_concept, value),
        lambda: store.read(concepts.list_history, value),
        lambda: store.read(concepts.concept_as_of, here, seq=value),
        lambda: store.read(concepts.list_concepts, ConceptFilter(text=value)),
        lambda: store.feed(after=value),
    )
    chance.choice(queries)()


ATTEMPTS = (_create, _edit, _reason, _submit, _key, _revoke, _ask)
