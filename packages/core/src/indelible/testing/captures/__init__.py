"""The conformance suite of captures."""
