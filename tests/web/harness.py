"""A server without a socket: every answer is validated against the OpenAPI documents."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from indelible.app import AppContext
from indelible.concepts import ConceptContent, ConceptPolicy
from indelible.kernel import Actor, to_json_value
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import (
    BEGINNING,
    CLEARER,
    MAYA,
    RATIO,
    AnyStore,
    CountedIds,
    TickingClock,
)
from indelible.tokens.rules.tasks import GENERATE_STAGE, TokenPolicy
from indelible_web import WebSettings, create_app
from indelible_web.app import admin_document
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http import admin
from indelible_web.http.responses import json_response

Json = dict[str, Any]

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
SECRET = b"a secret for tests, 32 bytes long"
WEBHOOK_SECRET = b"whsec_test"
STRIPE_SECRET = "whsec_stripe"  # noqa: S105 - of tests
OLD_STRIPE_SECRET = "whsec_stripe_old"  # noqa: S105 - of tests
SETTINGS = WebSettings(
    secret=SECRET,
    webhook_secret=WEBHOOK_SECRET,
    stripe_webhook_secrets=(STRIPE_SECRET, OLD_STRIPE_SECRET),
    requests_per_minute=1_000_000,
    wrong_keys_per_minute=1_000_000,
)
GENERATING = TokenPolicy(stages=[GENERATE_STAGE])
KEYS = KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")
OPERATOR = Actor.system("tests")
SCOPES = (
    "concepts:read",
    "concepts:write",
    "concepts:review",
    "concepts:approve",
    "concepts:publish",
    "captures:read",
    "captures:write",
    "captures:admin",
    "contests:read",
    "contests:write",
    "contests:organize",
    "payments:read",
    "payments:write",
    "projects:read",
    "projects:write",
    "tokens:read",
    "tokens:retry",
)
STEPS = ("REVIEW", "APPROVED", "PUBLISHED")
PROBLEM = "application/problem+json"


class Sent(TypedDict, total=False):
    """The options of a request; `key` None sends no key, and without `key` the caller's is sent."""

    json: object
    data: bytes
    key: str | None
    seq: int
    once: str
    headers: Mapping[str, str]
    environ: Mapping[str, object]


class RenewableStore:
    """A store in memory that can be emptied, so that one application serves many tests."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.put(memory())

    def put(self, store: AnyStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class RestartableClock(TickingClock):
    """A clock that can be set back to its beginning, and that jumps."""

    def restart(self) -> None:
        self._now = BEGINNING

    def jump(self, *, hours: int) -> None:
        self._now += timedelta(hours=hours)


class Validation:
    """An OpenAPI document, and the validators of its schemas."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._components = closed(deepcopy(document["components"]))
        self._validators: dict[str, Any] = {}

    def check(self, value: object, reference: str) -> None:
        if reference not in self._validators:
            schema = {"$ref": reference, "components": self._components}
            self._validators[reference] = OAS31Validator(schema)
        self._validators[reference].validate(value)

    def operation(self, method: str, path: str) -> Json | None:
        """Return the documented operation of a request, None if there is none."""
        for template, operations in self.document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return cast("Json", operations[method.lower()])
        return None

    def check_response(self, responses: Json, answer: TestResponse) -> None:
        """Validate an answer against the documented responses of its operation."""
        response = responses[str(answer.status_code)]
        if "$ref" in response:
            name = response["$ref"].rpartition("/")[2]
            response = self.document["components"]["responses"][name]

        for name, header in response.get("headers", {}).items():
            assert name in answer.headers or not header["required"]
        if "content" in response:
            schema = response["content"][answer.content_type]["schema"]
            if schema:  # Bytes have a media type only.
                self.check(answer.get_json(), schema["$ref"])


@cache
def validation_by(document_text: str) -> Validation:
    """Return the validation by a document; most applications have the same one."""
    return Validation(json.loads(document_text))


