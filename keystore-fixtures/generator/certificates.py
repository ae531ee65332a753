"""Certificates and CRLs in the national CA's profiles, issued by the demo CA."""

import hashlib
from dataclasses import dataclass

import der

# Everything a certificate points to is on this address, where a test may serve it; nothing leaves the machine.
BASE_URL = "http://127.0.0.1:17680"

EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
INDIVIDUAL = "1.2.398.3.3.4.1.1"
LEGAL_ENTITY = "1.2.398.3.3.4.1.2"
HEAD = "1.2.398.3.3.4.1.2.1"
SIGNING_RIGHT = "1.2.398.3.3.4.1.2.2"
EMPLOYEE = "1.2.398.3.3.4.1.2.5"
INFORMATION_SYSTEM = "1.2.398.3.3.4.1.2.6"

CPS = "http://pki.gov.kz/cps"
KEY_USAGE_BITS = {
    "digitalSignature": 0,
    "nonRepudiation": 1,
    "keyEncipherment": 2,
    "keyAgreement": 4,
    "keyCertSign": 5,
    "cRLSign": 6,
}


@dataclass(frozen=True)
class Subject:
    """Who a certificate is for. A person has an IIN, a person of a company also a BIN, an information system a BIN only."""

    common_name: str
    surname: str | None = None
    patronymic: str | None = None
    iin: str | None = None
    organisation: str | None = None
    bin: str | None = None
    locality: str | None = None

    def name(self) -> bytes:
        """The Name in the order of the CA: 2022 and later, or the older one with a locality."""
        parts = []
        if self.iin is None:
            parts.append(rdn("0.9.2342.19200300.100.1.1", der.utf8("1.2.398.6.10.1.1")))
        parts.append(rdn("2.5.4.3", der.utf8(self.common_name)))
        if self.iin:
            parts.append(rdn("2.5.4.4", der.utf8(self.surname)))
            parts.append(rdn("2.5.4.5", der.printable("IIN" + self.iin)))
        parts.append(rdn("2.5.4.6", der.printable("KZ")))
        if self.locality:
            parts.append(rdn("2.5.4.7", der.utf8(self.locality)))
            parts.append(rdn("2.5.4.8", der.utf8(self.locality)))
        company = [rdn("2.5.4.10", der.utf8(self.organisation)), rdn("2.5.4.11", der.utf8("BIN" + self.bin))] if self.bin else []
        patronymic = [rdn("2.5.4.42", der.utf8(self.patronymic))] if self.patronymic else []
        # The old generation puts GIVENNAME before OU, the new one after it.
        ordered = company[:1] + patronymic + company[1:] if self.locality else company + patronymic
        return der.sequence(*parts, *ordered)


@dataclass(frozen=True)
class Profile:
    """What a kind of certificate carries besides its subject."""

    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    policy: str
    # GOST512 certificates name the store that the key was made in; the older ones have cPS and userNotice instead.
    modern: bool
    # One template marks extendedKeyUsage critical instead of keyUsage.
    eku_critical: bool = False


GOST512_USAGE = ("digitalSignature", "nonRepudiation", "keyAgreement")


def gost512(*roles: str, signing: bool = True, eku_critical: bool = False) -> Profile:
    usage = ((EMAIL_PROTECTION,) if signing else ()) + roles
    return Profile(GOST512_USAGE, usage, "1.2.398.3.3.2", True, eku_critical)


NO_EKU = Profile(GOST512_USAGE, (), "1.2.398.3.3.2", True)


def old_authentication(*roles: str) -> Profile:
    policy = "1.2.398.3.3.2.2" if LEGAL_ENTITY in roles else "1.2.398.3.3.2.4"
    return Profile(("digitalSignature", "keyEncipherment"), (CLIENT_AUTH, *roles), policy, False)


def old_signing(*roles: str) -> Profile:
    policy = "1.2.398.3.3.2.1" if LEGAL_ENTITY in roles else "1.2.398.3.3.2.3"
    return Profile(("digitalSignature", "nonRepudiation"), (EMAIL_PROTECTION, *roles), policy, False)


