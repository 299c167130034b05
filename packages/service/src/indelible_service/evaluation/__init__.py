"""Evaluate how well captures assign a folder of texts."""
