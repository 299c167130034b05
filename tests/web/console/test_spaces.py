"""The console's pages of spaces: the plot, the tables, the settings, and who may see them."""

import re
from collections.abc import Callable

import pytest
from tests.web.console.visitor import EVERY_MARKUP, Page, Site, Visitor, assert_text

from indelible import captures
from indelible.captures import ANNEALED, EngagementLevel
from indelible.kernel import Actor
from indelible.testing.captures.scenarios import (
    X1,
    X2,
    A,
    B,
    C,
    CaptureScenario,
    activate_algorithm_for,
    change,
    space_of,
    worked,
)
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, install_algorithm
from indelible_web.captures import pages

SPACES = "/console/spaces"
SCOPES = ("console", "captures:read")
NOOR = Actor.user("noor")
Install = Callable[..., object]


def reader(site: Site, owner: Actor = MAYA) -> Visitor:
    """Return a visitor whose key may read captures."""
    return site.member(*SCOPES, owner=owner)


def text_of(page: Page) -> str:
    """Return the visible text with single spaces."""
    return " ".join(page.text.split())


def tags(page: Page, tag: str, **attributes: str) -> list[dict[str, str]]:
    """Return the attributes of every such tag that has these attributes."""
    matches: list[dict[str, str]] = []
    for name, actual in page.tags:
        if name == tag and attributes.items() <= actual.items():
            matches.append(dict(actual))
    return matches


def plotted_pages(page: Page) -> int:
    """Count the marks of pages in the plot."""
    return sum("transform" in attributes for attributes in tags(page, "path"))


def visit(site: Site, place: CaptureScenario, owner: Actor = MAYA) -> tuple[Visitor, int]:
    """Open the page of a space and return the visitor and the HTTP status."""
    visitor = reader(site, owner)
    return visitor, visitor.get(f"{SPACES}/{place.space_id}").status_code


@pytest.fixture
def install(request: pytest.FixtureRequest) -> Install:
    """Install an algorithm version as the owner of a PostgreSQL schema does."""

    def install_version(store: object, algorithm_id: str) -> None:
        sql_store = getattr(store, "_store", store)
        if not isinstance(sql_store, SqlStore):
            return
        owner_url = None
        if not sql_store.own_url.startswith("sqlite"):
            owner_url = request.getfixturevalue("database").owner_url
        install_algorithm(sql_store, algorithm_id, owner_url)

    return install_version


def test_the_list_shows_and_filters_the_caller_s_spaces(any_site: Site) -> None:
    visitor = reader(any_site)

    assert visitor.get(SPACES).status_code == 200
    assert "No spaces yet" in visitor.page.text

    place = space_of(any_site.store)
    name = any_site.store.read(captures.get_space, "maya", place.space_id).space.name
    visitor = reader(any_site)
    expected = {
        f"name_prefix={name[:2]}": True,
        "name_prefix=zz": False,
        "status=ACTIVE": True,
        "status=RETIRED": False,
        "actor=me&since=2026-01-01": True,
        "actor=user:noor": False,
        "until=2025-01-01": False,
    }

    for query, is_listed in expected.items():
        visitor.get(f"{SPACES}?{query}")
        assert (f"{SPACES}/{place.space_id}" in visitor.page.links) is is_listed, query

    own = space_of(any_site.store)
    other = space_of(any_site.store, user_id="noor")
    own.subspace(A, "algebra")
    visitor = reader(any_site)
    visitor.get(SPACES)

    assert f"{SPACES}/{own.space_id}" in visitor.page.links
    assert f"{SPACES}/{other.space_id}" not in visitor.page.links
    assert "algebra" in visitor.page.text


def test_the_list_continues_on_the_next_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_SPACES", 2)
    space_ids = [space_of(site.store).space_id for _ in range(3)]
    visitor = reader(site)
    visitor.get(SPACES)
    visitor.get(next(link for link in visitor.page.links if "cursor=" in link))

    assert f"{SPACES}/{space_ids[0]}" in visitor.page.links
    assert f"{SPACES}/{space_ids[2]}" not in visitor.page.links


def test_a_space_is_shown_to_its_owner_with_the_scope_alone(any_site: Site) -> None:
    place = space_of(any_site.store, user_id="noor")
    missing = CaptureScenario(any_site.store, "x")
    visitor, status = visit(any_site, place)

    assert status == 404
    assert "reading" not in visitor.page.text
    assert visit(any_site, missing)[1] == 404
    assert visit(any_site, place, NOOR)[1] == 200

    for path in ["", "/x"]:
        visitor = any_site.member("console")

        assert visitor.get(SPACES + path).status_code == 403
        assert "captures:read" in visitor.page.text
        assert SPACES not in visitor.page.links

    visitor, status = visit(any_site, space_of(any_site.store))

    assert status == 200
    assert not tags(visitor.page, "svg", role="img")
    for message in ("Nothing captured yet", "None yet", "No algorithm is active"):
        assert message in text_of(visitor.page)


