"""Test that an application serves its registered contexts, including one of a host."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import pytest
from attrs import evolve, frozen
from tests.web.console.visitor import Site
from tests.web.harness import SETTINGS, Web, memory, saved
from tests.web.test_system import counted
from werkzeug.wrappers import Response

from indelible.app import AppContext, ReadTx
from indelible.concepts import CONCEPT
from indelible.kernel.context_needs import ContextsUnusable
from indelible_web import WebSettings, create_app
from indelible_web.app import redacted_fields_of
from indelible_web.console.context import ConsoleContext
from indelible_web.console.home_parts import AttentionItem, HomePart, HomeSource, Total
from indelible_web.console.layout import render_page
from indelible_web.console.page import ConsolePage, NavItem, TaskPanel
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS, built_in_contexts
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.routing import Routes

pytestmark = pytest.mark.slow

TEMPLATES: Final = {
    "page.html": '{% extends "console/base.html" %}{% set here = "weather" %}'
    "{% block main %}<h1>It rains</h1>{% endblock %}",
    "_panel.html": "<p>{{ stats }} clouds</p>",
}

routes = Routes("weather", "The weather, a host's own context.")


@frozen(kw_only=True)
class Weather:
    sky: str


@routes.add("GET /weather", "weather:read", request_type=EmptyQuery, response_type=Weather)
def show_weather(_: OperationContext, __: EmptyQuery) -> Weather:
    """Show the weather."""
    return Weather(sky="grey")


def weather_part(_: ReadTx, now: datetime) -> HomePart:
    """Return the weather's part of the home page."""
    storm = AttentionItem(text=f"A storm since {now.year}.", url="/console/weather")
    clouds = Total(label="Clouds", text="7 or more", url="/console/weather")
    return HomePart(items=(storm,), totals=(clouds,))


def never_on(_: AppContext, __: WebSettings) -> bool:
    return False


def weather_page(_: ConsoleContext) -> Response:
    return render_page("weather/page")


@pytest.fixture(scope="module")
def template_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A package of a host with the templates of its context."""
    folder = tmp_path_factory.mktemp("host")
    templates = folder / "weather_pages" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "__init__.py").touch()
    for name, text in TEMPLATES.items():
        (templates / name).write_text(text, encoding="utf-8")

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
        yield "weather_pages"


@pytest.fixture(scope="module")
def weather(template_package: str) -> WebContext:
    """A host's own context."""
    return WebContext(
        name="weather",
        routes=(routes,),
        commands=("predict_weather",),
        examples={"sky": "blue"},
        redacted_fields={CONCEPT.name: frozenset({"version"})},
        pages=(ConsolePage(rule="/weather", view=weather_page),),
        nav=(NavItem(key="weather", label="Weather", endpoint="console.weather_page"),),
        home=(HomeSource(query=weather_part, scopes=("weather:read",)),),
        template_package=template_package,
        task_panels=(TaskPanel(template="weather/_panel.html", query=lambda _: 7),),
    )


def test_a_host_context_has_its_routes_pages_metrics_and_redacted_fields(
    weather: WebContext,
) -> None:
    web = Web(memory(), contexts=(*CONTEXTS, weather))
    answer = web.get("/v1/weather", key=web.new_key("weather:read"))
    operation = web.document["paths"]["/v1/weather"]["get"]

    assert answer.get_json() == {"sky": "grey"}
    assert web.get("/v1/weather", key=web.new_key("concepts:read")).status_code == 403
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert example == {"sky": "blue"}

    found = counted(Web(memory(), contexts=(*CONTEXTS, weather)))

    assert found['indelible_commands_total{action="predict",code="OK",lifecycle="weather"}'] == 0

    web = Web(memory(), contexts=(*CONTEXTS, weather))
    web.create()
    changes = saved(web.get("/v1/history"), 200)["items"]

    (data,) = [change["data"] for change in changes if change["lifecycle"] == CONCEPT.name]
    assert "warnings" in data
    assert "version" not in data

    site = Site(memory(), contexts=(*CONTEXTS, weather))
    member = site.member("console", "admin")
    member.get("/console/weather")
    assert "It rains" in member.page.text
    assert "/console/weather" in member.page.links
    member.get("/console/tasks")

    assert "7 clouds" in member.page.text

    site = Site(memory(), contexts=(*CONTEXTS, weather))
    reader = site.member("console", "weather:read")
    reader.get("/console/")
    stranger = site.member("console")
    stranger.get("/console/")

    assert "Check A storm since 2026." in reader.page.words
    assert "Clouds 7 or more" in reader.page.words
    assert "storm" not in stranger.page.words


def test_a_host_context_that_is_off_is_left_out_of_shared_pages(weather: WebContext) -> None:
    off = evolve(weather, is_on=never_on)
    site = Site(memory(), contexts=(*CONTEXTS, off))
    member = site.member("console", "admin")

    for path in ("/console/", "/console/tasks"):
        member.get(path)
        assert "/console/weather" not in member.page.links
        assert "clouds" not in member.page.text.lower()
    assert member.get("/console/weather").status_code == 200


def test_contexts_are_selected_and_do_not_mix(weather: WebContext) -> None:
    web = Web(memory(), contexts=())
    member = Site(memory(), contexts=()).member("console", "admin")

    assert list(web.document["paths"]) == ["/v1/history", "/health"]
    assert web.get("/health", key=None).status_code == 200
    for path in ("/console/tasks", "/console/history", "/console/"):
        assert member.get(path).status_code in {200, 303}

    wide = create_app(AppContext(store=memory()), SETTINGS, (weather,))
    narrow = create_app(AppContext(store=memory()), SETTINGS, ())

    assert {rule.rule for rule in wide.url_map.iter_rules()} - {
        rule.rule for rule in narrow.url_map.iter_rules()
    } == {"/v1/weather", "/console/weather"}

    web = Web(memory(), contexts=(*built_in_contexts("concepts"), weather))
    paths = set(web.client.get("/openapi.json").get_json()["paths"])
    assert {"/v1/concepts", "/v1/weather"} <= paths
    assert not any(path.startswith("/v1/projects") for path in paths)


def test_an_application_is_refused_without_what_its_contexts_need(weather: WebContext) -> None:
    contests = tuple(context for context in CONTEXTS if context.name == "contests")
    with pytest.raises(ContextsUnusable, match="contests needs money, which is off"):
        Web(memory(), contexts=contests)
    with pytest.raises(ContextsUnusable, match="context weather is named 2 times"):
        Web(memory(), contexts=(weather, weather))


def test_history_hides_the_secrets_of_a_context_that_is_off() -> None:
    hiding = [context for context in CONTEXTS if context.redacted_fields]
    shown = [context for context in CONTEXTS if not context.redacted_fields]
    assert hiding
    narrow = redacted_fields_of(shown)
    for context in hiding:
        for lifecycle, fields in context.redacted_fields.items():
            assert fields <= narrow[lifecycle]
