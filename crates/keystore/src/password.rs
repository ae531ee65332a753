use zeroize::Zeroizing;

/// A password or PIN as the person typed it. Wiped when dropped; cannot be printed or copied.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes over what the person typed, without copying it.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// UTF-8, as PBES2 and PBMAC1 take it.
    pub(crate) fn utf8(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// BMPString with two zero bytes at the end, as the PKCS#12 key derivation takes it; surrogate pairs beyond the BMP.
    ///
    /// An empty password has two forms in the wild: the two zero bytes alone, and nothing at all.
    ///
    /// Source: RFC 7292 appendix B.1; OpenSSL and Java differ on the empty one.
    pub(crate) fn bmp_forms(&self) -> Vec<Zeroizing<Vec<u8>>> {
        // UTF-16 never has more units than UTF-8 has bytes: the buffer does not move, so nothing unwiped stays behind.
        let mut bmp = Zeroizing::new(Vec::with_capacity(2 * self.0.len() + 2));
        for unit in self.0.encode_utf16() {
            bmp.extend_from_slice(&unit.to_be_bytes());
        }
        bmp.extend_from_slice(&[0, 0]);
        if self.0.is_empty() {
            vec![bmp, Zeroizing::new(Vec::new())]
        } else {
            vec![bmp]
        }
    }
}

impl From<Zeroizing<String>> for Password {
    fn from(text: Zeroizing<String>) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<Vec<u8>> {
        let password = Password::new(Zeroizing::new(text.to_owned()));
        password
            .bmp_forms()
            .iter()
            .map(|form| form.to_vec())
            .collect()
    }

    #[test]
    fn cyrillic_is_two_bytes_a_letter_big_endian() {
        assert_eq!(forms("aҚ"), [[0x00, 0x61, 0x04, 0x9a, 0x00, 0x00]]);
    }

    #[test]
    fn characters_beyond_the_bmp_become_surrogate_pairs() {
        assert_eq!(forms("🔑"), [[0xd8, 0x3d, 0xdd, 0x11, 0x00, 0x00]]);
    }

    #[test]
    fn the_empty_password_has_both_forms() {
        assert_eq!(forms(""), [vec![0, 0], vec![]]);
    }
}
