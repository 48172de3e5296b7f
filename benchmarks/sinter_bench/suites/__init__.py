"""One module a suite: run(options) -> [Measurement]."""
