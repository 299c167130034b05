"""The conformance suite of tokens."""
