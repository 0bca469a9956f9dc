"""What people do in any chat, whichever platform tells of it."""
