"""Test that the OpenAPI documents are true and complete, and remove nothing silently."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import cast

import openapi_spec_validator
import pytest
from openapi_schema_validator import OAS31Validator
from tests.web.harness import PUBLISHED, Json, Web
from werkzeug.test import TestResponse


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield the name, such as `GET /v1/concepts`, and the content of every operation."""
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            yield f"{method.upper()} {path}", operation


@pytest.fixture(params=["public", "admin"])
def document(request: pytest.FixtureRequest, web: Web) -> Json:
    """Return the public document, or that of the operators' routes."""
    if request.param == "public":
        return web.document
    answer = web.get("/admin/openapi.json", key=web.new_key("admin"))
    return cast("Json", answer.get_json())


@pytest.mark.slow
def test_each_document_is_openapi_with_examples_and_problems(document: Json) -> None:
    openapi_spec_validator.validate(document)

    assert document["openapi"] == "3.1.0"

    for name, operation in operations(document):
        for content in contents(operation):
            schema = {**content["schema"], "components": document["components"]}
            OAS31Validator(schema).validate(content["example"])
        for parameter in operation.get("parameters", ()):
            assert parameter["name"] == "cursor" or parameter["schema"]["examples"], name
            for example in parameter["schema"].get("examples", ()):
                OAS31Validator(parameter["schema"]).validate(example)

    for response in document["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        schema = {**content["schema"], "components": document["components"]}
        OAS31Validator(schema).validate(content["example"])

    always = {"400", "401", "403", "422", "429", "500", "503"}
    for name, operation in operations(document):
        if name == "GET /health":
            continue
        assert always <= set(operation["responses"]), name
        assert ("412" in operation["responses"]) == ("428" in operation["responses"])


def test_the_committed_document_is_the_one_that_is_served(web: Web) -> None:
    published = json.loads(PUBLISHED.read_text("utf-8"))

    assert web.document == published, "run `indelible contract write docs/reference`"


def routes_below(web: Web, prefix: str) -> set[str]:
    """Return the routes of the application as a document names them."""
    routes: set[str] = set()
    for rule in web.app.url_map.iter_rules():
        if not rule.rule.startswith(prefix):
            continue
        template = rule.rule.replace("<", "{").replace(">", "}")
        methods = rule.methods or set[str]()
        for method in methods - {"HEAD"}:
            routes.add(f"{method} {template}")

    return routes


def test_every_route_is_in_its_document(web: Web) -> None:
    documented = {name for name, _ in operations(web.document)}

    assert documented == {*routes_below(web, "/v1/"), "GET /health"}

    answer = web.get("/admin/openapi.json", key=web.new_key("admin"))
    documented = {name for name, _ in operations(answer.get_json())}

    assert documented | {"GET /admin/openapi.json"} == routes_below(web, "/admin/")
    assert len(documented) > 60


def contents(operation: Json) -> Iterator[Json]:
    """Yield the schemas and examples of an operation's request and of its successes."""
    if "requestBody" in operation:
        yield operation["requestBody"]["content"]["application/json"]
    for status, response in operation["responses"].items():
        if status.startswith("2") and "application/json" in response["content"]:
            yield response["content"]["application/json"]


class PageParts(HTMLParser):
    """The ids of a page, and its tags that run code or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.active_tags: list[str] = []
        self.ids: set[str] = set()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids.add(attributes.get("id") or "")
        source = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if source:
            self.sources.append(source)
        is_active_tag = tag in {"script", "link", "img", "iframe", "form"}
        is_active = not attributes.keys().isdisjoint({"style", "onclick", "src"})
        if is_active_tag or is_active:
            self.active_tags.append(tag)


def test_the_interactive_page_loads_only_files_of_this_server(web: Web) -> None:
    answer = web.get("/docs", key=None)
    page = PageParts()
    page.feed(answer.text)

    assert page.sources == [
        "docs/swagger-ui.css",
        "docs/favicon-32x32.png",
        "docs/swagger-ui-bundle.js",
        "docs/start.js",
    ]
    for source in page.sources:
        file = web.get(f"/{source}", key=None)
        assert file.status_code == 200
        assert web.get(f"/{source}", key=None, headers=tag_of(file)).status_code == 304
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy


def tag_of(answer: TestResponse) -> dict[str, str]:
    return {"If-None-Match": answer.headers["ETag"]}


@pytest.mark.slow
def test_the_plain_page_is_self_contained_and_its_links_resolve(web: Web) -> None:
    answer = web.get("/docs/plain", key=None)
    page = PageParts()
    page.feed(answer.text)
    links = set(re.findall(r'href="#([^"]+)"', answer.text))

    assert page.active_tags == []
    # The only addresses are those of examples.
    assert set(re.findall(r"https?://[\w.]+", answer.text)) == {"https://example.org"}
    assert links <= page.ids
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