@dataclass(frozen=True)
class Authority:
    """A root of the demo CA. `key_id` is what its certificates carry as the authority key identifier."""

    key: object
    common_name: str
    file_stem: str
    key_id: bytes

    def name(self) -> bytes:
        return der.sequence(rdn("2.5.4.3", der.utf8(self.common_name)), rdn("2.5.4.6", der.printable("KZ")))

    def certificate(self, not_before: str, not_after: str) -> bytes:
        """The self-signed root."""
        extensions = [
            extension("2.5.29.19", der.sequence(der.TRUE), critical=True),
            extension("2.5.29.15", _key_usage(("keyCertSign", "cRLSign")), critical=True),
            extension("2.5.29.14", der.octets(key_id(self.key))),
            extension("2.5.29.35", der.sequence(der.tlv(0x80, self.key_id))),
            extension("2.5.29.32", _policy("1.2.398.3.1.2", user_notice=False)),
        ]
        return self._signed(serial_number(self.key), self.name(), self.key, not_before, not_after, extensions)

    def issue(self, subject: Subject, key, profile: Profile, not_before: str, not_after: str) -> bytes:
        return self._signed(
            serial_number(key), subject.name(), key, not_before, not_after, self._extensions(key, profile)
        )

    def crl(self, revoked: list[tuple[bytes, str, int]], number: int, this_update: str, next_update: str, base: int | None = None) -> bytes:
        """A CRL of (content of the serial number, date, reason); with `base` a delta CRL."""
        entries = der.sequence(
            *(
                der.sequence(
                    der.tlv(0x02, serial),
                    der.utc_time(date),
                    der.sequence(extension("2.5.29.21", der.tlv(0x0A, bytes([reason])))),
                )
                for serial, date, reason in revoked
            )
        )
        extensions = [
            extension("2.5.29.35", der.sequence(der.tlv(0x80, self.key_id))),
            extension("2.5.29.20", der.integer(number)),
        ]
        if base is not None:
            extensions.append(extension("2.5.29.27", der.integer(base), critical=True))
        tbs = der.sequence(
            der.integer(1),
            der.algorithm(self.key.signature_oid),
            self.name(),
            der.utc_time(this_update),
            der.utc_time(next_update),
            entries if revoked else b"",
            der.explicit(0, der.sequence(*extensions)),
        )
        return self._sign(tbs)

    def _signed(self, serial: bytes, subject: bytes, key, not_before: str, not_after: str, extensions: list[bytes]) -> bytes:
        tbs = der.sequence(
            der.explicit(0, der.integer(2)),
            der.tlv(0x02, serial),
            der.algorithm(self.key.signature_oid),
            self.name(),
            der.sequence(der.utc_time(not_before), der.utc_time(not_after)),
            subject,
            key.spki(),
            der.explicit(3, der.sequence(*extensions)),
        )
        return self._sign(tbs)

    def _sign(self, tbs: bytes) -> bytes:
        return der.sequence(tbs, der.algorithm(self.key.signature_oid), der.bits(self.key.sign(tbs)))

    def _extensions(self, key, profile: Profile) -> list[bytes]:
        """In the orders that the CA writes them: the older generation begins with keyUsage."""
        usage = extension("2.5.29.15", _key_usage(profile.key_usage), critical=not profile.eku_critical)
        purposes = [
            extension("2.5.29.37", der.sequence(*map(der.oid, profile.extended_key_usage)), critical=profile.eku_critical)
        ] if profile.extended_key_usage else []
        subject_key_id = extension("2.5.29.14", der.octets(key_id(key)))
        authority_key_id = extension("2.5.29.35", der.sequence(der.tlv(0x80, self.key_id)))
        policies = extension("2.5.29.32", _policy(profile.policy, user_notice=not profile.modern))
        crl = extension("2.5.29.31", _distribution_point(f"{BASE_URL}/crl/{self.file_stem}.crl"))
        delta = extension("2.5.29.46", _distribution_point(f"{BASE_URL}/crl/{self.file_stem}_d.crl"))
        ocsp = _access("1.3.6.1.5.5.7.48.1", f"{BASE_URL}/ocsp/")
        issuer = _access("1.3.6.1.5.5.7.48.2", f"{BASE_URL}/cert/{self.file_stem}.cer")
        if not profile.modern:
            access = extension("1.3.6.1.5.5.7.1.1", der.sequence(issuer, ocsp))
            return [usage, *purposes, authority_key_id, subject_key_id, policies, crl, delta, access]
        access = extension("1.3.6.1.5.5.7.1.1", der.sequence(ocsp, issuer))
        store = extension("1.2.398.3.3.5", der.sequence(der.oid("1.2.398.3.3.5.1.1")))
        return [policies, access, crl, delta, *purposes, usage, subject_key_id, authority_key_id, store]


def key_id(key) -> bytes:
    """RFC 5280, method 1: SHA-1 of the BIT STRING's content, the inner header of a GOST point included."""
    return hashlib.sha1(key.subject_public_key()).digest()


def serial_number(key) -> bytes:
    """The CA's rule: the key identifier made positive, and not beginning with a zero digit."""
    identifier = key_id(key)
    first = identifier[0] & 0x7F
    return bytes([first | 0x10 if first & 0x70 == 0 else first]) + identifier[1:]


def rdn(dotted: str, value: bytes) -> bytes:
    return der.set_of(der.sequence(der.oid(dotted), value))


def extension(dotted: str, value: bytes, critical: bool = False) -> bytes:
    return der.sequence(der.oid(dotted), der.TRUE if critical else b"", der.octets(value))


def _key_usage(names: tuple[str, ...]) -> bytes:
    numbers = [KEY_USAGE_BITS[name] for name in names]
    octet = sum(0x80 >> number for number in numbers)
    return der.bits(bytes([octet]), unused=7 - max(numbers))


def _policy(dotted: str, user_notice: bool) -> bytes:
    qualifiers = [der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.ia5(CPS))]
    if user_notice:
        qualifiers.append(der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(der.utf8(CPS))))
    return der.sequence(der.sequence(der.oid(dotted), der.sequence(*qualifiers)))


def _distribution_point(url: str) -> bytes:
    return der.sequence(der.sequence(der.explicit(0, der.explicit(0, der.tlv(0x86, url.encode())))))


def _access(method: str, url: str) -> bytes:
    return der.sequence(der.oid(method), der.tlv(0x86, url.encode()))
