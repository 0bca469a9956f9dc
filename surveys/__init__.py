"""The pure core: instrument, routing, panel, rounds, reminders, responses, delivery, dispositions."""
