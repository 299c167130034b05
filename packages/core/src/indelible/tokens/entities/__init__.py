"""Entities of the token pipeline and the chain values they are built from.

A transition such as `Token.mark_generating` takes no clock. It returns the next entity with
`updated_at` unchanged: the repository that saves it compares `updated_at` with the stored
entity, refuses an entity that was read too early, and sets the instant of the change.
`save_all` saves over heads instead, and compares the seq of each head with the stored one.
"""
