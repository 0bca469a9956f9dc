"""A questionnaire as a Word file: written to be filled in, and read when it comes back."""
