use base64::{Engine, prelude::BASE64_STANDARD};

/// PEM (RFC 7468): 64 columns, LF, LF at the end.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 2 * label.len() + 40);
    pem.push_str("-----BEGIN ");
    pem.push_str(label);
    pem.push_str("-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        // Base64 is ASCII: every index is a boundary.
        let (line, tail) = rest.split_at_checked(64).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END ");
    pem.push_str(label);
    pem.push_str("-----\n");
    pem
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_have_64_columns_and_end_with_lf() {
        assert_eq!(
            super::encode("CMS", b""),
            "-----BEGIN CMS-----\n-----END CMS-----\n"
        );
        let pem = super::encode("CMS", &[0xff; 49]);
        let expected = format!(
            "-----BEGIN CMS-----\n{}\n/w==\n-----END CMS-----\n",
            "/".repeat(64)
        );
        assert_eq!(pem, expected);
    }
}
