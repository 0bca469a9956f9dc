"""Typed tables, queries and migrations; rows become domain values here."""
