"""The rules of projects: pure functions."""
