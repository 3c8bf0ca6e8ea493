"""What happens to a request before Django and its middleware for browsers: in which thread it
works, how its body comes in, and what it is known by."""
