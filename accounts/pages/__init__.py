"""Pages for people: signing up, in and out, and choosing a new password."""
