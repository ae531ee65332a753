//! Signatures as JSON literals, written straight into a reply.

use signing::cms::Message;

use crate::reply::Reply;

/// Base64 in quotes.
pub(super) fn push_base64<T: Clone + Into<Message>>(reply: &mut Reply, bytes: &T) {
    reply.push_str("\"");
    reply.push_base64(bytes.clone());
    reply.push_str("\"");
}

/// A CMS as PEM in quotes (RFC 7468): 64 columns, LF, LF at the end.
pub(super) fn push_pem(reply: &mut Reply, message: &Message) {
    reply.push_str("\"-----BEGIN CMS-----\\n");
    reply.push_pem_lines(message.clone());
    reply.push_str("-----END CMS-----\\n\"");
}

/// `[…,…]`
pub(super) fn push_array<T>(reply: &mut Reply, items: &[T], push: impl Fn(&mut Reply, &T)) {
    reply.push_str("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            reply.push_str(",");
        }
        push(reply, item);
    }
    reply.push_str("]");
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
            let mut reply = Reply::default();
            push_pem(&mut reply, &der.into());
            let reply = reply.to_string();
            assert_eq!(serde_json::from_str::<String>(&reply).unwrap(), expected);
        }
    }
}
