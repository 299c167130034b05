"""Differences between two contents: by field, by list item and by word."""
