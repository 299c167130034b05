"""Illegal writes to the tables of tokens, beside those that are generated for every head."""

from collections.abc import Mapping

from tests.guards.attack_parts import Kind
from tests.guards.attacks_on_heads import changed_birth, changed_step, replacing_birth
from tests.guards.raw_sql import NULL
from tests.guards.token_rows import chain_hash, wallet
from tests.guards.writes import insert_change, step_writes, update_head

from indelible_sql.tokens.tables import AUTHORS, MINT_EVENTS, REVEALS, TOKENS, UPLOADS

LEGAL_ON_TOKENS: Kind = {
    "a token is ready": lambda s: step_writes(s.ready),
    "an upload is completed": lambda s: step_writes(s.completed),
}
ON_TOKENS: Mapping[str, Kind] = {
    "a rule of tokens broken": {
        "a prompt of 1,001 characters": changed_birth(AUTHORS, prompt_text="x" * 1_001),
        "a mint of 10,001": changed_birth(MINT_EVENTS, quantity=10_001),
        "a token that is ready without metadata": lambda s: step_writes(s.ready, metadata_cid=None),
        "a token that is ready without an image": lambda s: step_writes(s.ready, image_cid=None),
        "an upload of an unknown type": changed_birth(UPLOADS, record_type="video"),
        "an upload that ends without a CID": lambda s: step_writes(s.completed, cid=None),
        "a reveal of nothing": changed_birth(REVEALS, token_ids=[]),
        "a reveal of an unknown token": changed_birth(REVEALS, token_ids=["token-1", "nothing"]),
        "a reveal of 51": changed_birth(REVEALS, token_ids=["token-1"] * 51),
        "a token whose minter is removed": changed_step(TOKENS, minter_address=NULL),
        "a mint that is restored beside another of its log": lambda s: step_writes(s.restored),
    },
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_TOKENS: Kind = {
    "a mint, replaced by the same in another block": replacing_birth(
        MINT_EVENTS, tx_hash=chain_hash(1), block_hash=chain_hash(3)
    ),
    "a mint, replaced by one that is restored": lambda s: (
        update_head(s.restored.change, **s.restored.row).prefix_with("OR REPLACE"),
        insert_change(s.restored.change),
    ),
    "an author, replaced by another of the same wallet": replacing_birth(
        AUTHORS, wallet_address=wallet(1)
    ),
    "a token, replaced by another of the same number": replacing_birth(TOKENS, token_id=1),
}
