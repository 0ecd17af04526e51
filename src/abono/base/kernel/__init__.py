"""Values without input or output: money, days, ids, refusals, states as moves, languages."""
