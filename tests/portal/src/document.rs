//! The texts that people are asked to sign. Whoever signs can read them: no bare random bytes.

use time::{OffsetDateTime, UtcOffset};

use crate::account::Person;
use crate::challenge::{Form, Purpose};

/// Bytes of the longest text that a document may hold.
pub(crate) const MAX_TEXT: usize = 64 * 1024;

/// What shows to the portal that somebody holds a key now.
///
/// XML has the shape of egov.kz: `timeTicket` in milliseconds UTC and `sessionid`, which is the nonce; a registration has
/// another root. The text under a CMS names the site, so that a signature carried here from elsewhere would not fit.
pub(crate) fn proof(purpose: Purpose, form: Form, origin: &str, nonce: &str, now: i64) -> String {
    let what = if purpose == Purpose::Login {
        "login"
    } else {
        "registration"
    };
    match form {
        Form::Xml => format!(
            "<{what}><timeTicket>{now}000</timeTicket><sessionid>{nonce}</sessionid></{what}>"
        ),
        Form::Cms => format!(
            "{what}\nsite: {origin}\ntime: {}\nnonce: {nonce}\n",
            moment(now)
        ),
    }
}

/// An application in the name of somebody who has logged in.
pub(crate) fn application(
    form: Form,
    number: &str,
    person: &Person,
    origin: &str,
    text: &str,
    now: i64,
) -> String {
    let bin = person.bin.as_deref();
    let moment = moment(now);
    match form {
        Form::Xml => {
            let bin = bin
                .map(|bin| format!("<bin>{bin}</bin>"))
                .unwrap_or_default();
            let (iin, name, text) = (&person.iin, xml_text(&person.name), xml_text(text));
            format!(
                "<application><site>{origin}</site><number>{number}</number><time>{moment}</time><iin>{iin}</iin>{bin}\
                 <applicant>{name}</applicant><text>{text}</text></application>"
            )
        }
        Form::Cms => {
            let bin = bin.map(|bin| format!("BIN: {bin}\n")).unwrap_or_default();
            let (iin, name) = (&person.iin, &person.name);
            format!(
                "Application {number}\nSite: {origin}\nTime: {moment}\nIIN: {iin}\n{bin}Applicant: {name}\n\n{text}\n"
            )
        }
    }
}

/// Text that a document may hold: not empty, not too long, and no characters that XML cannot carry.
pub(crate) fn check_text(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let plain = text.chars().all(|character| {
        !matches!(character, '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}' | '\u{FFFE}' | '\u{FFFF}')
    });
    (!text.is_empty() && text.len() <= MAX_TEXT && plain).then_some(text)
}

/// A moment as `2026-11-21T09:30:00Z`.
pub(crate) fn moment(seconds: i64) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(seconds) else {
        return seconds.to_string();
    };
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        time.date(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// A day as people write it: `21.11.2026`.
pub(crate) fn day(seconds: i64) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(seconds) else {
        return seconds.to_string();
    };
    format!(
        "{:02}.{:02}.{}",
        time.day(),
        u8::from(time.month()),
        time.year()
    )
}

/// A day with hours and minutes, by the clocks of Kazakhstan.
pub(crate) fn day_and_time(seconds: i64) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(seconds) else {
        return seconds.to_string();
    };
    let time = time.to_offset(UtcOffset::from_hms(5, 0, 0).unwrap_or(UtcOffset::UTC));
    let (day, month) = (time.day(), u8::from(time.month()));
    format!(
        "{day:02}.{month:02}.{} {:02}:{:02}",
        time.year(),
        time.hour(),
        time.minute()
    )
}

fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
