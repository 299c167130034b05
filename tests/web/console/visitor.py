"""A visitor of the console without JavaScript, who follows links and submits forms."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final, cast

from attrs import define, field
from tests.web.harness import SCOPES, SETTINGS, Json
from werkzeug.test import TestResponse

from indelible import concepts
from indelible.app import AppContext
from indelible.concepts import ConceptContent, ConceptStatus
from indelible.kernel import Actor, to_json_value
from indelible.kernel.keys import CreateKey, KeyCreated, RevokeKey, create_key, revoke_key
from indelible.testing.stores import BEGINNING, CLEARER, MAYA, NOOR, RATIO, AnyStore
from indelible_web import WebSettings, create_app
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS

OPERATOR = Actor.system("tests")
MARKUP: Final[Mapping[str, str]] = {
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)',
    "an attribute in single quotes": "' autofocus onfocus='alert(1)",
    "an end of a box": "</textarea><img src=x onerror=alert(1)>",
    "an end of a title": "</title><script src=//evil.example></script>",
    "a template": "{{ 'indelible'.upper() }}",
    "a statement of a template": "{% include '/etc/passwd' %}",
    "a comment": "<!-- --><svg onload=alert(1)>",
    "an address": "javascript:alert(1)",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "a style": "<style>*{display:none}</style>",
    "a frame": "<iframe srcdoc='<script>alert(1)</script>'>",
}
EVERY_MARKUP: Final = " ".join(MARKUP.values())
DOOR = "/console/sign-in"
LIST = "/console/concepts"
HISTORY = "/console/history"
START = BEGINNING + timedelta(days=1)
Fields = dict[str, list[str]]
Attributes = Mapping[str, str]


class SettableClock:
    """A clock that stands still until a test sets or forwards it."""

    def __init__(self) -> None:
        self.time = START

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
        **gateways: Any,  # noqa: ANN401 - fields of AppContext have many types
    ) -> None:
        self.store = store
        self.clock = SettableClock()
        app_context = AppContext(store=store, clock=self.clock, **gateways)
        self.app = create_app(app_context, settings, contexts)

    def key(
        self, *scopes: str, owner: Actor = MAYA, expires_at: datetime | None = None
    ) -> KeyCreated:
        """Create a key; without scopes it has all of them, except the operator's."""
        command = CreateKey(
            owner=owner, scopes=scopes or ("console", *SCOPES), expires_at=expires_at
        )
        return self.store.run(create_key, command, actor=OPERATOR, reason="a test")

    def revoke(self, key: KeyCreated) -> None:
        command = RevokeKey(key_id=key.key.id, expected_seq=key.seq)
        self.store.run(revoke_key, command, actor=OPERATOR, reason="a test")

    def visitor(self) -> "Visitor":
        """Return a visitor who has not signed in."""
        return Visitor(self)

    def member(self, *scopes: str, owner: Actor = MAYA) -> "Visitor":
        """Return a visitor who has signed in."""
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
        """Return the concept as it is stored now."""
        return self.store.read(concepts.get_concept, saved.concept.id)


@define
class Form:
    """A form with the values that its fields have when the page is loaded."""

    action: str
    method: str
    fields: Fields = field(factory=Fields)


