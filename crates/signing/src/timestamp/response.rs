//! TimeStampResp. Source: RFC 3161 section 2.4.2.

use super::{FailureInfo, Status, TimestampError};
use crate::Error;
use crate::asn1::{BIT_STRING, Element, INTEGER, Reader, SEQUENCE};

/// The TimeStampToken of an answer that grants one.
pub(super) fn token(answer: &[u8]) -> Result<&[u8], TimestampError> {
    let (status, failure, token) = read(answer).map_err(|error| {
        TimestampError::NotAResponse(match error {
            Error::Cms(reason) => reason,
            _ => "not a TimeStampResp",
        })
    })?;
    if !matches!(status, Status::Granted | Status::GrantedWithModifications) {
        return Err(TimestampError::Rejected { status, failure });
    }
    token
        .map(|token| token.encoded)
        .ok_or(TimestampError::NotAResponse(
            "a granted time stamp is not there",
        ))
}

type Fields<'a> = (Status, Option<FailureInfo>, Option<Element<'a>>);

fn read(answer: &[u8]) -> Result<Fields<'_>, Error> {
    let mut outer = Reader::new(answer);
    let mut response = outer.expect(SEQUENCE, "not a TimeStampResp")?.children();
    outer.end("bytes behind the TimeStampResp")?;
    let mut status_info = response.expect(SEQUENCE, "no PKIStatusInfo")?.children();
    let token = response.next()?;
    response.end("bytes behind the token")?;
    let status = status(status_info.expect(INTEGER, "no PKIStatus")?.content);
    // statusString: words of a stranger, in a language of his; what he means is in failInfo.
    status_info.optional(SEQUENCE)?;
    let failure = status_info
        .optional(BIT_STRING)?
        .map(|bits| failure(bits.content));
    status_info.end("bytes behind the PKIStatusInfo")?;
    Ok((status, failure, token))
}

fn status(content: &[u8]) -> Status {
    match content {
        [0] => Status::Granted,
        [1] => Status::GrantedWithModifications,
        [2] => Status::Rejection,
        [3] => Status::Waiting,
        [4] => Status::RevocationWarning,
        [5] => Status::RevocationNotification,
        _ => Status::Unknown,
    }
}

/// PKIFailureInfo: of the bits that are set, the first that means something.
fn failure(content: &[u8]) -> FailureInfo {
    let Some((_, bytes)) = content.split_first() else {
        return FailureInfo::Unknown;
    };
    let is_set = |number: usize| {
        bytes
            .get(number / 8)
            .is_some_and(|byte| byte << (number % 8) & 0x80 != 0)
    };
    [
        (0, FailureInfo::BadAlgorithm),
        (2, FailureInfo::BadRequest),
        (5, FailureInfo::BadDataFormat),
        (14, FailureInfo::TimeNotAvailable),
        (15, FailureInfo::UnacceptedPolicy),
        (16, FailureInfo::UnacceptedExtension),
        (17, FailureInfo::AdditionalInformationNotAvailable),
        (25, FailureInfo::SystemFailure),
    ]
    .into_iter()
    .find_map(|(number, failure)| is_set(number).then_some(failure))
    .unwrap_or(FailureInfo::Unknown)
}
