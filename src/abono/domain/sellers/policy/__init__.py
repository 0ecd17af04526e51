"""The policy language: how one kind of business bills and collects, as typed, validated TOML.

A policy is data. The engine reads its attributes; nothing in the code knows the businesses by name.
"""

from abono.domain.sellers.policy.builtin import builtin_names, builtin_policy, builtin_text
from abono.domain.sellers.policy.diff import Difference, differences
from abono.domain.sellers.policy.keys import IN_EFFECT, KEYS, SECTIONS, Key, Part, key_named
from abono.domain.sellers.policy.model import Length, Means, Policy, Step
from abono.domain.sellers.policy.problems import PolicyError, Problem
from abono.domain.sellers.policy.read import read_policy, read_policy_file
from abono.domain.sellers.policy.reference import reference_page
from abono.domain.sellers.policy.show import sentence_of, sentences
from abono.domain.sellers.policy.write import changed, policy_text

__all__ = [
    "IN_EFFECT",
    "KEYS",
    "SECTIONS",
    "Difference",
    "Key",
    "Length",
    "Means",
    "Part",
    "Policy",
    "PolicyError",
    "Problem",
    "Step",
    "builtin_names",
    "builtin_policy",
    "builtin_text",
    "changed",
    "differences",
    "key_named",
    "policy_text",
    "read_policy",
    "read_policy_file",
    "reference_page",
    "sentence_of",
    "sentences",
]