@define
class Page(HTMLParser):
    """The text, the links, the forms and the tags of a page."""

    text: str = ""
    links: list[str] = field(factory=list[str])
    forms: list[Form] = field(factory=list[Form])
    tags: list[tuple[str, Attributes]] = field(factory=list[tuple[str, Attributes]])
    _textarea: str | None = None
    _select: str = ""

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())

    def form(self, ending: str = "") -> Form:
        """Return the first form whose action ends with `ending`, except those of the page's top."""
        for form in self.forms:
            is_at_top = form.action.endswith(("/sign-out", "/console/search"))
            if form.action.endswith(ending) and not is_at_top:
                return form
        raise AssertionError(
            f"no form ends with {ending!r}: {[form.action for form in self.forms]}"
        )

    def link(self, part: str) -> str:
        """Return the first link that contains this part."""
        for link in self.links:
            if part in link:
                return link
        raise AssertionError(f"no link contains {part!r}: {self.links}")

    def csrf_token(self) -> str:
        """Return the token that the forms of the page contain."""
        for form in self.forms:
            if "csrf" in form.fields:
                return form.fields["csrf"][0]
        raise AssertionError("no form of the page has a token")

    def active_markup(self) -> list[tuple[str, Attributes]]:
        """Return the tags that run code of the page, and images; the console has none."""
        active: list[tuple[str, Attributes]] = []
        for tag, attributes in self.tags:
            has_handler = any(name.startswith("on") for name in attributes)
            is_inline_script = tag == "script" and "src" not in attributes
            if tag == "img" or has_handler or is_inline_script:
                active.append((tag, attributes))

        return active

    def unlabelled_fields(self) -> list[Attributes]:
        """Return the visible fields without a label of their own."""
        labelled = {attributes.get("for") for tag, attributes in self.tags if tag == "label"}
        unlabelled: list[Attributes] = []
        for tag, attributes in self.tags:
            is_field = tag in {"textarea", "select", "input"}
            is_hidden = attributes.get("type") == "hidden"
            has_label = "aria-label" in attributes or attributes.get("id") in labelled
            if is_field and not is_hidden and not has_label:
                unlabelled.append(attributes)

        return unlabelled

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get")))
        elif tag == "textarea":
            self._textarea = attributes["name"]
            self._values(self._textarea).append("")
        elif tag == "select":
            self._select = attributes["name"]
        elif tag == "option" and "selected" in attributes:
            self._values(self._select).append(attributes["value"])
        elif tag == "input" and _is_sent(attributes):
            self._values(attributes["name"]).append(attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # A browser drops the first line break, and sends every other one as CR LF.
            values = self._values(self._textarea)
            values[-1] = values[-1].removeprefix("\n").replace("\n", "\r\n")
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._values(self._textarea)[-1] += data
        else:
            self.text += data

    def _values(self, name: str) -> list[str]:
        return self.forms[-1].fields.setdefault(name, [])


def _is_sent(attributes: Attributes) -> bool:
    """Return True for an input that a browser sends; of choices only those that are checked."""
    is_choice = attributes.get("type") in {"radio", "checkbox"}
    return not is_choice or "checked" in attributes


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, site: Site) -> None:
        self.client = site.app.test_client()
        self.page = Page()
        self.answer: TestResponse | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._show(self.client.get(path, headers=headers))

    def send(
        self, ending: str = "", headers: Mapping[str, str] | None = None, **typed: object
    ) -> TestResponse:
        """Submit the form whose action ends with `ending`, with the fields in `typed` replaced.

        A list stands for several fields of the same name, None for a missing field, and `__` in
        a name for a point.
        """
        form = self.page.form(ending)
        data: Json = dict(form.fields)
        for name, value in typed.items():
            data[name.replace("__", ".")] = value
        sent = {name: value for name, value in data.items() if value is not None}

        return self._show(self.client.post(form.action, data=sent, headers=dict(headers or {})))

    def post(self, path: str, data: Mapping[str, object], **headers: str) -> TestResponse:
        return self._show(self.client.post(path, data=data, headers=headers))

    def sign_in(self, key: str) -> TestResponse:
        self.get(DOOR)
        return self.send("sign-in", key=key)

    def sign_out(self) -> TestResponse:
        for form in self.page.forms:
            if form.action.endswith("sign-out"):
                return self._show(self.client.post(form.action, data=form.fields))
        raise AssertionError("the page has no form to sign out")

    def follow(self) -> TestResponse:
        """Follow the redirection of the last answer."""
        assert self.answer is not None
        assert self.answer.status_code == 303, self.answer.text
        return self.get(self.answer.location)

    def show_only_step(self, status: str) -> None:
        """Remove all forms from the page, except the steps to this status."""
        self.page.forms = [
            form for form in self.page.forms if form.fields.get("status") == [status]
        ]

    def _show(self, answer: TestResponse) -> TestResponse:
        self.answer = answer
        self.page = Page()
        if answer.content_type.startswith("text/html"):
            self.page.feed(answer.text)
        return answer


def assert_text(visitor: Visitor) -> None:
    """Check that a page has one heading, a label for each field, and all markup as text."""
    assert visitor.answer is not None
    assert [tag for tag, _ in visitor.page.tags].count("h1") == 1
    assert visitor.page.unlabelled_fields() == []
    assert visitor.page.active_markup() == []
    html = visitor.answer.text
    assert "INDELIBLE" not in html  # the template among the markup would write it so
    assert not [markup for markup in MARKUP.values() if "<" in markup and markup in html]


def assert_text_on(visitor: Visitor, *paths: str) -> None:
    """Visit pages, and check each with `assert_text`."""
    for path in paths:
        assert visitor.get(path).status_code == 200, path
        assert_text(visitor)


def move_to(site: Site, status: str, content: ConceptContent = RATIO) -> concepts.ConceptSaved:
    """Create a concept and move it to this status, with Noor as the actor of every step."""
    saved = site.create(content)
    steps = (
        (concepts.submit_concept, concepts.SubmitConcept),
        (concepts.approve_concept, concepts.ApproveConcept),
        (concepts.publish_concept, concepts.PublishConcept),
    )
    step_count = list(ConceptStatus).index(ConceptStatus(status))
    for handler, command_class in steps[:step_count]:
        command = command_class(concept_id=saved.concept.id, expected_seq=saved.seq)
        saved = site.store.run(handler, command, actor=NOOR, reason="a test")  # type: ignore[arg-type] # each with its own

    return saved


def at(saved: concepts.ConceptSaved, ending: str = "") -> str:
    """Return the path of a concept's page."""
    return f"{LIST}/{saved.concept.id}{ending}"


def as_typed(content: ConceptContent) -> Json:
    """Return the content as the fields of a form."""
    fields = cast("Json", to_json_value(content))
    fields["scope_boundaries"] = content.scope_boundaries or ""
    return fields


def rows_on(member: Visitor) -> list[int]:
    """Return the number of changes of each row of the page."""
    rows: list[int] = []
    for tag, attributes in member.page.tags:
        if tag == "tr" and "data-changes" in attributes:
            rows.append(int(attributes["data-changes"]))

    return rows


def changes_on(member: Visitor) -> int:
    """Return the number of changes that the rows of the page stand for."""
    return sum(rows_on(member))
