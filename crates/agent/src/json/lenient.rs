//! Source: the grammar of org.json's `JSONTokener`, which NCALayer reads requests with.

use std::borrow::Cow;

use super::{Budget, Json, JsonError, Object};

/// Reads JSON as org.json does.
///
/// Unlike org.json, what follows the value is refused, and so are lone surrogates in `\u` escapes: Java would turn
/// them into `?` and sign that.
pub(super) fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    let mut reader = Reader {
        text,
        at: 0,
        budget: Budget::new(),
    };
    let value = reader.value()?;
    match reader.next_clean() {
        None => Ok(value),
        Some(_) => Err(reader.syntax()),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    budget: Budget,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Json<'a>, JsonError> {
        self.budget.value()?;
        match self.peek_clean() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote).map(Json::Text),
            Some(_) => self.unquoted().map(word),
            None => Err(self.syntax()),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Json<'a>, JsonError>,
    ) -> Result<Json<'a>, JsonError> {
        self.budget.enter()?;
        self.at += 1;
        let value = read(self)?;
        self.budget.leave();
        Ok(value)
    }

    fn object(&mut self) -> Result<Json<'a>, JsonError> {
        let mut members = Vec::new();
        loop {
            let name = match self.peek_clean() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(quote @ (b'"' | b'\'')) => self.quoted(quote)?,
                _ => Cow::Borrowed(self.unquoted()?),
            };
            match self.next_clean() {
                Some(b':') => {}
                Some(b'=') => {
                    if self.peek() == Some(b'>') {
                        self.at += 1;
                    }
                }
                _ => return Err(self.syntax()),
            }
            members.push((name, self.value()?));
            match self.next_clean() {
                Some(b',' | b';') => {}
                Some(b'}') => break,
                _ => return Err(self.syntax()),
            }
        }
        Object::from_members(members).map(Json::Object)
    }

    fn array(&mut self) -> Result<Json<'a>, JsonError> {
        let mut items = Vec::new();
        loop {
            match self.peek_clean() {
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                // org.json: nothing between two commas is null.
                Some(b',') => {
                    self.budget.value()?;
                    items.push(Json::Null);
                }
                _ => items.push(self.value()?),
            }
            match self.next_clean() {
                Some(b',' | b';') => {}
                Some(b']') => break,
                _ => return Err(self.syntax()),
            }
        }
        Ok(Json::Array(items))
    }

    fn quoted(&mut self, quote: u8) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let mut unescaped: Option<String> = None;
        loop {
            let rest = self.rest();
            let length = rest
                .bytes()
                .position(|byte| byte == quote || byte == b'\\' || byte == b'\n' || byte == b'\r')
                .ok_or_else(|| self.syntax())?;
            let (piece, tail) = rest.split_at_checked(length).ok_or_else(|| self.syntax())?;
            self.at += length + 1;
            match tail.as_bytes().first() {
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    text.push(self.escape()?);
                }
                Some(byte) if *byte == quote => {
                    return Ok(match unescaped {
                        None => Cow::Borrowed(piece),
                        Some(text) => Cow::Owned(text + piece),
                    });
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.peek().ok_or_else(|| self.syntax())?;
        self.at += 1;
        Ok(match byte {
            b'b' => '\u{8}',
            b't' => '\t',
            b'n' => '\n',
            b'f' => '\u{c}',
            b'r' => '\r',
            b'"' | b'\'' | b'\\' | b'/' => char::from(byte),
            b'u' => self.unicode_escape()?,
            _ => return Err(self.syntax()),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let mut units = vec![self.hex_unit()?];
        if units.iter().all(|unit| (0xD800..0xDC00).contains(unit))
            && self.rest().starts_with("\\u")
        {
            self.at += 2;
            units.push(self.hex_unit()?);
        }
        let mut decoded = char::decode_utf16(units);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.syntax()),
        }
    }

    fn hex_unit(&mut self) -> Result<u16, JsonError> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.syntax())?;
        self.at += 4;
        Ok(unit)
    }

    /// A word without quotes: to the next delimiter or control character, spaces at its ends not counted.
    fn unquoted(&mut self) -> Result<&'a str, JsonError> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .position(|byte| byte < b' ' || b",:]}/\\\"[{;=#".contains(&byte))
            .unwrap_or(rest.len());
        let word = rest
            .get(..length)
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .ok_or_else(|| self.syntax())?;
        self.at += length;
        Ok(word)
    }

    fn next_clean(&mut self) -> Option<u8> {
        let byte = self.peek_clean();
        if byte.is_some() {
            self.at += 1;
        }
        byte
    }

    fn peek_clean(&mut self) -> Option<u8> {
        let blank = self.rest().bytes().take_while(|byte| *byte <= b' ').count();
        self.at += blank;
        self.peek()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        // `next_clean` steps over one byte, which may be the first of several: nothing can follow then.
        self.text.get(self.at..).unwrap_or_default()
    }

    fn syntax(&self) -> JsonError {
        JsonError::Syntax { at: self.at }
    }
}

/// What a word without quotes means.
fn word(word: &str) -> Json<'_> {
    if word.eq_ignore_ascii_case("true") {
        Json::Bool(true)
    } else if word.eq_ignore_ascii_case("false") {
        Json::Bool(false)
    } else if word.eq_ignore_ascii_case("null") {
        Json::Null
    } else {
        let number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        match word.parse::<f64>() {
            Ok(value) if number && value.is_finite() => Json::Number(value),
            _ => Json::Text(Cow::Borrowed(word)),
        }
    }
}
