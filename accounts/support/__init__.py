"""What staff do for users who can't get into their accounts, and the log of it."""
