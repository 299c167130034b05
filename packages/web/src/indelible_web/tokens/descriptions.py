"""Descriptions of the fields and parameters of tokens' operations."""

from collections.abc import Mapping
from typing import Final

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "Token.token_id": "The number of the token on the chain.",
    "author_address": "The author's wallet.",
    "author_id": "The id of the token's author.",
    "error_data": "The failure's details; null if it has none.",
    "farcaster_handle": "The author's name on Farcaster; null if unknown.",
    "generation_attempts": "The number of attempts to generate the image.",
    "generation_error": "The last failure to generate the image; null if there was none.",
    "has_prompt": "True if the author has set a prompt.",
    "image_cid": "The content id of the image on IPFS; null before its upload.",
    "image_url": "The address of the generated image; null before it is generated.",
    "message": "The text that the wallet signed.",
    "metadata_cid": "The content id of the metadata on IPFS; null before their upload.",
    "mint_event_id": "The id of the mint in the chain; null after a reorganization.",
    "mint_timestamp": "The time of the block that has the mint.",
    "minter_address": "The wallet that minted the token; null if unknown.",
    "prompt_text": "The prompt from which the images are generated.",
    "reveal_tx_hash": "The transaction that revealed the token; null before it.",
    "signature": "The signature of the message, in hexadecimal digits.",
    "status": "The token's state.",
    "token": "The token.",
    "token_id": "The token's id.",
    "tokens": "The tokens of this range, newest first.",
    "total": "The number of all tokens of the author.",
    "total_tokens": "The number of the author's tokens.",
    "twitter_handle": "The author's name on Twitter; null if unknown.",
    "wallet": "The wallet's address, in any case of letters.",
    "wallet_address": "The wallet's address.",
}
