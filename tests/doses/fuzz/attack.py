"""Hostile input over HTTP and through Python: each is refused with a code, and writes nothing."""

from collections import Counter
from collections.abc import Callable, Collection
from random import Random
from typing import Any, cast
from urllib.parse import quote

from attrs import define, field
from sqlalchemy import text
from tests.doses.fuzz.hostile import CONTENT, HEADERS, ROUTES, TEXTS, VALUES, bent, body
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

assert indelible_web  # Its import registers the errors of the web.
CODES = {error.code for error in error_types()}


def as_content(value: object) -> Any:  # noqa: ANN401 - what content may hold, or may not
    """Return the value as content holds it: lists are tuples."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


VALID_CONTENT: dict[str, Any] = {name: as_content(value) for name, value in CONTENT.items()}


@define
class AttackTally:
    """The number of answers by interface, status and code, and the faults."""

    answers: Counter[str] = field(factory=Counter[str])
    wrong: list[str] = field(factory=list[str])


def rows(store: SqlStore, *, without: Collection[str] = ()) -> tuple[Any, ...]:
    """Return the number of rows of each table except some."""
    schema = "" if store.engines.reader.dialect.name == "sqlite" else "indelible."
    names = [table.name for table in CATALOG.tables if table.name not in without]
    counts = ", ".join(f"(SELECT count(*) FROM {schema}{name})" for name in names)
    return store.read(lambda tx: tuple(tx.connection.execute(text(f"SELECT {counts}")).one()))


def over_http(web: Web, store: SqlStore, chance: Random, times: int, tally: AttackTally) -> None:
    """Send requests with something hostile in each."""
    concept_id = web.create()["concept"]["id"]
    for _ in range(times):
        send_hostile(web, store, _hostile_request(concept_id, chance), tally)


def send_hostile(
    web: Web, store: SqlStore, request: tuple[str, str, Any], tally: AttackTally
) -> None:
    """Send a request: a method, a path and options. A refusal has a code and writes nothing."""
    method, path, sent = request
    rows_before = rows(store)
    line = f"{method} {path} {sent!r}"[:500]
    try:
        answer = web.send(method, path, **sent)
    except Exception as error:  # noqa: BLE001 - an undocumented answer, or none
        tally.wrong.append(f"{line}: {error!r}")
        return

    is_refused = answer.status_code >= 400
    code = answer.get_json()["code"] if is_refused else ""
    tally.answers[f"HTTP {answer.status_code} {code}".strip()] += 1
    has_unknown_code = is_refused and code not in CODES
    has_written = is_refused and rows(store) != rows_before
    if answer.status_code >= 500 or has_unknown_code or has_written:
        tally.wrong.append(f"{line}: {answer.status_code} {answer.text}")


def _hostile_request(concept_id: str, chance: Random) -> tuple[str, str, Any]:
    """Return a method, a path and the options of a request."""
    method, template, valid_body = chance.choice(ROUTES)
    hostile_text = chance.choice(TEXTS).encode("utf-8", "surrogatepass")
    path = template.format(here=concept_id, text=quote(hostile_text, safe=""))
    headers = dict(chance.sample(HEADERS, chance.choice((0, 0, 1, 2))))
    sent: dict[str, Any] = {"headers": headers}
    if valid_body is None:
        headers.pop("If-Match", None)
    else:
        sent["data"] = body(valid_body, chance)
        sent["seq"] = chance.choice((1, 1, 2, 2**63))

    return method, path, sent


def through_python(store: SqlStore, chance: Random, times: int, tally: AttackTally) -> None:
    """Call the library with something hostile in each call."""
    concept_id = create(store).concept.id
    for _ in range(times):
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
            code = f"{type(error).__name__}, not an error of indelible"
            tally.wrong.append(f"{attempt.__name__}: {error!r}"[:500])
        tally.answers[f"Python {code}"] += 1


def _content(chance: Random) -> Any:  # noqa: ANN401 - it may be none
    name = chance.choice(sorted(CONTENT))
    return ConceptContent(**{**VALID_CONTENT, name: as_content(bent(CONTENT[name], chance))})


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
