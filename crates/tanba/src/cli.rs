//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use tracing_subscriber::EnvFilter;

use crate::exit;

/// A desktop signing agent: web pages ask, a person signs.
#[derive(Parser)]
#[command(name = "tanba", version, after_help = exit::TABLE)]
pub(crate) struct Cli {
    /// What goes to the log on standard error: error, warn, info, debug, or per crate as in `info,server=debug`
    #[arg(long, global = true, value_name = "FILTER", default_value = "info")]
    pub(crate) log: EnvFilter,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Wait for web pages that ask to sign, until told to end
    Agent(AgentArguments),
    /// Sign a file with a key file or a token
    Sign(SignArguments),
    /// Say whether the signatures of a file hold, and whose they are
    Verify(VerifyArguments),
    /// List the key files and tokens of this computer
    Keys(KeysArguments),
    /// Let the browsers of this computer trust the agent
    Trust(TrustArguments),
    /// Change the PIN of a token, or set one on a token that is locked
    Pin(PinArguments),
    /// Serve one PKCS#11 module to the agent that started this process
    #[command(hide = true)]
    TokenWorker(TokenWorkerArguments),
}

/// Where the agent keeps its own files.
#[derive(Args)]
pub(crate) struct DataDir {
    /// Folder for settings and the local CA [default: the person's data folder, on Linux ~/.local/share/tanba]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    data_dir: Option<PathBuf>,
}

impl DataDir {
    /// The folder, absolute.
    pub(crate) fn resolve(&self) -> Result<PathBuf> {
        let folder = match &self.data_dir {
            Some(folder) => folder.clone(),
            None => directories::ProjectDirs::from("kz", "", "tanba")
                .context("the home folder is unknown: set HOME, or use --data-dir")?
                .data_local_dir()
                .to_owned(),
        };
        std::path::absolute(&folder).with_context(|| format!("{} is no folder", folder.display()))
    }
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  tanba agent
  tanba agent --port 0 --data-dir /tmp/try --keys ~/keys
  tanba agent --window 'tanba-robot --key key.p12 --password-file password'
  tanba agent --trust-test-ca

Certificates of further authorities (DER or PEM) go into the folder `authorities` of the data folder.

When it listens it prints one line: {\"address\":\"127.0.0.1:13579\",\"ca\":\"…/tls/ca.pem\"}.
SIGTERM, SIGINT and Ctrl-C end it: open windows are withdrawn, nothing more is signed.

Exit codes: 0 ended as told, 1 could not start, 2 wrong use, 4 another program has the port")]
pub(crate) struct AgentArguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, env = "NCALAYERPORT", default_value_t = server::DEFAULT_PORT)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) data_dir: DataDir,
    /// Look for keys here instead of the usual folders; may be repeated
    #[arg(long, value_name = "DIR", num_args = 1.., value_hint = ValueHint::DirPath)]
    pub(crate) keys: Vec<PathBuf>,
    /// Use these PKCS#11 modules instead of those found on this computer; may be repeated. With --keys and without this,
    /// tokens are left alone
    #[arg(long, value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub(crate) pkcs11: Vec<PathBuf>,
    /// Take the national authority's test certificates for real ones; the window says so
    #[arg(long)]
    pub(crate) trust_test_ca: bool,
    /// Program that takes the window's place, with its arguments in shell quoting
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) window: Option<String>,
    /// Port on 127.0.0.1 for large documents, when the settings turn that on
    #[arg(long, default_value_t = 24680, hide = true)]
    pub(crate) streaming_port: u16,
    /// Seconds after which an unused window is ended
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, hide = true)]
    pub(crate) window_idle: f64,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  tanba sign contract.pdf --key GOST512.p12
  tanba sign contract.pdf --key GOST512.p12 --format cms-detached --out contract.pdf.cms
  tanba sign invoice.xml --key GOST512.p12 --format xml --password-file password
  tanba sign contract.pdf --token 0123456789

