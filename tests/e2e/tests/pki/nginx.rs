//! nginx serves revocation lists: OpenSSL's of the RSA root, and the fixtures' of the GOST root.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use e2e::{places, process};
use pki::revocation::{RevocationStatus, Source};

use crate::{NOBODY, PATIENCE, Servers, Way, certificate, openssl::Office, revocation};

struct Nginx {
    child: Child,
    address: String,
}

impl Nginx {
    /// Serves the folder `files` of `folder`.
    fn start(folder: &Path) -> Self {
        let port = process::free_port().unwrap();
        let configuration = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;\n\
             events {{ worker_connections 64; }}\n\
             http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy;\n\
             fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
             server {{ listen 127.0.0.1:{port}; root files; }} }}\n"
        );
        std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
        let child = Command::new("nginx")
            .env(
                "PATH",
                format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()),
            )
            .arg("-p")
            .arg(folder)
            .args(["-c", "nginx.conf", "-e", "stderr"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx: `cargo xtask test` installs it");
        let nginx = Self {
            child,
            address: format!("http://127.0.0.1:{port}"),
        };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn lists_are_believed_by_their_signature() {
    let office = Office::open();
    let lists = office.path("files/crl");
    std::fs::create_dir_all(&lists).unwrap();
    for name in ["tanba_demo_gost.crl", "tanba_demo_gost_d.crl"] {
        std::fs::copy(places::key("ca").join(name), lists.join(name)).unwrap();
    }
    // By OpenSSL, today: another key is revoked than in the fixtures' list.
    let good = certificate("revoked", "RSA256");
    let revoked = certificate("individual-old", "RSA256");
    office.write_index(&[(&good, false), (&revoked, true)]);
    office.write("crlnumber", "2000\n");
    office.write(
        "ca.conf",
        "[ca]\ndefault_ca=demo\n[demo]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n\
         default_crl_days=1\ncrl_extensions=list\n[list]\nauthorityKeyIdentifier=keyid\n",
    );
    office.run(&[
        "ca", "-config", "ca.conf", "-gencrl", "-keyfile", "root.key", "-cert", "root.pem", "-out",
        "list.pem",
    ]);
    let made = lists.join("tanba_demo_rsa.crl");
    office.run(&[
        "crl",
        "-in",
        "list.pem",
        "-outform",
        "DER",
        "-out",
        made.to_str().unwrap(),
    ]);

    let nginx = Nginx::start(office.folder());
    let way = Way::to_address(&nginx.address);
    let servers = Servers {
        ocsp: Some(NOBODY),
        lists: None,
    };
    for (certificate, revoked) in [
        (&good, false),
        (&revoked, true),
        (&certificate("individual", "GOST512"), false),
        (&certificate("revoked", "GOST512"), true),
    ] {
        let about = certificate.serial_hex();
        match revocation(certificate, &way, servers) {
            RevocationStatus::Good(evidence) if !revoked => {
                assert_eq!(evidence.source, Source::Crl, "{about}");
            }
            RevocationStatus::Revoked { evidence, .. } if revoked => {
                assert_eq!(evidence.source, Source::Crl, "{about}");
            }
            other => panic!("{about}: {other:?}"),
        }
    }

    // One bit in the list of the RSA root: it says nothing any more.
    let mut list = std::fs::read(&made).unwrap();
    let middle = list.len() / 2;
    list[middle] ^= 1;
    std::fs::write(&made, list).unwrap();
    let status = revocation(&revoked, &way, servers);
    assert!(matches!(status, RevocationStatus::Unknown(_)), "{status:?}");
}
