"""Routes and pages of tokens."""
