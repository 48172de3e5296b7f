"""The benchmark framework's driver: what to run, in which order, and what the numbers say."""
