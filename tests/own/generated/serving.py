"""REST, pages, commands and metrics of generated contexts: each answers for each aggregate."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from tests.own.generated.walking import Contexts
from tests.service.commands import run
from tests.web.console.own_site import assert_sound, member_of, own_site
from tests.web.harness import Json, Web
from tests.web.test_system import counted

from indelible.kernel import Head
from indelible.kernel.appends import appended_types
from indelible.kernel.json import to_json_value
from indelible.kernel.kept_values import passed_values
from indelible.testing.own.operations import Operation
from indelible.testing.own.references import with_ids
from indelible.testing.own.walks import Walk
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context, scopes_of

ATTEMPTS: Final = 60
MAX_ITEMS: Final = 100
MAX_TRIED: Final = 5  # heads of an action
REFUSALS_OF_VALUES: Final = ("FIELD_NOT_OF_STATE", "TOO_MANY_ROWS")  # what is drawn can be refused


def rest_problems(store: Any, walks: list[Walk]) -> Iterator[str]:  # noqa: ANN401 - of each kind
    """Yield what REST, its document and the metrics do not answer for the aggregates of walks."""
    own = tuple(own_context(walk.context) for walk in walks)
    web = Web(store, contexts=(*CONTEXTS, *own))
    scopes = [scope for walk in walks for scope in scopes_of(walk.context)]
    key = web.new_key(*dict.fromkeys(scopes), "history:read")
    for walk in walks:
        yield from _routes(web, key, walk)


def _routes(web: Web, key: str, walk: Walk) -> Iterator[str]:
    name = walk.context.name
    path = f"/v1/{name.replace('_', '-')}"
    creating = next(one for one in walk.operations if one.is_creating)
    refusals: Counter[str] = Counter()
    created = _sent(web, key, walk, creating, None, refusals)
    if created is None:
        yield f"{name}: nothing is created by POST {path}: {dict(refusals)}"
        return
    one = f"{path}/{created['id']}"
    queries = {
        one: created["id"],
        f"{one}/as-of?{urlencode({'at': created['created_at']})}": created["id"],
        f"{path}?limit=100": "",
        f"/v1/history?{urlencode({'lifecycle': walk.context.aggregate.lifecycle.name})}": "",
    }
    for record in appended_types(walk.context.aggregate.bulk_records):
        queries[f"{one}/{record.record_name}s?limit=100"] = ""
    for query, expected_id in queries.items():
        answer = web.get(query, key=key)
        body = answer.get_json()
        if (
            answer.status_code != 200
            or (body.get("id", "") != expected_id)
            or (body.get("items") == [] and not query.startswith(f"{one}/"))
        ):
            yield f"{name}: GET {query}: {answer.status_code} {str(body)[:200]}"
    yield from _filter_problems(web, key, walk, created)
    yield from _action_problems(web, key, walk)
    noun = walk.context.aggregate.lifecycle.name
    for documented in (path, f"{path}/{{{noun}_id}}"):
        if documented not in web.document["paths"]:
            yield f"{name}: {documented} is not documented"


def _filter_problems(web: Web, key: str, walk: Walk, created: Json) -> Iterator[str]:
    """Yield the filters that do not find an aggregate by its value."""
    path = f"/v1/{walk.context.name.replace('_', '-')}"
    for name in walk.context.filters:
        value = created[name]
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else value
        query = urlencode({name: text, "limit": MAX_ITEMS})
        answer = web.get(f"{path}?{query}", key=key)
        ids = [item["id"] for item in answer.get_json().get("items", ())]
        if created["id"] not in ids and len(ids) < MAX_ITEMS:
            yield f"{walk.context.name}: {query} does not find it: {answer.status_code}"


def _action_problems(web: Web, key: str, walk: Walk) -> Iterator[str]:
    """Yield that no action is accepted, or not counted."""
    noun = walk.context.aggregate.lifecycle.name
    refusals: Counter[str] = Counter()
    for operation in walk.operations:
        if operation.is_creating:
            continue
        heads = [head for head in walk.stored() if operation.allowed_in(head.revision.state)]
        for head in heads[:MAX_TRIED]:
            if _sent(web, key, walk, operation, head, refusals) is None:
                continue
            labels = f'action="{operation.name}",code="OK",lifecycle="{noun}"'
            if counted(web).get(f"indelible_commands_total{{{labels}}}", 0) < 1:
                yield f"{walk.context.name}: metrics lack {labels}"
            return
    yield f"{walk.context.name}: no action is accepted: {dict(refusals)}"


def _sent(
    web: Web,
    key: str,
    walk: Walk,
    operation: Operation,
    head: Head[Any] | None,
    refusals: Counter[str],
) -> Json | None:
    """Run an operation by REST until it is accepted, and return the answer; count the refusals."""
    path = f"/v1/{walk.context.name.replace('_', '-')}"
    if head is not None:
        path = f"{path}/{head.id}/{operation.name.replace('_', '-')}"
    elif operation.name != "begin":
        path = f"{path}/{operation.name.replace('_', '-')}"
    for _ in range(ATTEMPTS):
        body = _body(walk, operation)
        if head is None:
            answer = web.post(path, json=body, key=key)
        else:
            answer = web.post(path, json=body, key=key, seq=head.seq)
        if answer.status_code in (200, 201):
            accepted: Json = answer.get_json()
            return accepted
        is_refused = answer.get_json()["code"] in REFUSALS_OF_VALUES
        if not is_refused and answer.status_code in (404, 405, 422, 500):
            raise AssertionError(f"{path} {body}: {answer.status_code} {answer.get_json()}")
        refusals[answer.get_json()["code"]] += 1
    return None


def _body(walk: Walk, operation: Operation) -> Mapping[str, object]:
    arguments = passed_values(with_ids(operation.arguments(walk.random), walk.ids_of))
    values: Any = to_json_value(arguments)
    return {"reason": "a request", **values}


def page_problems(store: Any, walks: list[Walk]) -> Iterator[str]:  # noqa: ANN401 - of each kind
    """Yield the pages that do not answer: list, forms of creation, one aggregate and its past."""
    contexts = [walk.context for walk in walks]
    site = own_site(*contexts, store=store)
    member = member_of(site, *contexts)
    for walk in walks:
        base = f"/console/{walk.context.name.replace('_', '-')}"
        head = walk.stored()[0]
        paths = [
            base,
            f"{base}/{head.id}",
            f"{base}/{head.id}/as-of?{urlencode({'at': head.entity.created_at.isoformat()})}",
        ]
        for operation in walk.operations:
            if operation.is_creating:
                paths.append(f"{base}/new/{operation.name.replace('_', '-')}")
        if walk.context.search_fields:
            paths.append(f"{base}?text=a")
        for path in paths:
            answer = member.get(path)
            if answer.status_code != 200:
                yield f"{walk.context.name}: {path}: {answer.status_code}"
                continue
            assert_sound(member)


def command_problems(
    settings: dict[str, str], contexts: Contexts, ids: Mapping[str, str]
) -> Iterator[str]:
    """Yield the commands that do not answer; `ids` has an aggregate of each context."""
    for context in contexts:
        entity_id = ids[context.name]
        for words in (
            ("list", context.name),
            ("show", context.name, entity_id),
            ("history", context.name, entity_id),
        ):
            result = run(*words, settings=settings)
            if result.exit_code != 0 or not result.stdout or result.stderr:
                yield f"{' '.join(words)}: {result.exit_code} {result.stderr[:300]}"
