use std::io;
use std::path::PathBuf;

/// Why the listener could not start or a certificate could not be put where it belongs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another program listens on the port.
    #[error(
        "port {port} on 127.0.0.1 is taken: another program listens there, most often NCALayer or a Tanba that already \
         runs. End it, or choose another port with --port"
    )]
    PortTaken {
        /// The port asked for.
        port: u16,
    },
    /// The port could not be opened for another reason.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder of the data directory could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// `read`, `write`, `make`, `lock`.
        action: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key or certificate could not be made.
    #[error("cannot make the certificate of the local listener: {0}")]
    Issue(#[from] rcgen::Error),
    /// TLS refuses the certificate or key.
    #[error("TLS refuses the certificate of the local listener: {0}")]
    Tls(#[from] rustls::Error),
    /// The person's home folder is unknown.
    #[error("the home folder is unknown: set HOME")]
    NoHome,
    /// The browsers' stores of this system are not supported yet.
    #[error(
        "putting the certificate into the stores of this system is not supported yet; import tls/ca.pem of the data directory by hand"
    )]
    NotOnThisSystem,
    /// NSS's `certutil` is not installed.
    #[error(
        "the program certutil is missing; it comes with the package libnss3-tools (Debian, Ubuntu), nss-tools (Fedora) \
         or nss (Arch). Install it and try again"
    )]
    NoCertutil,
    /// The store is protected by a password of its own.
    #[error(
        "{} is protected by a primary password. Import the certificate in the browser's settings \
         (Privacy & Security, Certificates, Authorities)",
        store.display()
    )]
    StoreLocked {
        /// Folder of the store.
        store: PathBuf,
    },
    /// `certutil` failed.
    #[error("certutil failed on {}: {message}", store.display())]
    Certutil {
        /// Folder of the store.
        store: PathBuf,
        /// The last line it wrote.
        message: String,
    },
    /// `certutil` did not end in time.
    #[error("certutil did not end within {seconds} s on {}", store.display())]
    CertutilHangs {
        /// Folder of the store.
        store: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}
