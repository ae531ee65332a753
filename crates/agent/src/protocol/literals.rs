//! Signatures as JSON literals, written straight into a reply.

/// Bytes in a line of PEM.
const LINE: usize = 48;
const PEM_AROUND: usize = 80;

/// Base64 in quotes.
pub(super) fn push_base64(reply: &mut String, bytes: &Vec<u8>) {
    reply.push('"');
    base64_simd::STANDARD.encode_append(bytes, reply);
    reply.push('"');
}

/// PEM in quotes (RFC 7468): 64 columns, LF, LF at the end.
pub(super) fn push_pem(reply: &mut String, label: &str, der: &[u8]) {
    reply.push_str("\"-----BEGIN ");
    reply.push_str(label);
    reply.push_str("-----\\n");
    for line in der.chunks(LINE) {
        base64_simd::STANDARD.encode_append(line, reply);
        reply.push_str("\\n");
    }
    reply.push_str("-----END ");
    reply.push_str(label);
    reply.push_str("-----\\n\"");
}

/// `[…,…]`
pub(super) fn push_array<T>(reply: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    reply.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            reply.push(',');
        }
        push(reply, item);
    }
    reply.push(']');
}

/// Room for an array of base64.
pub(super) fn base64_length(items: &[Vec<u8>]) -> usize {
    let literal = |item: &Vec<u8>| item.len().div_ceil(3) * 4 + 3;
    items.iter().map(literal).sum::<usize>() + 2
}

/// Room for an array of PEM.
pub(super) fn pem_length(items: &[Vec<u8>]) -> usize {
    let lines = |item: &Vec<u8>| item.len().div_ceil(LINE) * 2 + PEM_AROUND;
    base64_length(items) + items.iter().map(lines).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_64_columns_and_end_with_lf() {
        for (der, expected) in [
            (
                vec![],
                "-----BEGIN CMS-----\n-----END CMS-----\n".to_owned(),
            ),
            (
                vec![0xff; 49],
                format!(
                    "-----BEGIN CMS-----\n{}\n/w==\n-----END CMS-----\n",
                    "/".repeat(64)
                ),
            ),
        ] {
            let mut reply = String::new();
            push_pem(&mut reply, "CMS", &der);
            assert_eq!(serde_json::from_str::<String>(&reply).unwrap(), expected);
        }
    }

    #[test]
    fn the_room_made_for_a_reply_is_enough() {
        let items: Vec<Vec<u8>> = (0..200).map(|length| vec![7; length]).collect();
        let (mut base64, mut pem) = (String::new(), String::new());
        push_array(&mut base64, &items, push_base64);
        push_array(&mut pem, &items, |reply, der| push_pem(reply, "CMS", der));
        assert!(base64.len() <= base64_length(&items));
        assert!(pem.len() <= pem_length(&items));
        let read: Vec<String> = serde_json::from_str(&base64).unwrap();
        assert_eq!(read.len(), items.len());
    }
}
