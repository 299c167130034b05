"""A space as a picture: what is drawn, what stands in its tables, who chose what, and whose it is."""

import re
from collections.abc import Callable

import pytest
from tests.web.console.visitor import Page, Site, Visitor
from tests.web.hostile.rows import MARKUP

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
from indelible_web.captures import pages as console_spaces

SPACES = "/console/spaces"
READER = ("console", "captures:read")
NOOR = Actor.user("noor")


def reader(site: Site, owner: Actor = MAYA) -> Visitor:
    return site.member(*READER, owner=owner)


def text(page: Page) -> str:
    return " ".join(page.text.split())


def tags(page: Page, tag: str, **given: str) -> list[dict[str, str]]:
    return [dict(has) for name, has in page.tags if name == tag and given.items() <= has.items()]


def marks(page: Page) -> int:
    return sum("transform" in given for given in tags(page, "path"))


def looked_at(site: Site, place: CaptureScenario, owner: Actor = MAYA) -> tuple[Visitor, int]:
    visitor = reader(site, owner)
    return visitor, visitor.get(f"{SPACES}/{place.space_id}").status_code


@pytest.fixture
def install(request: pytest.FixtureRequest) -> Callable[..., object]:
    """What PostgreSQL's owner does for a version of the algorithm."""

    def give(store: object, algorithm_id: str) -> None:
        under = getattr(store, "_store", store)
        if isinstance(under, SqlStore):
            is_postgresql = not under.own_url.startswith("sqlite")
            install_algorithm(
                under,
                algorithm_id,
                request.getfixturevalue("database").owner_url if is_postgresql else None,
            )

    return give


def test_without_a_space_the_list_says_how_one_begins(any_site: Site) -> None:
    visitor = reader(any_site)

    assert visitor.get(SPACES).status_code == 200
    assert "No spaces yet" in visitor.page.text


def test_the_list_is_the_reader_s_own_with_the_names_of_its_subspaces(any_site: Site) -> None:
    own, other = space_of(any_site.store), space_of(any_site.store, user_id="noor")
    own.subspace(A, "algebra")
    visitor = reader(any_site)
    visitor.get(SPACES)

    assert f"{SPACES}/{own.space_id}" in visitor.page.links
    assert f"{SPACES}/{other.space_id}" not in visitor.page.links
    assert "algebra" in visitor.page.text


def test_the_list_goes_on_where_it_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_spaces, "LISTED", 2)
    places = [space_of(site.store).space_id for _ in range(3)]
    visitor = reader(site)
    visitor.get(SPACES)
    visitor.get(next(link for link in visitor.page.links if "cursor=" in link))

    assert f"{SPACES}/{places[2]}" in visitor.page.links
    assert f"{SPACES}/{places[0]}" not in visitor.page.links


@pytest.mark.parametrize("path", ["", "/x"])
def test_a_key_without_the_scope_is_told_which(site: Site, path: str) -> None:
    visitor = site.member("console")

    assert visitor.get(SPACES + path).status_code == 403
    assert "captures:read" in visitor.page.text
    assert SPACES not in visitor.page.links


def test_a_foreign_space_is_nothing_here_as_is_none(any_site: Site) -> None:
    place = space_of(any_site.store, user_id="noor")

    assert [
        looked_at(any_site, place)[1],
        looked_at(any_site, CaptureScenario(any_site.store, "x"))[1],
    ] == [404, 404]
    assert looked_at(any_site, place, NOOR)[1] == 200
    assert "reading" not in looked_at(any_site, place)[0].page.text


def test_an_empty_space_says_of_every_part_that_it_is_empty(any_site: Site) -> None:
    visitor, status = looked_at(any_site, space_of(any_site.store))

    assert status == 200
    assert not tags(visitor.page, "svg", role="img")
    for said in ("Nothing captured yet", "None yet", "No algorithm is active"):
        assert said in text(visitor.page)


def test_a_picture_and_its_tables_say_the_same(
    any_site: Site, install: Callable[..., object]
) -> None:
    activate_algorithm_for(any_site.store, install=install)
    place = space_of(any_site.store)
    for seed, name in ((A, "algebra"), (B, "botany"), (C, "chess")):
        place.subspace(seed, name)
    place.capture(X1, title="Groups", engagement_level=EngagementLevel.ENGAGED)
    place.capture(X2, url="https://example.org/rings")
    place.capture((0.8, 0.4, 0.1), url="https://example.org/rings", title="Rings")
    visitor, _ = looked_at(any_site, place)
    said = text(visitor.page)

    assert marks(visitor.page) == 2
    assert [given["class"] for given in tags(visitor.page, "g")] == ["hub p1", "hub p2", "hub p3"]
    assert "2 pages and 3 centroids" in said
    assert {"algebra", "botany", "chess"} == {
        name for _, name in re.findall(r"([123])\. (algebra|botany|chess)", said)
    }
    assert "Groups" in said
    assert "Rings" in said
    assert re.search(r"0\.121 UPDATED clear", said)
    assert re.search(r"Engaged\s*1", said)
    assert re.search(r"Latent\s*1", said)
    assert "oscl-1" in said


