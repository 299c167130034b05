"""Test tokens in the console: the list, and a token with its history."""

import re

import pytest
from tests.web.console.visitor import Page, Site
from tests.web.minting import MAYA_S, WORKER, acted, failed, minted

from indelible.app import WriteTx
from indelible.tokens import Repositories
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RecordType,
    RevealTransaction,
)
from indelible_web.tokens import pages as console_tokens

TOKENS = "/console/tokens"


def token_links(page: Page) -> list[str]:
    return [link for link in page.links if re.fullmatch(f"{TOKENS}/[0-9]+", link)]


def test_tokens_are_listed_by_status_and_shown_with_their_history(any_site: Site) -> None:
    minted(any_site.store, MAYA_S, MAYA_S)
    failed(any_site.store, 2)
    member = any_site.member("console", "tokens:read")

    member.get(TOKENS)
    assert token_links(member.page) == [f"{TOKENS}/2", f"{TOKENS}/1"]

    member.get(member.page.link("order=oldest"))
    assert token_links(member.page) == [f"{TOKENS}/1", f"{TOKENS}/2"]

    member.get(f"{TOKENS}?status=failed")
    assert token_links(member.page) == [f"{TOKENS}/2"]

    member.get(f"{TOKENS}/2")

    for text in ("Token 2", "Failed", "PROVIDER_REFUSED", str(WORKER), "a test"):
        assert text in member.page.words
    assert member.get(f"{TOKENS}/3").status_code == 404
    assert member.get(f"{TOKENS}/x").status_code == 422


def test_history_names_tokens_authors_and_what_the_pipeline_stores(any_site: Site) -> None:
    minted(any_site.store, MAYA_S)
    member = any_site.member("console", "tokens:read")
    member.get("/console/history")

    for text in ("Token 1", "Mint of token 1", f"Author {MAYA_S.lower()}"):
        assert text in member.page.words
    assert f"{TOKENS}/1" in member.page.links

    other = any_site.member("console")
    other.get("/console/history")
    assert "Token 1" in other.page.words
    assert f"{TOKENS}/1" not in other.page.links

    minted(any_site.store, MAYA_S, MAYA_S)
    acted(any_site.store, order_upload_and_reveal)
    member = any_site.member("console", "tokens:read")
    member.get("/console/history")

    for text in ("Image of token 1", "Upload of token 1", "Reveal of token 1 and 1 more"):
        assert text in member.page.words
    assert member.page.links.count(f"{TOKENS}/1") >= 3


def order_upload_and_reveal(tx: WriteTx) -> None:
    """Create one entity of each kind that the pipeline stores, for both tokens."""
    repositories = Repositories.over(tx)
    ids: list[str] = []
    for token_id in (1, 2):
        token = repositories.tokens.get_by_token_id(token_id)
        assert token is not None
        ids.append(token.id)

    now = tx.clock.now()
    job = ImageGenerationJob.create(
        "create", now=now, id=tx.ids.new(), token_id=ids[0], service="painter"
    )
    repositories.image_jobs.add(job)
    upload = IPFSUploadRecord.create(
        "create", now=now, id=tx.ids.new(), token_id=ids[0], record_type=RecordType.IMAGE
    )
    repositories.ipfs_records.add(upload)
    reveal = RevealTransaction.create("create", now=now, id=tx.ids.new(), token_ids=tuple(ids))
    repositories.reveal_txs.add(reveal)


def test_a_long_list_of_tokens_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tokens, "TOKENS_PER_PAGE", 2)
    minted(site.store, MAYA_S, MAYA_S, MAYA_S)
    member = site.member("console", "admin")
    member.get(TOKENS)

    member.get(member.page.link("cursor="))

    assert token_links(member.page) == [f"{TOKENS}/1"]


@pytest.mark.parametrize("path", [TOKENS, f"{TOKENS}/1"])
def test_a_key_without_the_scope_sees_the_missing_scope(site: Site, path: str) -> None:
    member = site.member("console")

    assert member.get(path).status_code == 403
    assert "tokens:read" in member.page.text
    assert TOKENS not in member.page.links
