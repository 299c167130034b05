"""Texts of planned files. `__NAME__` is filled in; nothing else of a user is part of a file."""
