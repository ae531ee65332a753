use crate::{
    TokenId,
    pcsc::{InsertedCard, same_reader},
};

/// Which product a token or card is, as far as its answer to reset, its reader's name and its own words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenModel {
    /// KAZTOKEN, as USB token or card.
    Kaztoken,
    /// Kazakhstan's identity card.
    IdCard,
    /// eToken PRO (Java) 72K.
    EToken72K,
    /// eToken 5110 and its successors.
    EToken5110,
    /// JaCarta.
    JaCarta,
    /// aKey.
    AKey,
    /// Rutoken: KAZTOKEN's sibling, for which NCALayer has no name.
    Rutoken,
    /// Anything else.
    Other,
}

/// Answers to reset in hexadecimal, `..` for any byte; the exact ones before those with gaps.
///
/// Source: LudovicRousseau/pcsc-tools smartcard_list.txt; OpenSC card-idprime; OpenSC's branch for JaCarta PKI.
const TABLE: &[(TokenModel, &str)] = &[
    (TokenModel::Kaztoken, "3B 88 01 4B 41 5A 54 4F 4B 45 4E 82"),
    (TokenModel::Kaztoken, "3B 98 96 00 4B 41 5A 54 4F 4B 45 4E"),
    (TokenModel::IdCard, "3B 39 19 00 53 4F 4D 41 44 53 33 30 31"),
    (TokenModel::IdCard, "3B 39 19 00 53 4F 4D 41 44 53 33 30 33"),
    (
        TokenModel::IdCard,
        "3B 3E 95 00 53 4F 4D 41 2D 63 30 30 37 2D 44 53 31 61",
    ),
    (
        TokenModel::IdCard,
        "3B 3E 95 00 53 4F 4D 41 2D 63 30 30 37 2D 44 53 31 62",
    ),
    (
        TokenModel::IdCard,
        "3B FA 18 00 FF 80 31 FE 45 00 31 80 73 94 41 00 00 90 00 90",
    ),
    (TokenModel::IdCard, "3B 77 18 00 00 4B 41 53 41 4B 49 44"),
    (
        TokenModel::EToken72K,
        "3B D5 18 00 81 31 3A 7D 80 73 C8 21 10 30",
    ),
    (
        TokenModel::EToken5110,
        "3B D5 18 00 81 31 FE 7D 80 73 C8 21 10 F4",
    ),
    (
        TokenModel::EToken5110,
        "3B FF 96 00 00 81 31 FE 43 80 31 80 65 B0 85 59 56 FB 12 0F FE 82 90 00 00",
    ),
    (
        TokenModel::EToken5110,
        "3B FF 96 00 00 81 31 FE 43 80 31 80 65 B0 85 59 56 FB 12 01 78 82 90 00 88",
    ),
    (
        TokenModel::EToken5110,
        "3B FF .. 00 00 81 31 .. 43 80 31 80 65 B0 84 .. .. .. 12 01 78 82 90 00 ..",
    ),
    (
        TokenModel::JaCarta,
        "3B DC 18 FF 81 91 FE 1F C3 80 73 C8 21 13 66 01 06 11 59 00 01 28",
    ),
    (
        TokenModel::JaCarta,
        "3B DC 18 FF 81 91 FE 1F C3 80 73 C8 21 13 66 01 0B 03 52 00 05 38",
    ),
    (
        TokenModel::JaCarta,
        "3B 8C 80 01 80 73 C8 21 13 66 01 06 11 59 00 01 2C",
    ),
    (
        TokenModel::JaCarta,
        "3B 6C 00 FF 80 73 C8 21 13 66 01 06 11 59 00 01",
    ),
    (
        TokenModel::JaCarta,
        "3B DC 18 FF 81 11 FE 80 73 C8 21 13 66 01 06 01 30 80 01 8D",
    ),
    (
        TokenModel::JaCarta,
        "3B FC 16 .. .. .. 73 C8 21 13 66 .. .. 11 59 .. .. 2C",
    ),
    (
        TokenModel::Rutoken,
        "3B 8B 01 52 75 74 6F 6B 65 6E .. .. .. .. ..",
    ),
];

