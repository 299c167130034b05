"""The rules of captures, as pure functions."""
