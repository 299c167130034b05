"""The conformance suite of tokens; `detection` has the one of scanning a chain."""

from indelible.testing.tokens.commands import CommandsConformance
from indelible.testing.tokens.integrity import IntegrityConformance
from indelible.testing.tokens.repositories import RepositoriesConformance


class TokensConformance(RepositoriesConformance, IntegrityConformance, CommandsConformance):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
