//! End to end tests; each file in `tests/` is one of them.
