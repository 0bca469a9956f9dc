"""Replies written before the reading of them was looked at, in other habits and to other questionnaires than the corpus."""
