//! The signing agent: protocol modules, plan, consent, ceremony.
