//! GOST 34.10 signatures and GOST 34.311-95 hashing as Kazakhstan uses them.
