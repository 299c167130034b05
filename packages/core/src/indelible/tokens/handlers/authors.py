"""Handlers of authors."""

from indelible.kernel import Head
from indelible.tokens import commands
from indelible.tokens.entities.authors import Author
from indelible.tokens.errors import AuthorExists
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import save_over


def set_author_prompt(tx: TokensWrite, command: commands.SetAuthorPrompt) -> Head[Author]:
    """Set the prompt of a wallet's author, who is added if the wallet has none."""
    author = find_or_add_author(tx, command.wallet_address)
    head = tx.tokens.authors.lock(author.id)
    save_over(tx, tx.tokens.authors, head, head.entity.set_prompt(command.prompt_text))

    return tx.tokens.authors.get(author.id)


def find_or_add_author(tx: TokensWrite, wallet: str) -> Author:
    """Return the author of a wallet, added if the wallet has none."""
    authors = Repositories.over(tx).authors
    author = authors.get_by_wallet(wallet)
    if author:
        return author

    new = Author.create("create", now=tx.clock.now(), id=tx.ids.new(), wallet_address=wallet)
    try:
        return authors.add(new)
    except AuthorExists:  # another transaction has added the author and committed in between
        return find_or_add_author(tx, wallet)
