"""The column types of tokens: addresses and hashes of a chain."""

from indelible_sql.schema.columns import hex_domain

WALLET = hex_domain("wallet", "length({0}) = 42 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)")
CHAIN_HASH = hex_domain(
    "chain_hash", "length({0}) = 66 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)"
)
DOMAINS = (WALLET, CHAIN_HASH)
