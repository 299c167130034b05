"""Test API keys in the console: the list, the form that creates one, and the one that revokes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.web.console.visitor import (
    EVERY_MARKUP,
    START,
    Site,
    Visitor,
    assert_text,
    assert_text_on,
)
from tests.web.harness import SCOPES, memory

from indelible.concepts import ConceptPolicy
from indelible.kernel.keys import KEY, Key, authenticate_key, list_keys
from indelible.testing.stores import MAYA, NOOR
from indelible_web.console import keys as console_keys

KEYS = "/console/keys"
NEW = f"{KEYS}/new"
OWN_SCOPES = ("console", "keys:write", "concepts:read", "concepts:write")
SECRET = re.compile(r"ind_\S+_\S+")


def issuer(site: Site) -> Visitor:
    """Return Maya, whose key may create keys."""
    return site.member(*OWN_SCOPES)


def operator(site: Site) -> Visitor:
    return site.member("console", "admin")


def create(member: Visitor, *scopes: str, **typed: object) -> int:
    """Send the form that creates a key and return the status of the answer."""
    member.get(NEW)
    typed.setdefault("reason", "for the nightly import")
    return member.send("/new", None, scopes=list(scopes), **typed).status_code


def shown_secret(member: Visitor) -> str:
    """Return the text of the key that the page shows."""
    assert member.answer is not None
    match = SECRET.search(member.answer.text.partition("<main")[2])
    assert match, "the page shows no key"
    return match[0].partition("<")[0]


def keys_of(site: Site) -> list[Key]:
    return [saved.key for saved in site.store.read(list_keys)]


def newest_key(site: Site) -> Key:
    return max(keys_of(site), key=lambda key: key.created_at)


@pytest.mark.slow
def test_a_key_is_created_within_the_rights_of_the_session_and_shown_once(any_site: Site) -> None:
    member = issuer(any_site)

    assert create(member, "concepts:read", expires_on="2026-03-01") == 201
    secret = shown_secret(member)

    key = any_site.store.read(authenticate_key, secret, now=START)
    assert key is not None
    assert key.owner == MAYA
    assert key.scopes == ("concepts:read",)
    assert key.expires_at == datetime(2026, 3, 2, tzinfo=UTC)
    (creation,) = any_site.store.read(lambda tx: tx.history.of(KEY.name, key.id))
    assert creation.actor == MAYA
    assert creation.reason == "for the nightly import"
    assert member.answer is not None
    assert member.answer.headers["Cache-Control"] == "no-store"

    for path in (KEYS, f"{KEYS}/{key.id}", "/console/history"):
        text = member.get(path).text
        assert secret.rpartition("_")[2] not in text
    assert "for the nightly import" in member.get(KEYS).text

    member.get(NEW)
    page = member.page
    keys_before = len(keys_of(any_site))

    first = member.send("/new", reason="once", scopes=["concepts:read"])
    member.page = page
    second = member.send("/new", reason="once", scopes=["concepts:read"])

    assert (first.status_code, second.status_code) == (201, 201)
    assert SECRET.search(first.text)
    assert not SECRET.search(second.text.partition("<main")[2])
    assert "its key exists already" in member.page.words
    assert len(keys_of(any_site)) == keys_before + 1


def test_the_form_offers_the_scopes_of_the_session_and_ninety_days(site: Site) -> None:
    every_scope = {"admin", "ops", "console", "history:read", "keys:write", *SCOPES}
    for member, scopes in ((issuer(site), set(OWN_SCOPES)), (operator(site), every_scope)):
        member.get(NEW)
        tags = [attributes for _, attributes in member.page.tags]
        offered = [one["value"] for one in tags if one.get("name") == "scopes"]
        assert offered == sorted(scopes)
        suggested = START.date() + timedelta(days=90)
        assert member.page.form("/new").fields["expires_on"] == [suggested.isoformat()]


@pytest.mark.slow
def test_a_forged_or_unknown_scope_is_refused(any_site: Site) -> None:
    member = issuer(any_site)
    keys_before = keys_of(any_site)
    for scope in ["admin", "concepts:approve", "captures:admin"]:
        assert create(member, "concepts:read", scope) == 403
        assert "SCOPE_NOT_GRANTED" in member.page.text
        assert member.page.form("/new").fields["scopes"] == ["concepts:read"]
        assert member.page.form("/new").fields["reason"] == ["for the nightly import"]
        assert keys_of(any_site) == keys_before

    member = operator(any_site)
    keys_before = keys_of(any_site)
    for scopes in [
        (),
        ("nothing:here",),
        ("public",),
        ("signed",),
        ("<b>",),
        ("x" * 300,),
        ("Concepts:read",),
        ("1concepts:read",),
        ("concepts:read:all",),
        ("concepts:read\n",),
    ]:
        assert create(member, *scopes) == 422
        assert "INVALID_FIELDS" in member.page.text
        assert keys_of(any_site) == keys_before


def test_the_owner_is_the_session_s_own_and_its_rights_suffice(site: Site) -> None:
    member = operator(site)

    assert create(member, "concepts:read", owner="user:noor", issuer_id="x") == 201
    assert newest_key(site).owner == MAYA

    member = site.member("console", *SCOPES)
    member.get(KEYS)
    fields = {"csrf": member.page.csrf_token(), "reason": "mine", "scopes": "console"}
    keys_before = keys_of(site)

    assert NEW not in member.page.links
    assert member.get(NEW).status_code == 403
    assert member.post(NEW, fields).status_code == 403
    assert "SCOPE_MISSING" in member.page.text
    assert keys_of(site) == keys_before


@pytest.mark.slow
def test_with_four_eyes_a_second_key_of_the_author_approves_nothing() -> None:
    site = Site(memory(concepts=ConceptPolicy(four_eyes=True)))
    author = operator(site)
    saved = site.create(by=MAYA)
    path = f"/console/concepts/{saved.concept.id}"
    author.get(path)
    author.send("/step", reason="ready")

    assert create(author, "console", "concepts:read", "concepts:approve") == 201
    second = site.visitor()
    assert second.sign_in(shown_secret(author)).status_code == 303
    second.get(path)
    second.show_only_step("APPROVED")

    assert second.send("/step", reason="I agree with myself").status_code == 403
    assert str(site.now(saved).concept.status) == "REVIEW"


def test_a_key_expires_at_the_end_of_its_last_day_and_with_that_of_the_session(site: Site) -> None:
    for typed, expected in [
        ("", None),
        ("2026-01-02", datetime(2026, 1, 3, tzinfo=UTC)),
        ("2999-12-30", datetime(2999, 12, 31, tzinfo=UTC)),
    ]:
        assert create(issuer(site), "concepts:read", expires_on=typed) == 201
        assert newest_key(site).expires_at == expected

    member = issuer(site)
    keys_before = keys_of(site)
    for typed, status, code in [
        ("2025-12-31", 422, "EXPIRY_PASSED"),
        ("2026-02-30", 422, "INVALID_FIELDS"),
        ("20260301", 422, "INVALID_FIELDS"),
        ("9999-12-31", 422, "INVALID_FIELDS"),
        ("3000-01-01", 422, "INSTANT_OUT_OF_RANGE"),
        ("tomorrow", 422, "INVALID_FIELDS"),
        ("\u0662\u0660\u0662\u0666-\u0660\u0663-\u0660\u0661", 422, "INVALID_FIELDS"),
    ]:
        assert create(member, "concepts:read", expires_on=typed) == status
        assert code in member.page.text
        assert member.page.form("/new").fields["expires_on"] == [typed]
        assert keys_of(site) == keys_before

    expires_at = START + timedelta(days=10)
    member = site.visitor()
    member.sign_in(site.key(*OWN_SCOPES, expires_at=expires_at).text)

    assert create(member, "concepts:read", expires_on="2026-06-01") == 403
    assert "EXPIRY_TOO_LATE" in member.page.text

    for typed in ("", expires_at.date().isoformat()):
        assert create(member, "concepts:read", expires_on=typed) == 201
        assert newest_key(site).expires_at == expires_at


@pytest.mark.parametrize("reason", ["", " ", "turned \u202earound", "x" * 1_001])
def test_an_error_is_shown_at_the_form_which_keeps_its_input(site: Site, reason: str) -> None:
    member = issuer(site)

    assert create(member, "concepts:read", "console", reason=reason) == 422
    assert "Refused." in member.page.text
    form = member.page.form("/new")
    assert form.fields["reason"] == [reason]
    assert form.fields["scopes"] == ["concepts:read", "console"]


@pytest.mark.slow
def test_a_key_is_revoked_with_a_reason_and_refused_afterwards(any_site: Site) -> None:
    member = issuer(any_site)
    key_id = newest_key(any_site).id
    member.get(f"{KEYS}/{key_id}")
    assert "You are signed in with this key." in member.page.words

    assert member.send("/revoke", reason="I leave").status_code == 303
    assert member.get(KEYS).status_code == 303
    assert member.get("/console/sign-in").status_code == 200

    member = issuer(any_site)
    other = any_site.key("console", "concepts:read")
    reader = any_site.visitor()
    reader.sign_in(other.text)
    assert reader.get(KEYS).status_code == 200

    member.get(f"{KEYS}/{other.key.id}")
    assert member.send("/revoke", reason="it is in a log").status_code == 303
    member.follow()
    assert f"Key {other.key.id} is revoked." in member.page.words

    assert reader.get(KEYS).status_code == 303
    member.get(f"{KEYS}/{other.key.id}")
    for text in ("Revoked", "it is in a log", "user:maya"):
        assert text in member.page.words
    assert not [form for form in member.page.forms if form.action.endswith("/revoke")]


def test_the_second_of_two_revocations_is_refused_and_keeps_its_reason(site: Site) -> None:
    other = site.key("console")
    first = issuer(site)
    second = issuer(site)
    for member in (first, second):
        member.get(f"{KEYS}/{other.key.id}")

    assert first.send("/revoke", reason="first").status_code == 303
    assert second.send("/revoke", reason="my long reason").status_code == 412
    for text in ("STALE", "my long reason"):
        assert text in second.page.words


@pytest.mark.slow
def test_operators_alone_see_and_revoke_the_keys_of_others(any_site: Site) -> None:
    other = any_site.key("console", "concepts:read", owner=NOOR)
    member = issuer(any_site)
    member.get(KEYS)
    fields = {"csrf": member.page.csrf_token(), "reason": "mine", "seq": "1"}

    assert other.key.id not in member.page.text
    assert other.key.id not in member.get(f"{KEYS}?owner=user:noor").text
    assert member.get(f"{KEYS}/{other.key.id}").status_code == 404
    assert member.post(f"{KEYS}/{other.key.id}/revoke", fields).status_code == 404
    assert any_site.store.read(authenticate_key, other.text, now=START)

    member = operator(any_site)

    member.get(KEYS)
    assert "user:noor" in member.page.words
    member.get(f"{KEYS}/{other.key.id}")
    assert member.send("/revoke", reason="Noor has left").status_code == 303
    assert any_site.store.read(authenticate_key, other.text, now=START) is None


@pytest.mark.slow
def test_the_list_is_filtered_and_marks_expired_keys(any_site: Site) -> None:
    member = operator(any_site)
    old = any_site.key("console", owner=NOOR)
    any_site.clock.forward(minutes=1)
    new = any_site.key("console", owner=NOOR)
    any_site.revoke(old)

    def listed(query: str) -> list[str]:
        member.get(f"{KEYS}?{query}")
        found = [link.rpartition("/")[2] for link in member.page.links]
        return [key_id for key_id in found if key_id in (old.key.id, new.key.id)]

    assert listed("") == [new.key.id, old.key.id]
    assert listed("order=oldest") == [old.key.id, new.key.id]
    assert listed("owner=user:noor&status=REVOKED") == [old.key.id]
    assert listed("status=ACTIVE") == [new.key.id]
    assert listed("owner=user:maya") == []

    for query in ["status=x", "owner=nobody", "order=name", "cursor=x"]:
        assert operator(any_site).get(f"{KEYS}?{query}").status_code in {400, 422}

    other = any_site.key("console")
    member = operator(any_site)
    member.get("/console/history")

    assert f"{KEYS}/{other.key.id}" in member.page.links


def test_a_long_list_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_keys, "PAGE_SIZE", 2)
    member = operator(site)
    for _ in range(2):
        site.key("console")

    member.get(KEYS)
    first_page = set(member.page.links)
    member.get(member.page.link("cursor="))
    second_page = set(member.page.links)

    ids = {f"{KEYS}/{key.id}" for key in keys_of(site)}
    assert len(first_page & ids) == 2
    assert (first_page | second_page) >= ids


def test_an_expired_key_is_marked(site: Site) -> None:
    site.key("console", owner=NOOR, expires_at=START + timedelta(minutes=1))
    member = operator(site)
    member.get(f"{KEYS}?owner=user:noor")
    assert "Expired" not in member.page.words

    site.clock.forward(minutes=1)
    member.get(f"{KEYS}?owner=user:noor")
    assert "Expired" in member.page.words


def test_pages_of_keys_have_labels_and_show_a_purpose_as_text(site: Site) -> None:
    member = operator(site)
    assert create(member, "concepts:read", reason=EVERY_MARKUP) == 201
    assert_text(member)
    assert_text_on(member, KEYS, NEW, f"{KEYS}/{newest_key(site).id}")
