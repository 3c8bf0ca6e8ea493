from accounts.signing_in.hashers import PasswordHasher


class CheapHasher(PasswordHasher):
    time_cost = 1
    memory_cost = 8
