//! BER to DER.

use crate::make::{sequence, tlv};
use keystore::{Error, Part, ber2der};
use proptest::prelude::*;

const MALFORMED: Error = Error::Damaged(Part::Encoding);

fn der(ber: &[u8]) -> Result<Vec<u8>, Error> {
    ber2der(ber).map(|der| der.to_vec())
}

#[test]
fn lengths_become_definite_and_short() {
    assert_eq!(
        der(&[0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00]).unwrap(),
        [0x30, 0x03, 0x02, 0x01, 0x05]
    );
    assert_eq!(
        der(&[0x30, 0x83, 0, 0, 3, 0x02, 0x81, 0x01, 0x05]).err(),
        Some(MALFORMED)
    );
    assert_eq!(
        der(&[0x30, 0x83, 0, 0, 4, 0x02, 0x81, 0x01, 0x05]).unwrap(),
        [0x30, 0x03, 0x02, 0x01, 0x05]
    );
}

#[test]
fn strings_in_pieces_of_pieces_are_joined() {
    // The second piece is itself in two pieces, one of indefinite length and one empty.
    let ber = [
        0x24, 0x80, 0x04, 0x02, 1, 2, 0x24, 0x09, 0x24, 0x80, 0x04, 0x01, 3, 0x00, 0x00, 0x04,
        0x00, 0x00, 0x00,
    ];
    assert_eq!(der(&ber).unwrap(), [0x04, 0x03, 1, 2, 3]);
    // A UTF8String's pieces are OCTET STRINGs.
    assert_eq!(
        der(&[0x2c, 0x06, 0x04, 0x01, b'a', 0x04, 0x01, b'b']).unwrap(),
        [0x0c, 0x02, b'a', b'b']
    );
    assert_eq!(der(&[0x24, 0x03, 0x02, 0x01, 0x05]).err(), Some(MALFORMED));
}

#[test]
fn bit_strings_keep_the_unused_bits_of_their_last_piece() {
    assert_eq!(
        der(&[0x23, 0x07, 0x03, 0x02, 0, 0xaa, 0x03, 0x02, 4, 0xb0]).err(),
        Some(MALFORMED)
    );
    assert_eq!(
        der(&[0x23, 0x08, 0x03, 0x02, 0, 0xaa, 0x03, 0x02, 4, 0xb0]).unwrap(),
        [0x03, 0x03, 4, 0xaa, 0xb0]
    );
    assert_eq!(
        der(&[0x23, 0x08, 0x03, 0x02, 4, 0xa0, 0x03, 0x02, 0, 0xbb]).err(),
        Some(MALFORMED)
    );
    assert_eq!(der(&[0x23, 0x02, 0x03, 0x00]).err(), Some(MALFORMED));
}

#[test]
fn structures_behind_tags_keep_their_form() {
    let explicit = [0xa0, 0x80, 0x04, 0x01, 1, 0x04, 0x01, 2, 0x00, 0x00];
    assert_eq!(
        der(&explicit).unwrap(),
        [0xa0, 0x06, 0x04, 0x01, 1, 0x04, 0x01, 2]
    );
    let high_tag = [0xbf, 0x81, 0x01, 0x80, 0x05, 0x00, 0x00, 0x00];
    assert_eq!(
        der(&high_tag).unwrap(),
        [0xbf, 0x81, 0x01, 0x02, 0x05, 0x00]
    );
}

