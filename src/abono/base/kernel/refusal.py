"""How Abono says no: a code for programs, a sentence for people."""


class Refused(Exception):
    """The request breaks a rule: `code` is `context.reason`, stable; `words` one plain sentence; `facts` data."""

    def __init__(self, code: str, words: str, **facts: object) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.facts = facts

    def __str__(self) -> str:
        return self.words


class Missing(Refused):
    """What was asked for does not exist, or not for the one who asks."""


class Forbidden(Refused):
    """The one who asks may not do this."""


class Unavailable(Refused):
    """Something outside did not answer; trying again later may succeed."""
