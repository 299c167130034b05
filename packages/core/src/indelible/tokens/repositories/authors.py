"""The repository of authors."""

from attrs import frozen

from indelible.tokens.entities.authors import Author
from indelible.tokens.errors import AuthorExists
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import NEWEST_FIRST, find_many, find_one, insert, save


@frozen
class AuthorRepository:
    """Authors. The case of a wallet does not matter."""

    _tx: TokensWrite

    def get_by_id(self, author_id: str) -> Author | None:
        return find_one(self._tx.tokens.authors, {"id": author_id})

    def get_by_wallet(self, wallet_address: str) -> Author | None:
        return find_one(self._tx.tokens.authors, {"wallet_address": wallet_address.lower()})

    def add(self, author: Author) -> Author:
        """Save a new author. Raises AuthorExists when the wallet has one."""
        if self.get_by_wallet(author.wallet_address):
            raise AuthorExists(author.wallet_address)

        return insert(self._tx, self._tx.tokens.authors, author)

    def save(self, author: Author) -> Author:
        return save(self._tx, self._tx.tokens.authors, author)

    def list_all(self, limit: int = 100, offset: int = 0) -> list[Author]:
        return find_many(self._tx.tokens.authors, {}, NEWEST_FIRST, limit, offset)

    def get_author_leaderboard(self, limit: int = 50) -> list[tuple[str, int]]:
        """Return wallets with their number of tokens: most tokens, then lowest wallet."""
        return list(self._tx.tokens.tokens.joins.leaderboard(limit=limit))
