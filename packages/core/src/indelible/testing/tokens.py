"""What every store of tokens must do."""


class TokensConformance:
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