#[test]
fn nonsense_is_malformed_and_what_stops_early_is_truncated() {
    for malformed in [
        &[0x00, 0x00][..],
        &[0x04, 0x80, 0x00, 0x00],
        &[0x04, 0xff],
        &[0x30, 0x03, 0x04, 0x05, 0x00],
        &[0x05, 0x00, 0x05],
        &[0x1f, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00],
        &[
            0x04, 0x89, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ],
    ] {
        assert_eq!(der(malformed).err(), Some(MALFORMED), "{malformed:02x?}");
    }
    for truncated in [
        &[][..],
        &[0x30],
        &[0x30, 0x80],
        &[0x30, 0x80, 0x00],
        &[0x30, 0x82, 0x01],
        &[0x04, 0x02, 0x00],
        &[0x3f],
        &[0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] {
        assert_eq!(
            der(truncated).err(),
            Some(Error::Truncated),
            "{truncated:02x?}"
        );
    }
}

#[test]
fn nesting_ends_at_32() {
    let nested = |depth: usize| {
        [
            [0x30, 0x80].repeat(depth),
            vec![0x05, 0x00],
            vec![0; 2 * depth],
        ]
        .concat()
    };
    der(&nested(32)).unwrap();
    assert_eq!(der(&nested(33)).err(), Some(MALFORMED));
    assert_eq!(der(&nested(1_000_000)).err(), Some(MALFORMED));
    assert_eq!(der(&[0x24, 0x80].repeat(1_000_000)).err(), Some(MALFORMED));
}

/// An element with a way to write it in DER and, by `choices`, one of the ways to write it in BER.
#[derive(Debug, Clone)]
enum Element {
    Octets(Vec<u8>),
    Integer(Vec<u8>),
    Sequence(Vec<Element>),
    Tagged(Box<Element>),
}

fn elements() -> impl Strategy<Value = Element> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..300);
    let leaf = prop_oneof![
        bytes().prop_map(Element::Octets),
        bytes().prop_map(Element::Integer)
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Element::Sequence),
            inner.prop_map(|element| Element::Tagged(Box::new(element))),
        ]
    })
}

impl Element {
    fn der(&self) -> Vec<u8> {
        match self {
            Self::Octets(bytes) => tlv(0x04, bytes),
            Self::Integer(bytes) => tlv(0x02, bytes),
            Self::Sequence(elements) => tlv(
                0x30,
                &elements.iter().flat_map(Self::der).collect::<Vec<_>>(),
            ),
            Self::Tagged(element) => tlv(0xa1, &element.der()),
        }
    }

    fn ber(&self, choices: &mut dyn Iterator<Item = u8>) -> Vec<u8> {
        match self {
            Self::Octets(bytes) if choices.next().unwrap().is_multiple_of(2) => {
                let middle = bytes.len() / 2;
                let halves =
                    [&bytes[..middle], &bytes[middle..]].map(|half| Self::Octets(half.to_vec()));
                // Depth is bounded: a piece is cut again only while it is long.
                let pieces = halves.map(|half| {
                    if middle > 40 {
                        half.ber(choices)
                    } else {
                        half.der()
                    }
                });
                any_length(0x24, &pieces.concat(), choices)
            }
            Self::Octets(bytes) => any_length(0x04, bytes, choices),
            Self::Integer(bytes) => any_length(0x02, bytes, choices),
            Self::Sequence(elements) => {
                let content = elements
                    .iter()
                    .flat_map(|element| element.ber(choices))
                    .collect::<Vec<_>>();
                any_length(0x30, &content, choices)
            }
            Self::Tagged(element) => {
                let content = element.ber(choices);
                any_length(0xa1, &content, choices)
            }
        }
    }
}

fn any_length(tag: u8, content: &[u8], choices: &mut dyn Iterator<Item = u8>) -> Vec<u8> {
    match choices.next().unwrap() % 3 {
        0 if tag & 0x20 != 0 => [&[tag, 0x80], content, &[0, 0]].concat(),
        1 => [
            &[tag, 0x84],
            &(content.len() as u32).to_be_bytes()[..],
            content,
        ]
        .concat(),
        _ => tlv(tag, content),
    }
}

proptest! {
    #[test]
    fn der_stays_as_it_is(element in elements()) {
        prop_assert_eq!(der(&element.der()).unwrap(), element.der());
    }

    #[test]
    fn every_way_to_write_an_element_gives_the_same_der(
        element in elements(),
        choices in proptest::collection::vec(any::<u8>(), 1..50),
    ) {
        let ber = element.ber(&mut choices.iter().copied().cycle());
        prop_assert_eq!(der(&ber).unwrap(), element.der());
    }

    #[test]
    fn what_comes_out_goes_in_again_unchanged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(once) = der(&bytes) {
            prop_assert_eq!(der(&once).unwrap(), once);
        }
    }

    #[test]
    fn a_cut_element_is_truncated(element in elements(), cut in any::<prop::sample::Index>()) {
        let whole = sequence(&[&element.der()]);
        prop_assert_eq!(der(&whole[..cut.index(whole.len())]).err(), Some(Error::Truncated));
    }
}