/// Texts within an answer to reset.
const TEXTS: [(&[u8], TokenModel); 2] = [
    (b"KAZTOKEN", TokenModel::Kaztoken),
    (b"RutokenECPsc", TokenModel::Rutoken),
];

impl TokenModel {
    /// The store name by which pages ask NCALayer for this kind of token; `None` where NCALayer has none.
    #[must_use]
    pub fn store_name(self) -> Option<&'static str> {
        match self {
            Self::Kaztoken => Some("AKKaztokenStore"),
            Self::IdCard => Some("AKKZIDCardStore"),
            Self::EToken72K => Some("AKEToken72KStore"),
            Self::EToken5110 => Some("AKEToken5110Store"),
            Self::JaCarta => Some("AKJaCartaStore"),
            Self::AKey => Some("AKAKEYStore"),
            Self::Rutoken | Self::Other => None,
        }
    }

    /// What people call it; the name on the box, which no language changes. `None` for others.
    #[must_use]
    pub fn product_name(self) -> Option<&'static str> {
        match self {
            Self::Kaztoken => Some("KAZTOKEN"),
            Self::EToken72K => Some("eToken PRO 72K"),
            Self::EToken5110 => Some("eToken 5110"),
            Self::JaCarta => Some("JaCarta"),
            Self::AKey => Some("aKey"),
            Self::Rutoken => Some("Rutoken"),
            Self::IdCard | Self::Other => None,
        }
    }

    /// What the reader alone tells: the answer to reset, then the reader's name.
    #[must_use]
    pub fn of_card(card: &InsertedCard) -> Self {
        by_atr(&card.atr)
            .or_else(|| by_reader(&card.reader))
            .unwrap_or(Self::Other)
    }

    /// What token, reader and card tell together. `reader` is the slot's description, which modules cut to 64 bytes.
    #[must_use]
    pub fn recognise(token: &TokenId, reader: &str, cards: &[InsertedCard]) -> Self {
        let its_card = |card: &&InsertedCard| same_reader(&card.reader, reader);
        if let Some(model) = cards.iter().find(its_card).map(Self::of_card)
            && model != Self::Other
        {
            return model;
        }
        by_reader(reader)
            .or_else(|| by_words(token))
            .unwrap_or(Self::Other)
    }
}

fn by_atr(atr: &[u8]) -> Option<TokenModel> {
    let fits = |pattern: &str| {
        let mut bytes = atr.iter();
        let same = |digits: &str, byte: Option<&u8>| {
            byte.is_some_and(|byte| digits == ".." || u8::from_str_radix(digits, 16) == Ok(*byte))
        };
        pattern.split(' ').all(|digits| same(digits, bytes.next())) && bytes.next().is_none()
    };
    let listed = TABLE.iter().find(|(_, pattern)| fits(pattern));
    listed.map(|(model, _)| *model).or_else(|| {
        TEXTS
            .iter()
            .find(|(text, _)| atr.windows(text.len()).any(|part| part == *text))
            .map(|(_, model)| *model)
    })
}

/// Numbers behind a reader's name differ by system and port, so a part of the name decides.
fn by_reader(reader: &str) -> Option<TokenModel> {
    let reader = reader.to_lowercase();
    [
        ("kaztoken", TokenModel::Kaztoken),
        ("etoken 5110", TokenModel::EToken5110),
        ("jacarta", TokenModel::JaCarta),
        ("akey", TokenModel::AKey),
        ("rutoken", TokenModel::Rutoken),
    ]
    .into_iter()
    .find(|(name, _)| reader.contains(name))
    .map(|(_, model)| model)
}

