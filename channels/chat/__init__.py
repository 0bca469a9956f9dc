"""What messages in any chat say, whichever platform draws them."""