class Web:
    """An application over a store, and a caller with a key."""

    def __init__(
        self,
        store: AnyStore,
        settings: WebSettings = SETTINGS,
        *,
        contexts: tuple[WebContext, ...] = CONTEXTS,
        **gateways: Any,  # noqa: ANN401 - of AppContext
    ) -> None:
        self.store = store
        self.clock = RestartableClock()
        app_context = AppContext(store=store, clock=self.clock, ids=CountedIds(), **gateways)
        self.app = create_app(app_context, settings, contexts)
        self.client = self.app.test_client()
        self._validation = validation_by(self.client.get("/openapi.json").text)
        self.document = self._validation.document
        self._contexts = contexts
        self._bodies: dict[tuple[str, str], bytes] = {}
        self.key = self.new_key(*SCOPES, "history:read")

    @cached_property
    def _admin_validation(self) -> Validation:
        document = json_response(admin_document(self._contexts), 200)
        return validation_by(document.get_data(as_text=True))

    def restart(self) -> None:
        """Set the clock back and forget all answers, so that one application serves many tests."""
        self.clock.restart()
        self._bodies.clear()

    def new_key(self, *scopes: str, owner: Actor = MAYA) -> str:
        command = CreateKey(owner=owner, scopes=scopes)
        return self.store.run(create_key, command, actor=OPERATOR, reason="a test").text

    def send(self, method: str, path: str, **sent: Unpack[Sent]) -> TestResponse:
        """Send a request and return its answer, which matches the document."""
        headers = self._headers(sent)
        answer = self.client.open(
            path,
            method=method,
            headers={name: value for name, value in headers.items() if value},
            json=sent.get("json"),
            data=sent.get("data"),
            environ_overrides=sent.get("environ"),
        )
        self._check(method, path, answer)

        return answer

    def get(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("GET", path, **sent)

    def post(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("POST", path, **sent)

    def put(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("PUT", path, **sent)

    def create(self, content: ConceptContent = RATIO) -> Json:
        body = {"content": body_of(content), "reason": "a test"}
        return saved(self.post("/v1/concepts", json=body), 201)

    def edit(
        self, before: Json, content: ConceptContent = CLEARER, note: str = "says it more clearly"
    ) -> Json:
        body = {"content": body_of(content), "change_note": note}
        return saved(self.put(concept_url(before), json=body, seq=before["seq"]), 200)

    def move(self, before: Json, status: str, *, key: str | None = None) -> TestResponse:
        path = f"{concept_url(before)}/status"
        body = {"status": status, "reason": "a test"}
        return self.post(path, json=body, seq=before["seq"], key=key or self.key)

    def at(self, status: str, content: ConceptContent = RATIO) -> Json:
        """Create a concept and move it to this status."""
        concept = self.create(content)
        if status == "DRAFT":
            return concept
        for step in STEPS[: STEPS.index(status) + 1]:
            concept = saved(self.move(concept, step), 200)

        return concept

    def operation(self, method: str, path: str) -> Json | None:
        """Return the publicly documented operation of a request, None if there is none."""
        return self._validation.operation(method, path)

    def _headers(self, sent: Sent) -> dict[str, str]:
        headers: dict[str, str] = {}
        key = sent.get("key", self.key)
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if "seq" in sent:
            headers["If-Match"] = f'"{sent["seq"]}"'
        if "once" in sent:
            headers["Idempotency-Key"] = sent["once"]
        if "data" in sent:
            headers["Content-Type"] = "application/json"
        headers.update(sent.get("headers", {}))

        return headers

    def _check(self, method: str, path: str, answer: TestResponse) -> None:
        """Validate the answer against the document, and check the headers of every answer."""
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]
        if answer.content_type == PROBLEM:
            problem_body = answer.get_json()
            self._validation.check(problem_body, "#/components/schemas/Problem")
            assert problem_body["status"] == answer.status_code
            assert problem_body["request_id"] == answer.headers["X-Request-Id"]

        is_admin = path.startswith(admin.PREFIX)
        validation = self._admin_validation if is_admin else self._validation
        operation = validation.operation(method, path.partition("?")[0])
        if operation is None:
            return
        validation.check_response(operation["responses"], answer)
        if "304" in operation["responses"] and answer.status_code == 200:
            body = self._bodies.setdefault((path, answer.headers["ETag"]), answer.data)
            assert answer.data == body, "the answer has changed, but its ETag has not"


def memory(*, concepts: ConceptPolicy | None = None) -> MemoryStore:
    policy = Policy(concepts=concepts or ConceptPolicy(), keys=KEYS, tokens=GENERATING)
    return MemoryStore(policy=policy, clock=TickingClock(), ids=CountedIds())


def closed(schema: object) -> object:
    """Return the schema with every object closed, so that it allows no undocumented field."""
    if isinstance(schema, list):
        return [closed(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema

    parts = {name: closed(part) for name, part in cast("Json", schema).items()}
    if "properties" in parts:
        parts.setdefault("additionalProperties", False)
    return parts


def body_of(content: ConceptContent) -> object:
    return to_json_value(content)


def saved(answer: TestResponse, status: int) -> Json:
    """Return the body of a successful answer."""
    assert answer.status_code == status, answer.text
    return cast("Json", answer.get_json())


def concept_url(saved_concept: Json) -> str:
    return f"/v1/concepts/{saved_concept['concept']['id']}"


def problem(answer: TestResponse) -> tuple[int, str]:
    """Return the answer's status and error code."""
    return answer.status_code, answer.get_json()["code"]
