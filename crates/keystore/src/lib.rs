//! Key files: listing, opening, signing.