The password or PIN is asked for at the terminal, or read from the first line of a file; it is never an argument. Before a
PIN is asked for, the tries that are left are told, where the token tells them.

Exit codes: 0 signed, 1 not signed, 2 wrong use, 3 the password or PIN is wrong")]
pub(crate) struct SignArguments {
    /// What to sign
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Key file (PKCS#12)
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        required_unless_present = "token",
        conflicts_with = "token"
    )]
    pub(crate) key: Option<PathBuf>,
    /// Token, by its serial number, its label, or the first digits of a certificate's fingerprint
    #[arg(long, value_name = "NAME")]
    pub(crate) token: Option<String>,
    /// Use these PKCS#11 modules instead of those found on this computer; may be repeated
    #[arg(long, value_name = "MODULE", value_hint = ValueHint::FilePath, requires = "token")]
    pub(crate) pkcs11: Vec<PathBuf>,
    /// Use the token's last try: a wrong PIN then locks it
    #[arg(long, requires = "token")]
    pub(crate) last_try: bool,
    /// Form of the signature [default: xml for .xml files, cms for others]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Where the result goes [default: beside the file, as FILE.cms, FILE.sig or FILE.signed.xml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Replace the result when it exists
    #[arg(long)]
    pub(crate) force: bool,
    /// Read the password or PIN from the first line of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
}

/// Form of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// CMS that holds the document
    Cms,
    /// CMS beside the document
    CmsDetached,
    /// XMLDSig inside the document
    Xml,
    /// The bytes of the signature alone
    Raw,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  tanba verify contract.pdf.cms
  tanba verify contract.pdf.cms --document contract.pdf
  tanba verify invoice.signed.xml --json
  tanba verify archive.zip --offline
  tanba verify contract.pdf.cms --ca our-authority.pem

Of each signature it says: who, in which role, over what and when; whether signature, issuers, validity when signed,
revocation and time stamps hold, and what that rests on. Servers named in the certificates are asked about revocation.

Exit codes: 0 everything holds, 1 something does not or there is no signature, 2 wrong use, 5 it cannot be told: an issuer
is not trusted, nobody answered about revocation, the document is missing, …")]
pub(crate) struct VerifyArguments {
    /// CMS (DER, base64 or PEM), signed XML, ZIP signed by KalkanCrypt, or with --certificate a bare signature
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The document, when it is not in the signature
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) document: Option<PathBuf>,
    /// Digest of the document by the signers' algorithm, in hexadecimal, when the document is elsewhere
    #[arg(long, value_name = "HEX", conflicts_with = "document", value_parser = digest)]
    pub(crate) digest: Option<Digest>,
    /// The signer's certificate, for a bare signature
    #[arg(long, value_name = "FILE", requires = "document", value_hint = ValueHint::FilePath)]
    pub(crate) certificate: Option<PathBuf>,
    /// Stay off the network: nobody is asked about revocation [default: the network as the settings have it]
    #[arg(long)]
    pub(crate) offline: bool,
    /// Trust the national authority's TEST authority, too
    #[arg(long)]
    pub(crate) trust_test_ca: bool,
    /// Trust these authorities, too: certificates in DER, PEM or PKCS #7
    #[arg(long, value_name = "FILE", num_args = 1.., value_hint = ValueHint::FilePath)]
    pub(crate) ca: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) data_dir: DataDir,
    /// Language of the report [default: the session's, else English]
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) language: Option<Language>,
    /// Print JSON: one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Қазақша
    Kk,
    /// По-русски
    Ru,
    /// English
    En,
}

/// Bytes that were given in hexadecimal.
#[derive(Debug, Clone)]
pub(crate) struct Digest(pub(crate) Vec<u8>);