def test_the_plot_and_the_tables_show_the_same_data(any_site: Site, install: Install) -> None:
    activate_algorithm_for(any_site.store, install=install)
    place = space_of(any_site.store)
    for seed, name in ((A, "algebra"), (B, "botany"), (C, "chess")):
        place.subspace(seed, name)
    place.capture(X1, title="Groups", engagement_level=EngagementLevel.ENGAGED)
    place.capture(X2, url="https://example.org/rings")
    place.capture((0.8, 0.4, 0.1), url="https://example.org/rings", title="Rings")
    visitor, _ = visit(any_site, place)
    text = text_of(visitor.page)

    assert plotted_pages(visitor.page) == 2
    hubs = [attributes["class"] for attributes in tags(visitor.page, "g")]
    assert hubs == ["hub p1", "hub p2", "hub p3"]
    assert "2 pages and 3 centroids" in text
    numbered = re.findall(r"([123])\. (algebra|botany|chess)", text)
    assert {name for _, name in numbered} == {"algebra", "botany", "chess"}
    assert "Groups" in text
    assert "Rings" in text
    assert re.search(r"0\.121 UPDATED clear margin", text)
    assert re.search(r"Engaged\s*1", text)
    assert re.search(r"Latent\s*1", text)
    assert "oscl-1" in text


def test_every_drift_is_a_bar_and_a_number(site: Site) -> None:
    place, *_ = worked(site.store)
    place.capture(X1)
    place.capture(X1, url="https://example.org/other")
    visitor, _ = visit(site, place)

    assert len(tags(visitor.page, "rect", width="4")) == 2
    assert "0.0009" in visitor.page.text


def test_an_ambiguous_capture_shows_that_the_centroid_did_not_move(site: Site) -> None:
    place, *_ = worked(site.store)
    place.capture((0.8944, 0.4472, 0.0))
    text = text_of(visit(site, place)[0].page)

    assert "AMBIGUOUS margin too small: the centroid did not move" in text
    assert "no centroid yet" not in text
    assert "at its seed" in text


def test_settings_and_algorithm_show_who_changed_them(any_site: Site, install: Install) -> None:
    activate_algorithm_for(any_site.store, install=install)
    change(any_site.store, "assignment_margin_threshold", "0.1")
    change(any_site.store, "assignment_margin_threshold", "0.07", seq=1)
    activate_algorithm_for(any_site.store, "oscl-2", ANNEALED, install)
    text = text_of(visit(any_site, space_of(any_site.store))[0].page)

    assert re.search(r"oscl-2\s*, activated by user:maya", text)
    assert re.search(r"moves its centroid\s*0\.07 user:maya", text)
    assert "max_assign_distance" in text
    assert "1.0 default value" in text
    assert "0.05, 1.0 / (applied + 1.0)" in text


@pytest.mark.parametrize("vectors", [[(1.0,)], [(1.0,), (-1.0,)], [(2.0,), (1.0,)]])
def test_one_dimension_and_one_page_are_plotted_too(
    site: Site, vectors: list[tuple[float]]
) -> None:
    activate_algorithm_for(site.store)
    place = space_of(site.store, dimension=1)
    for number, vector in enumerate(vectors):
        place.capture(vector, url=f"https://example.org/{number}")
    visitor, status = visit(site, place)

    assert status == 200
    assert plotted_pages(visitor.page) == len(vectors)
    assert visitor.answer is not None
    assert "nan" not in visitor.answer.text
    assert "NO_CENTROID no centroid to compare with" in text_of(visitor.page)


def test_the_page_says_when_not_every_page_is_plotted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, *_ = worked(site.store)
    for number in range(4):
        place.capture(X1, url=f"https://example.org/{number}")
    monkeypatch.setattr(pages, "MAX_PLOTTED", 3)
    visitor, _ = visit(site, place)

    assert plotted_pages(visitor.page) == 3
    assert "Only the last 3 captured pages are plotted." in text_of(visitor.page)
    assert re.search(r"Latent\s*4", visitor.page.text)


def test_the_page_says_when_not_every_subspace_is_shown(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_SUBSPACES", 1)
    place, *_ = worked(site.store)
    place.capture(B)
    visitor, _ = visit(site, place)

    assert "Only the first 1 subspaces are shown." in text_of(visitor.page)
    assert "another subspace" in visitor.page.text


@pytest.mark.slow
def test_the_same_space_is_always_plotted_the_same(any_site: Site, install: Install) -> None:
    activate_algorithm_for(any_site.store, install=install)
    place = space_of(any_site.store)
    for seed, name in ((A, "algebra"), (C, "chess")):
        place.subspace(seed, name)
    for number, vector in enumerate((X1, X2, B)):
        place.capture(vector, url=f"https://example.org/{number}")

    plots: list[list[str]] = []
    for _ in range(2):
        answer = visit(any_site, place)[0].answer
        assert answer is not None
        plots.append(re.findall("<svg.*?</svg>", answer.text, re.DOTALL))
    assert plots[0] == plots[1]


def test_text_of_a_user_is_never_markup(site: Site) -> None:
    activate_algorithm_for(site.store)
    place = space_of(site.store)
    text = f"{EVERY_MARKUP} safe\u202etxt.exe\u2066"
    command = captures.CreateSubspace(
        user_id="maya",
        space_id=place.space_id,
        name="<b>a part</b>",
        description=text,
        seed=captures.EmbeddingVector(values=A, model="model-1"),
    )
    site.store.run(captures.create_subspace, command, actor=MAYA, reason="a test")
    place.capture(X1, title=text)

    visitor, status = visit(site, place)
    assert status == 200
    assert_text(visitor)
    assert visitor.answer is not None
    assert "\u202e" not in visitor.answer.text
    assert "<b>" not in visitor.answer.text
