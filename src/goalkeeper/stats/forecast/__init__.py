"""How likely a number is to reach a target by a date, from its own history; and what that history suggests."""