fn digest(text: &str) -> Result<Digest, String> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = core::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    };
    let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
    bytes
        .filter(|it| {
            matches!(it.len(), 20 | 32 | 64) && text.bytes().all(|c| c.is_ascii_hexdigit())
        })
        .map(Digest)
        .ok_or_else(|| "20, 32 or 64 bytes in hexadecimal are wanted".to_owned())
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  tanba keys
  tanba keys ~/keys /media/usb --json
  tanba keys --pkcs11 /opt/maker/lib/pkcs11.so

Tokens are listed when no folder is named, or a module is. Whose key a file holds is known once the file has been opened on this computer: its certificate is under the password.

Exit codes: 0 listed, also when there are none, 1 not listed, 2 wrong use")]
pub(crate) struct KeysArguments {
    /// Look here instead of the usual folders
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folders: Vec<PathBuf>,
    /// List tokens through these PKCS#11 modules instead of those found on this computer; may be repeated
    #[arg(long, value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub(crate) pkcs11: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) data_dir: DataDir,
    /// Print JSON: one object a key
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct PinArguments {
    #[command(subcommand)]
    pub(crate) action: PinAction,
}

#[derive(Subcommand)]
pub(crate) enum PinAction {
    /// Set another PIN, with the old one
    #[command(after_help = PIN_EXAMPLES)]
    Change(PinOptions),
    /// Set a PIN with the unblocking code (PUK), also on a token that is locked
    #[command(after_help = PIN_EXAMPLES)]
    Unblock(PinOptions),
}

const PIN_EXAMPLES: &str = "\
Examples:
  tanba pin change --token 0123456789
  tanba pin unblock --token 0123456789
  tanba pin change --token 0123456789 --pin-file old --new-pin-file new

PINs are asked for at the terminal, or read from the first lines of files; they are never arguments. On a token or reader
with keys of its own they are typed there.

Exit codes: 0 done, 1 not done, 2 wrong use, 3 the PIN or PUK is wrong";

#[derive(Args)]
pub(crate) struct PinOptions {
    /// Token, by its serial number or its label
    #[arg(long, value_name = "NAME")]
    pub(crate) token: String,
    /// Use these PKCS#11 modules instead of those found on this computer; may be repeated
    #[arg(long, value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub(crate) pkcs11: Vec<PathBuf>,
    /// Read the old PIN (unblock: the PUK) from the first line of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) pin_file: Option<PathBuf>,
    /// Read the new PIN from the first line of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) new_pin_file: Option<PathBuf>,
    /// Use the token's last try: a wrong PIN then locks it
    #[arg(long)]
    pub(crate) last_try: bool,
}

#[derive(Args)]
pub(crate) struct TokenWorkerArguments {
    /// The module's path, absolute
    pub(crate) module: PathBuf,
}

#[derive(Args)]
pub(crate) struct TrustArguments {
    #[command(subcommand)]
    pub(crate) action: TrustAction,
}

#[derive(Subcommand)]
pub(crate) enum TrustAction {
    /// Put the local CA into the browsers' stores, and take older ones of ours out
    #[command(after_help = TRUST_EXAMPLES)]
    Install(TrustOptions),
    /// Take every CA of ours out of the browsers' stores, and nothing else
    #[command(after_help = TRUST_EXAMPLES)]
    Remove(TrustOptions),
    /// Say which browsers trust the local CA
    #[command(after_help = TRUST_EXAMPLES)]
    Status(TrustOptions),
}

const TRUST_EXAMPLES: &str = "\
Examples:
  tanba trust install
  tanba trust status --json
  tanba trust remove

The stores are ~/.pki/nssdb (Chromium, Chrome, Edge, Yandex, …) and the profiles of Firefox; the program certutil
(package libnss3-tools) changes them. The CA may vouch for localhost and 127.0.0.1 only, and its key is gone.

Exit codes: 0 done (status: every store trusts it), 1 not everywhere, 2 wrong use";

#[derive(Args)]
pub(crate) struct TrustOptions {
    #[command(flatten)]
    pub(crate) data_dir: DataDir,
    /// Print JSON: one object a store
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }
}
