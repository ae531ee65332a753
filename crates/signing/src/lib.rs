//! CMS/CAdES, XMLDSig and raw signatures: making and verifying.
