"""Test the steps of a concept's lifecycle in the console."""

import pytest
from tests.web.console.visitor import Site, at, move_to
from tests.web.harness import memory

from indelible import concepts
from indelible.concepts import ConceptPolicy

pytestmark = pytest.mark.slow

STEPS = (
    ("DRAFT", "REVIEW", "submit"),
    ("REVIEW", "APPROVED", "approve"),
    ("APPROVED", "PUBLISHED", "publish"),
)
SCOPES = {"submit": "concepts:review", "approve": "concepts:approve", "publish": "concepts:publish"}


@pytest.mark.parametrize(("before", "after", "action"), STEPS)
def test_a_step_is_taken_with_its_reason(
    any_site: Site, before: str, after: str, action: str
) -> None:
    saved = move_to(any_site, before)
    member = any_site.member()
    member.get(at(saved))
    member.show_only_step(after)

    assert member.send("/step", reason=f"because of {action}").status_code == 303

    member.follow()
    assert any_site.now(saved).concept.status == after
    assert f"because of {action}" in member.page.text
    change = any_site.store.feed().changes[-1]
    assert str(change.actor) == "user:maya"
    assert change.reason == f"because of {action}"
    assert change.request_id


def test_a_published_concept_offers_only_a_correction(site: Site) -> None:
    saved = move_to(site, "PUBLISHED")
    member = site.member()
    member.get(at(saved))

    assert "read-only" in member.page.text
    assert not [form for form in member.page.forms if "/step" in form.action]
    assert f"/console/new?corrects={saved.concept.id}" in member.page.links


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "TEXT_BLANK"),
        ("x" * 1_001, "TEXT_TOO_LONG"),
        ("turned \u202earound", "TEXT_HAS_CONTROLS"),
    ],
)
def test_a_refused_step_shows_the_error_and_keeps_the_reason(
    any_site: Site, reason: str, code: str
) -> None:
    saved = move_to(any_site, "REVIEW")
    member = any_site.member()
    member.get(at(saved))

    answer = member.send("/step", reason=reason)

    assert answer.status_code == 422
    assert code in member.page.text
    forms = [form for form in member.page.forms if form.action.endswith("/step")]
    assert [form.fields["reason"] for form in forms] == [[reason]]
    assert any_site.now(saved).concept.status == "REVIEW"


def test_a_stale_step_shows_the_current_state(any_site: Site) -> None:
    saved = move_to(any_site, "REVIEW")
    member = any_site.member()
    member.get(at(saved))
    any_site.edit(saved)

    assert member.send("/step", reason="read it twice").status_code == 412
    assert "STALE" in member.page.text
    assert "Version 2" in member.page.text

    assert member.send("/step").status_code == 303
    assert any_site.now(saved).concept.status == "APPROVED"


def test_the_second_of_two_windows_sees_the_error_and_its_reason(site: Site) -> None:
    saved = move_to(site, "APPROVED")
    first = site.member()
    second = site.member()
    for member in (first, second):
        member.get(at(saved))
        member.show_only_step("PUBLISHED")

    assert first.send("/step", reason="first").status_code == 303
    assert second.send("/step", reason="my long reason").status_code == 412
    assert "my long reason" in second.page.text


def test_a_form_sent_twice_has_one_effect(any_site: Site) -> None:
    saved = move_to(any_site, "DRAFT")
    member = any_site.member()
    member.get(at(saved))
    page = member.page

    first = member.send("/step", reason="ready")
    member.page = page
    second = member.send("/step", reason="ready")

    assert first.location is not None
    assert second.location == first.location
    assert len(any_site.store.read(concepts.list_history, saved.concept.id)) == 2


def test_an_outdated_page_cannot_publish_twice(site: Site) -> None:
    saved = move_to(site, "APPROVED")
    member = site.member()
    member.get(at(saved))
    member.show_only_step("PUBLISHED")
    outdated = member.page
    member.send("/step", reason="done")

    member.page = outdated
    answer = member.send("/step", reason="done, again, with another reason")

    assert answer.status_code == 409
    assert "IDEMPOTENCY_KEY_CONFLICT" in member.page.text
    assert site.now(saved).seq == 4


def test_an_illegal_step_is_refused_as_over_the_api(site: Site) -> None:
    saved = move_to(site, "DRAFT")
    member = site.member()
    member.get(at(saved))

    answer = member.send("/step", reason="a leap", status="PUBLISHED")

    assert answer.status_code == 409
    for text in ("INVALID_TRANSITION", "Possible now: edit, submit", "a leap"):
        assert text in member.page.text


def test_with_four_eyes_the_author_cannot_approve() -> None:
    site = Site(memory(concepts=ConceptPolicy(four_eyes=True)))
    saved = move_to(site, "REVIEW")
    member = site.member()
    member.get(at(saved))

    assert member.send("/step", reason="looks fine").status_code == 403
    assert "OWN_WORK" in member.page.text


@pytest.mark.parametrize(("before", "after", "action"), STEPS)
def test_a_key_without_the_scope_of_a_step_is_neither_offered_it_nor_obeyed(
    site: Site, before: str, after: str, action: str
) -> None:
    saved = move_to(site, before)
    reader = site.member("console")
    reader.get(at(saved))
    assert not [form for form in reader.page.forms if form.action.endswith("/step")]
    assert "needs the scope" in reader.page.text

    fields = {
        "csrf": reader.page.csrf_token(),
        "status": after,
        "expected_seq": saved.seq,
        "reason": action,
    }
    assert reader.post(at(saved, "/step"), fields).status_code == 403
    assert "SCOPE_MISSING" in reader.page.text


@pytest.mark.parametrize(("before", "_after", "action"), STEPS)
def test_a_key_with_only_the_scope_of_a_step_can_take_it(
    site: Site, before: str, _after: str, action: str
) -> None:
    saved = move_to(site, before)
    member = site.member("console", SCOPES[action])
    member.get(at(saved))

    assert member.send("/step", reason="allowed").status_code == 303


def test_an_operator_can_open_the_form_to_edit(site: Site) -> None:
    saved = site.create()

    assert site.member("console", "admin").get(at(saved, "/edit")).status_code == 200