/// `eToken` alone may be either generation: the answer to reset tells those apart, and nothing else does.
fn by_words(token: &TokenId) -> Option<TokenModel> {
    let model = token.model.to_lowercase();
    let label = token.label.to_lowercase();
    if model.starts_with("jacarta") || model == "etoken gost" {
        return Some(TokenModel::JaCarta);
    }
    if token.manufacturer == "Aladdin R.D." && model == "pro" {
        return Some(TokenModel::EToken72K);
    }
    if model.contains("kaztoken") || label.contains("kaztoken") {
        return Some(TokenModel::Kaztoken);
    }
    if model.contains("akey") || label.contains("akey") {
        return Some(TokenModel::AKey);
    }
    model.contains("rutoken").then_some(TokenModel::Rutoken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(reader: &str, atr: &str) -> InsertedCard {
        let digits: Vec<_> = atr.chars().filter(char::is_ascii_hexdigit).collect();
        let byte =
            |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
        InsertedCard {
            reader: reader.to_owned(),
            atr: digits.chunks(2).map(byte).collect(),
        }
    }

    #[test]
    fn the_answer_to_reset_names_the_store() {
        for (atr, store) in [
            (
                "3B 88 01 4B 41 5A 54 4F 4B 45 4E 82",
                Some("AKKaztokenStore"),
            ),
            (
                "3B 99 96 00 4B 41 5A 54 4F 4B 45 4E 33 10",
                Some("AKKaztokenStore"),
            ),
            (
                "3B 39 19 00 53 4F 4D 41 44 53 33 30 33",
                Some("AKKZIDCardStore"),
            ),
            (
                "3B D5 18 00 81 31 3A 7D 80 73 C8 21 10 30",
                Some("AKEToken72KStore"),
            ),
            (
                "3B D5 18 00 81 31 FE 7D 80 73 C8 21 10 F4",
                Some("AKEToken5110Store"),
            ),
            (
                "3B FF 96 00 00 81 31 FE 43 80 31 80 65 B0 84 65 66 FB 12 01 78 82 90 00 85",
                Some("AKEToken5110Store"),
            ),
            (
                "3B DC 18 FF 81 91 FE 1F C3 80 73 C8 21 13 66 01 0B 03 52 00 05 38",
                Some("AKJaCartaStore"),
            ),
            ("3B 8B 01 52 75 74 6F 6B 65 6E 20 45 43 50 A0", None),
            ("3B 80 80 01 01", None),
            ("", None),
        ] {
            let model = TokenModel::of_card(&card("Reader 00 00", atr));
            assert_eq!(model.store_name(), store, "{atr}");
        }
    }

    #[test]
    fn reader_and_words_help_where_the_answer_to_reset_says_nothing() {
        let token = |manufacturer: &str, model: &str, label: &str| TokenId {
            manufacturer: manufacturer.to_owned(),
            model: model.to_owned(),
            serial: "1".to_owned(),
            label: label.to_owned(),
        };
        let e_token = token("SafeNet, Inc.", "eToken", "my key");
        let recognise = TokenModel::recognise;
        assert_eq!(recognise(&e_token, "AKS ifdh 0", &[]), TokenModel::Other);
        let readers = [
            card("Other 00 00", "3B8801 4B415A544F4B454E 82"),
            card("AKS ifdh 0", "3BD5180081313A7D8073C8211030"),
        ];
        assert_eq!(
            recognise(&e_token, "AKS ifdh 0", &readers),
            TokenModel::EToken72K
        );
        assert_eq!(
            recognise(&e_token, "AKS ifdh [eToken 5110 SC] 00 00", &[]),
            TokenModel::EToken5110
        );
        for (token, model) in [
            (
                token("Aladdin R.D.", "JaCarta Laser", ""),
                TokenModel::JaCarta,
            ),
            (
                token("Aladdin R.D.", "eToken GOST", ""),
                TokenModel::JaCarta,
            ),
            (token("Aladdin R.D.", "PRO", ""), TokenModel::EToken72K),
            (token("", "", "aKey 12"), TokenModel::AKey),
            (
                token("Aktiv Co.", "Rutoken ECP", "KAZTOKEN"),
                TokenModel::Kaztoken,
            ),
            (token("Aktiv Co.", "Rutoken ECP", "x"), TokenModel::Rutoken),
            (
                token("SoftHSM project", "SoftHSM v2", "x"),
                TokenModel::Other,
            ),
        ] {
            assert_eq!(recognise(&token, "Slot", &[]), model, "{token:?}");
        }
    }
}
