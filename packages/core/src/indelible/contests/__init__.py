"""Contests: golf contests that settle themselves from stored provider data."""
