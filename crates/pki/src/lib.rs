//! Certificates of Kazakhstan's PKI: owners, roles, purposes, signature checks.
