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


def test_a_step_is_taken_with_its_reason_and_its_scope(any_site: Site) -> None:
    for before, after, action in STEPS:
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

    for before, after, action in STEPS:
        saved = move_to(any_site, before)
        reader = any_site.member("console")
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

    for before, _after, action in STEPS:
        saved = move_to(any_site, before)
        member = any_site.member("console", SCOPES[action])
        member.get(at(saved))

        assert member.send("/step", reason="allowed").status_code == 303


def test_a_published_concept_offers_only_a_correction_and_a_draft_no_leap(site: Site) -> None:
    saved = move_to(site, "PUBLISHED")
    member = site.member()
    member.get(at(saved))

    assert "read-only" in member.page.text
    assert not [form for form in member.page.forms if "/step" in form.action]
    assert f"/console/new?corrects={saved.concept.id}" in member.page.links

    saved = move_to(site, "DRAFT")
    member = site.member()
    member.get(at(saved))

    answer = member.send("/step", reason="a leap", status="PUBLISHED")

    assert answer.status_code == 409
    for text in ("INVALID_TRANSITION", "Possible now: edit, submit", "a leap"):
        assert text in member.page.text

    saved = site.create()

    assert site.member("console", "admin").get(at(saved, "/edit")).status_code == 200


def test_a_refused_step_shows_the_error_and_keeps_the_reason(any_site: Site) -> None:
    saved = move_to(any_site, "REVIEW")
    member = any_site.member()
    member.get(at(saved))
    for reason, code in [
        ("", "TEXT_BLANK"),
        ("x" * 1_001, "TEXT_TOO_LONG"),
        ("turned \u202earound", "TEXT_HAS_CONTROLS"),
    ]:
        answer = member.send("/step", reason=reason)

        assert answer.status_code == 422
        assert code in member.page.text
        forms = [form for form in member.page.forms if form.action.endswith("/step")]
        assert [form.fields["reason"] for form in forms] == [[reason]]
        assert any_site.now(saved).concept.status == "REVIEW"

    any_site.edit(saved)

    assert member.send("/step", reason="read it twice").status_code == 412
    assert "STALE" in member.page.text
    assert "Version 2" in member.page.text

    assert member.send("/step").status_code == 303
    assert any_site.now(saved).concept.status == "APPROVED"


def test_an_outdated_page_has_no_second_effect(any_site: Site) -> None:
    saved = move_to(any_site, "APPROVED")
    first = any_site.member()
    second = any_site.member()
    for member in (first, second):
        member.get(at(saved))
        member.show_only_step("PUBLISHED")

    assert first.send("/step", reason="first").status_code == 303
    assert second.send("/step", reason="my long reason").status_code == 412
    assert "my long reason" in second.page.text

    saved = move_to(any_site, "DRAFT")
    member = any_site.member()
    member.get(at(saved))
    page = member.page

    sent = member.send("/step", reason="ready")
    member.page = page
    again = member.send("/step", reason="ready")

    assert sent.location is not None
    assert again.location == sent.location
    assert len(any_site.store.read(concepts.list_history, saved.concept.id)) == 2

    saved = move_to(any_site, "APPROVED")
    member = any_site.member()
    member.get(at(saved))
    member.show_only_step("PUBLISHED")
    outdated = member.page
    member.send("/step", reason="done")

    member.page = outdated
    answer = member.send("/step", reason="done, again, with another reason")

    assert answer.status_code == 409
    assert "IDEMPOTENCY_KEY_CONFLICT" in member.page.text
    assert any_site.now(saved).seq == 4


def test_with_four_eyes_the_author_cannot_approve() -> None:
    site = Site(memory(concepts=ConceptPolicy(four_eyes=True)))
    saved = move_to(site, "REVIEW")
    member = site.member()
    member.get(at(saved))

    assert member.send("/step", reason="looks fine").status_code == 403
    assert "OWN_WORK" in member.page.text
