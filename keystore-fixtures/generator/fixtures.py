"""Which keys, certificates and files there are. Everything here is test data; see README.md."""

from dataclasses import dataclass, replace
from functools import cached_property

import certificates as x509
import gost
import p12
import rsa

VALID = ("2026-01-01", "2036-01-01")
EXPIRED = ("2024-01-01", "2025-01-01")
NOT_YET = ("2035-01-01", "2045-01-01")
CA_VALID = ("2020-01-01", "2046-01-01")
CRL_FROM, CRL_TO, REVOKED_ON = "2026-03-01", "2036-01-01", "2026-02-01"
PASSWORD = "Qwerty12"
KAZAKH_PASSWORD = "Құпиясөз12"

PERSON = x509.Subject("ТЕСТОВ ТЕСТ", "ТЕСТОВ", "ТЕСТОВИЧ", "123456789011")
SECOND_PERSON = x509.Subject("ТЕСТТОВ ТЕСТТ", "ТЕСТТОВ", "ТЕСТТОВИЧ", "123456789012")
COMPANY = {"organisation": 'АО "ТЕСТ"', "bin": "123456789021"}
HEAD = replace(PERSON, **COMPANY)
STAFF = replace(SECOND_PERSON, **COMPANY)
SYSTEM = x509.Subject('ИС "Тест"', **COMPANY)
OLD = {"locality": "АСТАНА"}


@dataclass(frozen=True)
class KeyFile:
    """One key with its certificate in one file."""

    folder: str
    owner: str
    purpose: str
    prefix: str
    subject: x509.Subject
    profile: x509.Profile
    validity: tuple[str, str] = VALID
    state: str = "valid"
    issuer: str = "own family"
    password: str = PASSWORD
    # What tells this file's key from another one of the same folder and family.
    variant: str = ""
    # A fixed name instead of the national CA's `PREFIX_<key identifier>.p12`.
    name: str | None = None
    layout: str = "national CA"

    @cached_property
    def key(self):
        seed = f"{self.folder}|{self.prefix}|{self.variant}"
        if self.prefix in ("RSA256", "AUTH_RSA256"):
            return rsa.PrivateKey(seed)
        curves = {"GOST512": gost.GOST2015_512, "GOST256": gost.GOST2015_256, "GOSTKNCA": gost.GOST2004}
        return gost.PrivateKey(curves[self.prefix], seed)

    @property
    def algorithm(self) -> str:
        """The name that NCALayer's getKeyInfo gives the algorithm."""
        return {
            "GOST512": "ECGOST3410-2015-512",
            "GOST256": "ECGOST3410-2015-256",
            "GOSTKNCA": "ECGOST34310",
        }.get(self.prefix, "RSA")

    @property
    def key_id(self) -> bytes:
        return x509.key_id(self.key)

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name or f'{self.prefix}_{self.key_id.hex()}'}.p12"

    @cached_property
    def certificate(self) -> bytes:
        family = "rsa" if self.algorithm == "RSA" else "gost"
        authority = authorities()[family if self.issuer == "own family" else f"impostor_{family}"]
        return authority.issue(self.subject, self.key, self.profile, *self.validity)

    def bytes(self) -> bytes:
        layout = p12.Layout(self.path, self.password)
        certificates = [(self.certificate, self.key_id)]
        if self.layout == "definite lengths":
            layout = layout.with_definite_lengths()
        elif self.layout == "PBES2":
            layout = layout.as_openssl_3_writes()
        elif self.layout == "with chain":
            certificates.append((authorities()["gost"].certificate(*CA_VALID), None))
        return p12.key_file(layout, [(self.key.pkcs8(), self.key_id)], certificates)


_AUTHORITIES = {}


def authorities() -> dict[str, x509.Authority]:
    """The demo CA's two roots, and two impostors with the same names and key identifiers but other keys."""
    if not _AUTHORITIES:
        for family, make in (("gost", _gost_root), ("rsa", _rsa_root)):
            root, impostor = make("Tanba Demo CA"), make("impostor")
            name, stem = f"Tanba Demo CA ({family.upper()})", f"tanba_demo_{family}"
            identifier = x509.key_id(root)
            _AUTHORITIES[family] = x509.Authority(root, name, stem, identifier)
            _AUTHORITIES[f"impostor_{family}"] = x509.Authority(impostor, name, stem, identifier)
    return _AUTHORITIES


def _gost_root(name: str):
    return gost.PrivateKey(gost.GOST2015_512, name)


def _rsa_root(name: str):
    return rsa.PrivateKey(name, 4096)


_IND, _LEGAL = x509.INDIVIDUAL, x509.LEGAL_ENTITY
_GOST512_IND = x509.gost512(_IND)
_BOTH = "log-in and signing"