def test_every_drift_is_a_bar_and_a_number(site: Site) -> None:
    place, *_ = worked(site.store)
    place.capture(X1)
    place.capture(X1, url="https://example.org/other")
    visitor, _ = looked_at(site, place)

    assert len(tags(visitor.page, "rect", width="4")) == 2
    assert "0.0009" in visitor.page.text


def test_a_capture_that_is_too_close_to_call_says_that_the_centroid_stayed(site: Site) -> None:
    place, *_ = worked(site.store)
    place.capture((0.8944, 0.4472, 0.0))
    said = text(looked_at(site, place)[0].page)

    assert "AMBIGUOUS too close to call: the centroid stayed" in said
    assert "no centroid yet" not in said
    assert "where it was begun" in said


def test_whoever_chose_a_threshold_or_an_algorithm_is_named_with_the_reason(
    any_site: Site, install: Callable[..., object]
) -> None:
    activate_algorithm_for(any_site.store, install=install)
    change(any_site.store, "assignment_margin_threshold", "0.1")
    change(any_site.store, "assignment_margin_threshold", "0.07", seq=1)
    activate_algorithm_for(any_site.store, "oscl-2", ANNEALED, install)
    said = text(looked_at(any_site, space_of(any_site.store))[0].page)

    assert re.search(r"oscl-2\s*, made active by user:maya", said)
    assert re.search(r"draws its centroid on\s*0\.07 user:maya", said)
    assert "max_assign_distance" in said
    assert "1.0 nobody: it is the default" in said
    assert "0.05, 1.0 / (applied + 1.0)" in said


@pytest.mark.parametrize("vectors", [[(1.0,)], [(1.0,), (-1.0,)], [(2.0,), (1.0,)]])
def test_one_dimension_and_one_page_are_drawn_too(site: Site, vectors: list[tuple[float]]) -> None:
    activate_algorithm_for(site.store)
    place = space_of(site.store, dimension=1)
    for number, vector in enumerate(vectors):
        place.capture(vector, url=f"https://example.org/{number}")
    visitor, status = looked_at(site, place)

    assert (status, marks(visitor.page)) == (200, len(vectors))
    assert "nan" not in visitor.answer.text if visitor.answer else False
    assert "NO_CENTROID no centroid to measure by" in text(visitor.page)


def test_more_pages_than_are_drawn_are_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    place, *_ = worked(site.store)
    for number in range(4):
        place.capture(X1, url=f"https://example.org/{number}")
    monkeypatch.setattr(console_spaces, "DRAWN", 3)
    visitor, _ = looked_at(site, place)

    assert marks(visitor.page) == 3
    assert "Drawn are the 3 pages captured last; there are more." in text(visitor.page)
    assert re.search(r"Latent\s*4", visitor.page.text)


def test_subspaces_beyond_those_that_are_shown_are_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_spaces, "PARTS", 1)
    place, _, second, _ = worked(site.store)
    place.capture(B)
    visitor, _ = looked_at(site, place)

    assert second
    assert "the first 1 subspaces; there are more" in text(visitor.page)
    assert "another subspace" in visitor.page.text


def test_the_same_space_is_drawn_the_same_in_every_look(
    any_site: Site, install: Callable[..., object]
) -> None:
    activate_algorithm_for(any_site.store, install=install)
    place = space_of(any_site.store)
    for seed, name in ((A, "algebra"), (C, "chess")):
        place.subspace(seed, name)
    for number, vector in enumerate((X1, X2, B)):
        place.capture(vector, url=f"https://example.org/{number}")
    looks = [looked_at(any_site, place)[0].answer for _ in range(2)]
    drawings = [re.findall("<svg.*?</svg>", look.text, re.DOTALL) for look in looks if look]

    assert drawings[0] == drawings[1]
    assert len(drawings) == 2


@pytest.mark.parametrize("said", [*MARKUP, "safe\u202etxt.exe\u2066"])
def test_what_somebody_wrote_stays_text(site: Site, said: str) -> None:
    activate_algorithm_for(site.store)
    place = space_of(site.store)
    command = captures.CreateSubspace(
        user_id="maya",
        space_id=place.space_id,
        name="<b>a part</b>",
        description=said,
        seed=captures.EmbeddingVector(values=A, model="model-1"),
    )
    site.store.run(captures.create_subspace, command, actor=MAYA, reason="a test")
    place.capture(X1, title=said)
    visitor, status = looked_at(site, place)

    assert status == 200
    assert not tags(visitor.page, "script")
    assert visitor.answer is not None
    assert "\u202e" not in visitor.answer.text
    assert "<b>" not in visitor.answer.text


def test_every_setting_is_explained(site: Site) -> None:
    visitor, _ = looked_at(site, worked(site.store)[0])
    assert visitor.answer is not None
    source = visitor.answer.text

    assert all(f"<code>{key}</code>" in source for key in captures.KEYS)
    assert '<span class="gist"></span>' not in source
