//! What a large document costs: `cargo bench -p signing`.

#![allow(
    clippy::unwrap_used,
    reason = "a measurement without its document is none"
)]
#![allow(missing_docs, reason = "the measurements' names say what they are")]

use divan::Bencher;
use divan::counter::BytesCount;
use pki::DigestAlgorithm;
use signing::xml::Document;

fn main() {
    divan::main();
}

/// Reading, with the canonical form that reading gives, of a document of 4 MB.
#[divan::bench]
fn read_and_canonicalise_4_mb(bencher: Bencher<'_, '_>) {
    let row = "<row xmlns:p='urn:p' p:id='1' name=\"мәтін\"><value>1 000 000</value><!-- note --></row>\n";
    let text = format!(
        "<table xmlns='urn:t'>{}</table>",
        row.repeat(4_000_000 / row.len())
    );
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| Document::parse(&text).unwrap());
}

/// The digest of an attached document of 90 MiB, which is nearly all of its signature's time.
#[divan::bench(args = [DigestAlgorithm::Sha256, DigestAlgorithm::Streebog512], sample_count = 3)]
fn digest_90_mib(bencher: Bencher<'_, '_>, digest: DigestAlgorithm) {
    let content = vec![7; 90 << 20];
    bencher
        .counter(BytesCount::new(content.len()))
        .bench(|| digest.digest(&content));
}
