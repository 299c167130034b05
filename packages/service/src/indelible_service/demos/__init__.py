"""Invented data and stand-ins for outside systems, which demos and tests share."""
