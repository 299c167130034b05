"""A visitor of the console without JavaScript, who follows links and submits forms."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import cast

from attrs import define, field
from tests.web.harness import SCOPES, SETTINGS, Json
from werkzeug.test import TestResponse

from indelible import concepts
from indelible.app import AppContext
from indelible.concepts import ConceptContent
from indelible.kernel import Actor, to_json_value
from indelible.kernel.keys import CreateKey, KeyCreated, RevokeKey, create_key, revoke_key
from indelible.testing.stores import BEGINNING, CLEARER, MAYA, RATIO, AnyStore
from indelible_web import WebSettings, create_app
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS

OPERATOR = Actor.system("tests")
DOOR = "/console/sign-in"
LIST = "/console/concepts"
HISTORY = "/console/history"
Fields = dict[str, list[str]]


class Hands:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.time = BEGINNING + timedelta(days=1)

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


class Site:
    """An application over a store, whose clock the test moves."""

    def __init__(
        self,
        store: AnyStore,
        settings: WebSettings = SETTINGS,
        *,
        contexts: tuple[WebContext, ...] = CONTEXTS,
    ) -> None:
        self.store = store
        self.clock = Hands()
        self.app = create_app(AppContext(store=store, clock=self.clock), settings, contexts)

    def key(
        self, *scopes: str, owner: Actor = MAYA, expires_at: datetime | None = None
    ) -> KeyCreated:
        command = CreateKey(
            owner=owner, scopes=scopes or ("console", *SCOPES), expires_at=expires_at
        )
        return self.store.run(create_key, command, actor=OPERATOR, reason="a test")

    def revoke(self, made: KeyCreated) -> None:
        command = RevokeKey(key_id=made.key.id, expected_seq=made.seq)
        self.store.run(revoke_key, command, actor=OPERATOR, reason="a test")

    def visitor(self) -> "Visitor":
        return Visitor(self)

    def member(self, *scopes: str, owner: Actor = MAYA) -> "Visitor":
        """A visitor who has signed in."""
        visitor = self.visitor()
        assert visitor.sign_in(self.key(*scopes, owner=owner).text).status_code == 303
        return visitor

    def create(self, content: ConceptContent = RATIO, *, by: Actor = MAYA) -> concepts.ConceptSaved:
        command = concepts.CreateConcept(content=content)
        return self.store.run(concepts.create_concept, command, actor=by, reason="a first draft")

    def edit(
        self, saved: concepts.ConceptSaved, content: ConceptContent = CLEARER
    ) -> concepts.ConceptSaved:
        command = concepts.EditConcept(
            concept_id=saved.concept.id,
            expected_seq=saved.seq,
            content=content,
            change_note="says it more clearly",
        )
        return self.store.run(
            concepts.edit_concept, command, actor=MAYA, reason=command.change_note
        )

    def now(self, saved: concepts.ConceptSaved) -> concepts.ConceptView:
        return self.store.read(concepts.get_concept, saved.concept.id)


@define
class Form:
    """A form, and what its fields hold before anybody types."""

    action: str
    method: str
    fields: Fields = field(factory=Fields)


@define
class Page(HTMLParser):
    """What is on a page: its text, its links, its forms."""

    text: str = ""
    links: list[str] = field(factory=list[str])
    forms: list[Form] = field(factory=list[Form])
    tags: list[tuple[str, Mapping[str, str]]] = field(factory=list[tuple[str, Mapping[str, str]]])
    _area: str | None = None
    _choice: str = ""

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "textarea":
            self._area = given["name"]
            self._fields(self._area).append("")
        elif tag == "select":
            self._choice = given["name"]
        elif tag == "option" and "selected" in given:
            self._fields(self._choice).append(given["value"])
        elif tag == "input" and (given.get("type") != "radio" or "checked" in given):
            self._fields(given["name"]).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            found = self._fields(self._area)
            found[-1] = (
                found[-1].removeprefix("\n").replace("\n", "\r\n")
            )  # as a browser reads, and sends it
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._fields(self._area)[-1] += data
        else:
            self.text += data

    def _fields(self, name: str) -> list[str]:
        return self.forms[-1].fields.setdefault(name, [])


class Visitor:
    """A browser without JavaScript, and whoever sits before it."""

    def __init__(self, site: Site) -> None:
        self.client = site.app.test_client()
        self.page = Page()
        self.answer: TestResponse | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._seen(self.client.get(path, headers=headers))

    def send(
        self, ending: str = "", headers: Mapping[str, str] | None = None, **typed: object
    ) -> TestResponse:
        """Submit the form whose action ends with `ending`, with the fields in `typed` replaced.

        A list stands for several fields of the same name.
        """
        form = next(
            each
            for each in self.page.forms
            if each.action.endswith(ending) and "sign-out" not in each.action
        )
        data: Json = form.fields | {name.replace("__", "."): value for name, value in typed.items()}
        data = {name: value for name, value in data.items() if value is not None}
        return self._seen(self.client.post(form.action, data=data, headers=dict(headers or {})))

    def post(self, path: str, data: Mapping[str, object], **headers: str) -> TestResponse:
        return self._seen(self.client.post(path, data=data, headers=headers))

    def sign_in(self, key: str) -> TestResponse:
        self.get(DOOR)
        return self.send("sign-in", key=key)

    def sign_out(self) -> TestResponse:
        form = next(each for each in self.page.forms if each.action.endswith("sign-out"))
        return self._seen(self.client.post(form.action, data=form.fields))

    def follow(self) -> TestResponse:
        assert self.answer is not None
        assert self.answer.status_code == 303, self.answer.text
        return self.get(self.answer.location)

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.answer, self.page = answer, Page()
        if answer.content_type.startswith("text/html"):
            self.page.feed(answer.text)
        return answer


def at(saved: concepts.ConceptSaved, ending: str = "") -> str:
    return f"{LIST}/{saved.concept.id}{ending}"


def as_typed(content: ConceptContent) -> Json:
    return cast("Json", to_json_value(content)) | {
        "scope_boundaries": content.scope_boundaries or ""
    }
