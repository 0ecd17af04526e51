"""How fast Abono is, as ratios of one run on one machine. `make bench` calls run.py; RESULTS.md keeps what came out."""
