//! Lists of changes, at the addresses that a certificate itself names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use pki::{
    Certificate,
    chain::Issuer,
    revocation::{
        CacheLimits, RevocationCache, RevocationContext, RevocationReason, RevocationStatus,
        Source, UnknownCause, check_revocation,
    },
};

use super::{
    authority::Authority,
    causes,
    http::{Answer, Http, Server},
    now,
};

const DELTA: &str = "2.5.29.27=critical,ASN1:INTEGER:14";

struct Case {
    authority: Authority,
    certificate: Certificate,
    lists: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    changes: String,
    _server: Server,
}

impl Case {
    /// A certificate that names a placeholder, a list and a list of changes of a server that is ours.
    fn new() -> Self {
        Self::naming_changes(true)
    }

    /// As above; the list of changes is named in the certificate or not.
    fn naming_changes(named: bool) -> Self {
        let authority = Authority::new();
        let lists = Arc::new(Mutex::new(HashMap::<String, Vec<u8>>::new()));
        let served = lists.clone();
        let server = Server::start(move |path, _| {
            served
                .lock()
                .unwrap()
                .get(path)
                .map_or(Answer::Status(404), |list| Answer::Body(list.clone()))
        });
        let extensions = format!(
            "crlDistributionPoints=URI:http://crl.example/*.crl,URI:{}\n{}",
            server.url("full"),
            if named {
                format!("freshestCRL=URI:{}\n", server.url("changes"))
            } else {
                String::new()
            },
        );
        authority.make_responder("leaf", &extensions, "ca");
        let certificate = Certificate::from_bytes(&authority.read("leaf.pem")).unwrap();
        assert_eq!(certificate.delta_crl_urls().len(), usize::from(named));
        Self {
            authority,
            certificate,
            lists,
            changes: server.url("changes"),
            _server: server,
        }
    }

    /// Serves a list that has the certificate with this reason, or not at all.
    ///
    /// A list of changes is to be made behind the full one: older by a second it would be part of that.
    fn serve(&self, path: &str, reason: Option<&str>, extensions: &str) {
        let serial = self.certificate.serial_hex().to_uppercase();
        let index = reason.map_or(String::new(), |reason| {
            format!("R\t360101000000Z\t260201000000Z,{reason}\t{serial}\tunknown\t/CN=x\n")
        });
        self.authority.write("index.txt", index.as_bytes());
        let list = self.authority.make_list(extensions, "");
        self.lists.lock().unwrap().insert(path.to_owned(), list);
    }

    fn ask(&self) -> RevocationStatus {
        check_revocation(
            &self.certificate,
            &Issuer::from(&self.authority.certificate),
            &RevocationContext {
                fetch: &Http,
                at: now(),
                ocsp_url: None,
                crl_url: None,
                cache: &RevocationCache::in_memory(CacheLimits::default()),
                deadline: Duration::from_secs(10),
            },
        )
    }
}

/// `None` for good, else the reason; and which list said it.
fn verdict(status: RevocationStatus) -> (Option<Option<RevocationReason>>, Source) {
    match status {
        RevocationStatus::Good(evidence) => (None, evidence.source),
        RevocationStatus::Revoked {
            reason, evidence, ..
        } => (Some(reason), evidence.source),
        RevocationStatus::Unknown(reasons) => panic!("{reasons:?}"),
    }
}

#[test]
fn a_list_of_changes_adds_to_the_full_one() {
    let hold = Some(Some(RevocationReason::CertificateHold));
    let compromised = Some(Some(RevocationReason::KeyCompromise));
    let case = Case::new();
    case.serve("full", None, "");
    assert_eq!(
        verdict(case.ask()),
        (None, Source::Crl),
        "no changes to be had"
    );
    case.serve("changes", None, DELTA);
    assert_eq!(verdict(case.ask()), (None, Source::Crl));
    case.serve("changes", Some("keyCompromise"), DELTA);
    assert_eq!(verdict(case.ask()), (compromised, Source::DeltaCrl));

    case.serve("full", Some("certificateHold"), "");
    case.serve("changes", Some("keyCompromise"), DELTA);
    assert_eq!(verdict(case.ask()), (compromised, Source::DeltaCrl));
    case.serve("changes", None, DELTA);
    assert_eq!(verdict(case.ask()), (hold, Source::Crl));
    case.serve("changes", Some("removeFromCRL"), DELTA);
    assert_eq!(verdict(case.ask()), (None, Source::DeltaCrl));

    // Only a hold is ever taken back, and never by a full list.
    case.serve("full", Some("keyCompromise"), "");
    assert_eq!(verdict(case.ask()), (compromised, Source::Crl));
    case.serve("full", Some("removeFromCRL"), "");
    case.lists.lock().unwrap().remove("changes");
    assert_eq!(verdict(case.ask()), (Some(None), Source::Crl));
}

#[test]
fn a_list_says_itself_where_its_changes_are() {
    let case = Case::naming_changes(false);
    case.serve("full", None, "");
    case.serve("changes", Some("keyCompromise"), DELTA);
    assert_eq!(verdict(case.ask()), (None, Source::Crl));
    case.serve("full", None, &format!("freshestCRL=URI:{}", case.changes));
    case.serve("changes", Some("keyCompromise"), DELTA);
    assert_eq!(
        verdict(case.ask()),
        (
            Some(Some(RevocationReason::KeyCompromise)),
            Source::DeltaCrl
        )
    );
}

#[test]
fn a_list_of_changes_is_no_full_list() {
    let case = Case::new();
    case.serve("full", None, DELTA);
    assert_eq!(
        causes(case.ask()),
        [UnknownCause::NoAddress, UnknownCause::PartialList]
    );
}
