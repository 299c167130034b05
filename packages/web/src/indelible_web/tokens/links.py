"""The names and pages of tokens, authors and mints, for history and for the search of all pages."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flask import url_for

from indelible import tokens
from indelible.app import ReadTx
from indelible.kernel import Invalid
from indelible.tokens.errors import TokenNotFound
from indelible.tokens.lifecycle import IMAGE_JOB, REVEAL, UPLOAD
from indelible_web.console.layout import parse_fields
from indelible_web.console.page import EntityLink, EntitySearch
from indelible_web.http.request import ADMIN, Caller
from indelible_web.tokens.routes import READ, TokenQuery

DIGITS: Final = re.compile("[0-9]+")


def token_links(
    tx: ReadTx, caller: Caller, entity_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each token's entity to its on-chain id and its page."""
    links: dict[str, EntityLink] = {}
    for entity_id in entity_ids:
        token_id = tx.tokens.tokens.get(entity_id).entity.token_id
        links[entity_id] = EntityLink(name=f"Token {token_id}", url=_token_url(caller, token_id))

    return links


def author_links(tx: ReadTx, _: Caller, author_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each author to the wallet."""
    links: dict[str, EntityLink] = {}
    for author_id in author_ids:
        wallet = tx.tokens.authors.get(author_id).entity.wallet_address
        links[author_id] = EntityLink(name=f"Author {wallet}")

    return links


def mint_links(tx: ReadTx, caller: Caller, mint_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each mint to its first token and that token's page."""
    links: dict[str, EntityLink] = {}
    for mint_id in mint_ids:
        token_id = tx.tokens.mints.get(mint_id).entity.token_id
        url = _token_url(caller, token_id)
        links[mint_id] = EntityLink(name=f"Mint of token {token_id}", url=url)

    return links


def image_job_links(
    tx: ReadTx, caller: Caller, job_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each order for an image to its token."""
    return _links_of_work(tx, caller, IMAGE_JOB.name, job_ids, "Image of")


def upload_links(
    tx: ReadTx, caller: Caller, upload_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each upload to its token."""
    return _links_of_work(tx, caller, UPLOAD.name, upload_ids, "Upload of")


def reveal_links(
    tx: ReadTx, caller: Caller, reveal_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each transaction that reveals tokens to its first token."""
    return _links_of_work(tx, caller, REVEAL.name, reveal_ids, "Reveal of")


def find_tokens(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the token with this on-chain id, as a list that is empty if there is none."""
    if limit < 1 or not DIGITS.fullmatch(text):
        return ()
    try:
        query = parse_fields(TokenQuery, {}, token_id=text)
        token = tokens.get_token(tx, query.token_id).token
    except (Invalid, TokenNotFound):
        return ()

    url = _token_url(caller, token.token_id)
    return (EntityLink(name=f"Token {token.token_id}", url=url, status=token.status),)


def _links_of_work(
    tx: ReadTx, caller: Caller, lifecycle: str, entity_ids: Collection[str], label: str
) -> Mapping[str, EntityLink]:
    """Map each entity of the pipeline to the tokens that its first change names."""
    links: dict[str, EntityLink] = {}
    for entity_id in entity_ids:
        (creation,) = tx.history.of(lifecycle, entity_id, limit=1)
        token_ids = creation.data.get("token_ids") or [creation.data["token_id"]]
        first = token_ids[0]
        token = token_links(tx, caller, (first,))[first]
        name = f"{label} {token.name.lower()}"
        if len(token_ids) > 1:
            name = f"{name} and {len(token_ids) - 1} more"
        links[entity_id] = EntityLink(name=name, url=token.url)

    return links


def _token_url(caller: Caller, token_id: int) -> str:
    """Return the address of a token's page, blank if the caller may not open it."""
    if caller.scopes.isdisjoint((ADMIN, READ)):
        return ""
    return url_for("console.token", token_id=token_id)


SEARCH: Final = EntitySearch(label="Tokens", find=find_tokens, scopes=(READ,))
