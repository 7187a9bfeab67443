"""The benchmarks behind `scripts/bench`: each part runs programs, and gives its results as plain data and as tables."""
