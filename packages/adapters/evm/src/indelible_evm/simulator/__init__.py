"""A simulator of a chain with one ERC-721 contract, for `indelible demo tokens` and for tests.

It answers the requests of detection on a real socket, and refuses every other one by its name.
"""
