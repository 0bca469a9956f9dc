"""The typed tables, by what they hold."""

from storage.tables import answers, base, chat, delivery, mail, oversight, people, programme, rounds

metadata = base.metadata

__all__ = ["answers", "base", "chat", "delivery", "mail", "metadata", "oversight", "people", "programme", "rounds"]