KEY_FILES = [
    KeyFile("individual", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND),
    KeyFile("individual-old", "individual", "log-in", "AUTH_RSA256", replace(PERSON, **OLD), x509.old_authentication(_IND)),
    KeyFile("individual-old", "individual", "signing", "RSA256", replace(PERSON, **OLD), x509.old_signing(_IND)),
    KeyFile("another-individual", "another individual", _BOTH, "GOST512", SECOND_PERSON, _GOST512_IND),
    KeyFile("company-head", "head of a company", _BOTH, "GOST512", HEAD, x509.gost512(_LEGAL, x509.HEAD)),
    KeyFile(
        "company-signer",
        "employee with the right to sign",
        _BOTH,
        "GOST512",
        STAFF,
        x509.gost512(_LEGAL, x509.SIGNING_RIGHT, eku_critical=True),
    ),
    KeyFile("company-employee", "employee", _BOTH, "GOST512", STAFF, x509.gost512(_LEGAL, x509.EMPLOYEE)),
    KeyFile(
        "information-system",
        "information system",
        "signing (no emailProtection)",
        "GOST512",
        SYSTEM,
        x509.gost512(_LEGAL, x509.INFORMATION_SYSTEM, signing=False),
    ),
    KeyFile(
        "company-old", "head of a company", "log-in", "AUTH_RSA256", replace(HEAD, **OLD), x509.old_authentication(_LEGAL, x509.HEAD)
    ),
    KeyFile("company-old", "head of a company", "signing", "GOSTKNCA", replace(HEAD, **OLD), x509.old_signing(_LEGAL, x509.HEAD)),
    KeyFile("gost256", "individual", _BOTH, "GOST256", PERSON, _GOST512_IND),
    KeyFile("expired", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, EXPIRED, "expired"),
    KeyFile(
        "expired", "individual", "log-in", "AUTH_RSA256", replace(PERSON, **OLD), x509.old_authentication(_IND), EXPIRED, "expired"
    ),
    KeyFile("not-yet-valid", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, NOT_YET, "not yet valid"),
    KeyFile("revoked", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, state="revoked"),
    KeyFile(
        "revoked", "individual", "log-in", "AUTH_RSA256", replace(PERSON, **OLD), x509.old_authentication(_IND), state="revoked"
    ),
    KeyFile("revoked", "individual", "signing", "RSA256", replace(PERSON, **OLD), x509.old_signing(_IND), state="revoked"),
    KeyFile(
        "wrong-issuer", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, state="wrong issuer", issuer="impostor"
    ),
    KeyFile(
        "wrong-issuer",
        "individual",
        "log-in",
        "AUTH_RSA256",
        replace(PERSON, **OLD),
        x509.old_authentication(_IND),
        state="wrong issuer",
        issuer="impostor",
    ),
    KeyFile("no-eku", "individual", "none stated", "GOST512", PERSON, x509.NO_EKU),
    KeyFile(
        "unusual", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, variant="a", name="pbes2-aes256-gost512", layout="PBES2"
    ),
    KeyFile(
        "unusual",
        "individual",
        "signing",
        "RSA256",
        replace(PERSON, **OLD),
        x509.old_signing(_IND),
        name="pbes2-aes256-rsa",
        layout="PBES2",
    ),
    KeyFile(
        "unusual",
        "individual",
        _BOTH,
        "GOST512",
        PERSON,
        _GOST512_IND,
        variant="b",
        name="definite-lengths",
        layout="definite lengths",
    ),
    KeyFile("unusual", "individual", _BOTH, "GOST512", PERSON, _GOST512_IND, variant="c", name="with-chain", layout="with chain"),
    KeyFile(
        "unusual",
        "individual",
        _BOTH,
        "GOST512",
        PERSON,
        _GOST512_IND,
        variant="d",
        name="cyrillic-password",
        password=KAZAKH_PASSWORD,
    ),
]


def faulty_files() -> list[tuple[str, str, str, bytes]]:
    """Files that must be refused: name, error, what is wrong, bytes. Their password is the usual one."""
    individual, other = KEY_FILES[0], KEY_FILES[3]
    whole = individual.bytes()
    key = (individual.key.pkcs8(), individual.key_id)
    certificate = (individual.certificate, individual.key_id)
    other_key = (other.key.pkcs8(), other.key_id)
    other_certificate = (other.certificate, other.key_id)

    def layout(name: str) -> p12.Layout:
        return p12.Layout(f"faulty/{name}", PASSWORD)

    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    return [
        ("truncated", "truncated", "the first two thirds of a good file", whole[: len(whole) * 2 // 3]),
        ("empty", "truncated", "no bytes at all: an interrupted copy", b""),
        ("not-pkcs12", "not PKCS#12", "a web page saved under a key file's name", b"<!DOCTYPE html>\n<title>404 Not Found</title>\n"),
        ("certificate", "not PKCS#12", "a certificate renamed to .p12", individual.certificate),
        ("flipped-bit", "wrong password", "one bit changed: the MAC does not fit", bytes(flipped)),
        ("no-key", "no key", "a certificate only", p12.key_file(layout("no-key"), [], [certificate])),
        (
            "key-without-certificate",
            "no certificate",
            "a key only, as between application and issue",
            p12.key_file(layout("key-without-certificate"), [key], []),
        ),
        (
            "two-keys",
            "several keys",
            "two keys, each with its certificate",
            p12.key_file(layout("two-keys"), [key, other_key], [certificate, other_certificate]),
        ),
        (
            "key-mismatch",
            "key mismatch",
            "a key with the certificate of another key under the same key identifier",
            p12.key_file(layout("key-mismatch"), [key], [(other.certificate, individual.key_id)]),
        ),
        (
            "too-many-rounds",
            "too many rounds",
            "the MAC asks for 2 147 483 647 rounds",
            p12.key_file(replace(layout("too-many-rounds"), mac_rounds=2**31 - 1), [key], [certificate]),
        ),
        (
            "unknown-cipher",
            "unsupported algorithm",
            "the key is encrypted by 1.2.398.3.10.1.4.99, which is nobody's",
            p12.key_file(replace(layout("unknown-cipher"), key_pbe="1.2.398.3.10.1.4.99"), [key], [certificate]),
        ),
    ]
