"""Hostile input for a store, through the Python API and over HTTP: each refusal is one of ours, and writes nothing."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, cast
from urllib.parse import quote

from attrs import define, field
from sqlalchemy import text
from tests.fuzz.hostile import CONTENT, HEADERS, ROUTES, TEXTS, VALUES, bent, body
from tests.web.harness import Web

import indelible_web
from indelible import concepts
from indelible.concepts import ConceptContent, ConceptFilter
from indelible.kernel import Idempotency, IndelibleError
from indelible.kernel.errors import error_types
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, revoke_key
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG

assert indelible_web  # its refusals are to be known
CODES = {error.code for error in error_types()}


def tupled(value: object) -> Any:  # noqa: ANN401 - what content holds, or should not
    """The value as content keeps it."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


KEPT: dict[str, Any] = {name: tupled(each) for name, each in CONTENT.items()}


@define
class Told:
    """How often each answer was given, by way, status and code; and what should not have happened."""

    answers: Counter[str] = field(factory=Counter[str])
    wrong: list[str] = field(factory=list[str])


def rows(store: SqlStore) -> tuple[Any, ...]:
    """How many rows each table has."""
    schema = "" if store.engines.reader.dialect.name == "sqlite" else "indelible."
    counts = ", ".join(f"(SELECT count(*) FROM {schema}{table.name})" for table in CATALOG.tables)
    return store.read(lambda tx: tuple(tx.connection.execute(text(f"SELECT {counts}")).one()))


def over_http(web: Web, store: SqlStore, chance: Random, times: int, told: Told) -> None:
    """So many requests, each with something hostile in it."""
    here = web.create()["concept"]["id"]
    for _ in range(times):
        method, path, right = chance.choice(ROUTES)
        place = path.format(
            here=here, text=quote(chance.choice(TEXTS).encode("utf-8", "surrogatepass"), safe="")
        )
        sent: dict[str, Any] = {
            "headers": dict(chance.sample(HEADERS, chance.choice((0, 0, 1, 2))))
        }
        if right is None:
            sent["headers"].pop("If-Match", None)
        else:
            sent |= {"data": body(right, chance), "seq": chance.choice((1, 1, 2, 2**63))}
        before, asked = rows(store), f"{method} {place} {sent!r}"[:500]
        try:
            answer = web.send(method, place, **sent)
        except Exception as error:  # noqa: BLE001 - an answer that the document does not promise, or none
            told.wrong.append(f"{asked}: {error!r}")
            continue
        code = "" if answer.status_code < 400 else answer.get_json()["code"]
        told.answers[f"HTTP {answer.status_code} {code}".strip()] += 1
        is_refused = answer.status_code >= 400
        if answer.status_code >= 500 or (
            is_refused and (code not in CODES or rows(store) != before)
        ):
            told.wrong.append(f"{asked}: {answer.status_code} {answer.text}")


def through_python(store: SqlStore, chance: Random, times: int, told: Told) -> None:
    """So many calls, each with something hostile in it."""
    saved = create(store)
    for _ in range(times):
        attempt = chance.choice(ATTEMPTS)
        before, code = rows(store), "accepted"
        try:
            attempt(store, saved.concept.id, chance)
        except IndelibleError as error:
            code = error.code
            if code not in CODES or rows(store) != before:
                told.wrong.append(f"{attempt.__name__}: {code} {error.detail}")
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            code = f"{type(error).__name__}, no refusal of ours"
            told.wrong.append(f"{attempt.__name__}: {error!r}"[:500])
        told.answers[f"Python {code}"] += 1


def _content(chance: Random) -> Any:  # noqa: ANN401 - it may be none
    name = chance.choice(sorted(CONTENT))
    return ConceptContent(**{**KEPT, name: tupled(bent(CONTENT[name], chance))})


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
    once = Idempotency(chance.choice(TEXTS), concepts.ConceptSaved)
    reason = chance.choice(VALUES)
    store.run(
        concepts.create_concept,
        command,
        actor=MAYA,
        reason=reason,
        once=chance.choice((None, once)),
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
