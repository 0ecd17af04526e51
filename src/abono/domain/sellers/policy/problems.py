"""What is wrong with a policy file: every fault found, each at its line."""

from collections.abc import Sequence
from dataclasses import dataclass

from abono.base.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `line` counts from 1 and is 0 when there is no text; `key` is `section.key`."""

    file: str
    line: int
    key: str
    wrong: str
    allowed: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{place}: {key}{self.wrong}{allowed}"


class PolicyError(Refused):
    """The policy is not valid. `problems` holds every fault, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda problem: problem.line))
        words = "\n".join(str(problem) for problem in self.problems)
        super().__init__("policy.invalid", words, problems=self.problems)

    def __reduce__(self) -> tuple[type["PolicyError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)
