"""A policy in sentences, like the terms of the business it implements: exactly one for each key."""

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.refusal import Refused
from abono.domain.sellers.policy.keys import key_named
from abono.domain.sellers.policy.model import Plain, Policy, Step
from abono.domain.sellers.policy.words import SPEAKERS, step_variables


def sentences(policy: Policy, language: str) -> list[tuple[str, str]]:
    """Every key of the policy with its sentence in `language` (en, es, hu), in the order of the reference."""
    return [(key, sentence_of(policy, key, language)) for key in policy.settings()]


def sentence_of(policy: Policy, key: str, language: str) -> str:
    """The sentence of one key of the policy, as `Policy.settings` names it."""
    check_language(language)
    row = key_named(key)
    for step in policy.calendar.steps:
        if step.key == key:
            return _step_sentence(step, language)
    value = policy.settings()[key]
    name = key.split(".")[1]
    template = _template(key, _case(value, tuple(row.say)), language)
    if row.speak == "step":
        return template
    return template.format(**SPEAKERS[row.speak](value, language, policy, name))


def check_language(language: str) -> None:
    """Refuses a language that Abono does not speak."""
    if language not in LANGUAGES:
        allowed = ", ".join(LANGUAGES)
        raise Refused(
            "policy.unknown_language",
            f"Unknown language {language!r}; allowed: {allowed}.",
            language=language,
        )


def _template(key: str, case: str, language: str) -> str:
    return key_named(key).say[case][LANGUAGES.index(language)]


def _step_sentence(step: Step, language: str) -> str:
    case = step.do + (f".{step.scope}" if step.scope else "")
    return _template("calendar.steps", case, language).format(**step_variables(step, language))


def _case(value: Plain, cases: tuple[str, ...]) -> str:
    """Which of a key's sentences fits a value: its own, one for its sign or size, else `other`."""
    if isinstance(value, bool):
        case = "true" if value else "false"
    elif isinstance(value, str):
        case = value
    elif isinstance(value, int):
        case = "zero" if value == 0 else "before" if value < 0 else "other"
    else:
        case = {0: "zero", 1: "one"}.get(len(value), "other")
    return case if case in cases else "other"
