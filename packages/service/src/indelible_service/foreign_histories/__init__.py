"""Histories of another system, which are imported with their own times and actors."""
