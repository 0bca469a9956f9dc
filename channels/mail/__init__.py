"""Mail: the words and layout of each message, and SMTP."""
