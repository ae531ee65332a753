//! Pages from HTML files with marks in them.
//!
//! `{{key}}` is a text of the page's language, `{{=name}}` a value; both are escaped. `{{&name}}` is HTML that this program
//! has made. `{{?name}}…{{/}}` stands when the value is there and not empty, `{{!name}}…{{/}}` when it is not.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::texts::Texts;

/// What a page shows besides its words.
#[derive(Debug, Default, Clone)]
pub(crate) struct Values(HashMap<&'static str, String>);

impl Values {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, value.into());
        self
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Fills a page. A mark that is not closed is shown as it is, which a test of all pages would find.
pub(crate) fn render(template: &str, texts: &Texts, values: &Values) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    let mut hidden_depth = 0_usize;
    let mut shown_depth = 0_usize;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((mark, after)) = after.split_once("}}") else {
            break;
        };
        rest = after;
        let hidden = hidden_depth > 0;
        if !hidden {
            out.push_str(before);
        }
        let name = mark.get(1..).unwrap_or_default();
        match mark.chars().next() {
            Some(kind @ ('?' | '!')) => {
                if hidden || values.get(name).is_empty() == (kind == '?') {
                    hidden_depth += 1;
                } else {
                    shown_depth += 1;
                }
            }
            Some('/') if hidden => hidden_depth -= 1,
            Some('/') => shown_depth = shown_depth.saturating_sub(1),
            _ if hidden => {}
            Some('=') => out.push_str(&escape(values.get(name))),
            Some('&') => out.push_str(values.get(name)),
            _ => out.push_str(&escape(texts.get(mark))),
        }
    }
    out.push_str(rest);
    out
}

/// Text as HTML, also inside a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Marks that turn the direction of text could make a name look like another one.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "\\u{{{:X}}}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}
