"""The contract of a service: what its callers may rely on, written down and compared.

A contract has parts, such as the routes or the error codes. A part has names, such as
`GET /v1/contests`, and a name has facts, such as the type of a parameter. `differences` says which
differences break a caller, `collecting` reads the facts from the code, `files` keeps them.
"""
