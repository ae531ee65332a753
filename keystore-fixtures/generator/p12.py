"""Key files (PKCS#12, RFC 7292): in the national CA's layout, and in the layouts that other programs write.

The ciphers are OpenSSL's; its `legacy` provider has RC2-40.
"""

import hashlib
import hmac
import subprocess
from dataclasses import dataclass, replace

import der

DATA = "1.2.840.113549.1.7.1"
ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
KEY_BAG_SHROUDED = "1.2.840.113549.1.12.10.1.2"
CERT_BAG = "1.2.840.113549.1.12.10.1.3"
X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"
FRIENDLY_NAME = "1.2.840.113549.1.9.20"
LOCAL_KEY_ID = "1.2.840.113549.1.9.21"
PBE_3DES = "1.2.840.113549.1.12.1.3"
PBE_RC2_40 = "1.2.840.113549.1.12.1.6"
SHA1 = "1.3.14.3.2.26"
SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True)
class Layout:
    """How a file is written. The default is the national CA's layout, the same since 2018."""

    name: str
    password: str
    indefinite: bool = True
    modern: bool = False
    rounds: int = 1024
    mac_rounds: int | None = None
    key_pbe: str = PBE_3DES

    def salt(self, use: str) -> bytes:
        length = 16 if self.modern else 20
        return hashlib.sha512(f"salt|{self.name}|{use}".encode()).digest()[:length]

    def with_definite_lengths(self) -> "Layout":
        return replace(self, indefinite=False)

    def as_openssl_3_writes(self) -> "Layout":
        """AES-256-CBC with PBKDF2 and HMAC-SHA-256, definite lengths, MAC with SHA-256."""
        return replace(self, indefinite=False, modern=True, rounds=2048)


def key_file(layout: Layout, keys: list[tuple[bytes, bytes]], certificates: list[tuple[bytes, bytes | None]]) -> bytes:
    """A file of PKCS#8 keys and DER certificates, each with its key identifier (None: a CA's certificate, without attributes).

    An empty list leaves its SafeContents out altogether.
    """
    safes = []
    if keys:
        safes.append(_plain_safe(layout, [_key_bag(layout, i, key, key_id) for i, (key, key_id) in enumerate(keys)]))
    if certificates:
        safes.append(_encrypted_safe(layout, [_cert_bag(der_, key_id) for der_, key_id in certificates]))
    auth_safe = _constructed(layout, 0x30, *safes)
    return der.sequence(
        der.integer(3),
        der.sequence(der.oid(DATA), der.explicit(0, der.octets(auth_safe))),
        _mac(layout, auth_safe),
    )


def _constructed(layout: Layout, tag: int, *parts: bytes) -> bytes:
    return der.indefinite(tag, *parts) if layout.indefinite else der.tlv(tag, b"".join(parts))


def _plain_safe(layout: Layout, bags: list[bytes]) -> bytes:
    content = der.octets(der.sequence(*bags))
    return _constructed(layout, 0x30, der.oid(DATA), _constructed(layout, 0xA0, content))


def _encrypted_safe(layout: Layout, bags: list[bytes]) -> bytes:
    algorithm, encrypted = _encrypt(layout, "certificates", PBE_RC2_40, der.sequence(*bags))
    # encryptedContent is constructed where lengths are indefinite: one OCTET STRING in [0].
    content = der.indefinite(0xA0, der.octets(encrypted)) if layout.indefinite else der.tlv(0x80, encrypted)
    info = _constructed(layout, 0x30, der.oid(DATA), algorithm, content)
    data = _constructed(layout, 0x30, der.integer(0), info)
    return _constructed(layout, 0x30, der.oid(ENCRYPTED_DATA), _constructed(layout, 0xA0, data))


def _key_bag(layout: Layout, number: int, pkcs8: bytes, key_id: bytes) -> bytes:
    algorithm, encrypted = _encrypt(layout, f"key {number}", layout.key_pbe, pkcs8)
    shrouded = der.sequence(algorithm, der.octets(encrypted))
    return der.sequence(der.oid(KEY_BAG_SHROUDED), der.explicit(0, shrouded), _attributes(key_id))


def _cert_bag(certificate: bytes, key_id: bytes | None) -> bytes:
    bag = der.sequence(der.oid(X509_CERTIFICATE), der.explicit(0, der.octets(certificate)))
    attributes = _attributes(key_id) if key_id else b""
    return der.sequence(der.oid(CERT_BAG), der.explicit(0, bag), attributes)


def _attributes(key_id: bytes) -> bytes:
    return der.set_of(
        der.sequence(der.oid(LOCAL_KEY_ID), der.set_of(der.octets(key_id))),
        der.sequence(der.oid(FRIENDLY_NAME), der.set_of(der.bmp(key_id.hex()))),
    )


def _mac(layout: Layout, auth_safe: bytes) -> bytes:
    hash_name, hash_oid = ("sha256", SHA256) if layout.modern else ("sha1", SHA1)
    salt, rounds = layout.salt("mac"), layout.rounds
    size = hashlib.new(hash_name).digest_size
    key = _pkcs12_kdf(hash_name, 3, layout.password, salt, rounds, size)
    digest = hmac.new(key, auth_safe, hash_name).digest()
    info = der.sequence(der.algorithm(hash_oid), der.octets(digest))
    return der.sequence(info, der.octets(salt), der.integer(layout.mac_rounds or rounds))


def _encrypt(layout: Layout, use: str, pbe: str, plain: bytes) -> tuple[bytes, bytes]:
    """The AlgorithmIdentifier and the ciphertext."""
    salt, rounds = layout.salt(use), layout.rounds
    if layout.modern:
        key = hashlib.pbkdf2_hmac("sha256", layout.password.encode(), salt, rounds, 32)
        iv = layout.salt(use + " iv")
        kdf = der.sequence(
            der.oid("1.2.840.113549.1.5.12"),
            der.sequence(der.octets(salt), der.integer(rounds), der.algorithm("1.2.840.113549.2.9")),
        )
        cipher = der.algorithm("2.16.840.1.101.3.4.1.42", der.octets(iv))
        return der.algorithm("1.2.840.113549.1.5.13", der.sequence(kdf, cipher)), _openssl("aes-256-cbc", key, iv, plain)
    name, length = ("rc2-40-cbc", 5) if pbe == PBE_RC2_40 else ("des-ede3-cbc", 24)
    key = _pkcs12_kdf("sha1", 1, layout.password, salt, rounds, length)
    iv = _pkcs12_kdf("sha1", 2, layout.password, salt, rounds, 8)
    parameters = der.sequence(der.octets(salt), der.integer(rounds))
    return der.algorithm(pbe, parameters), _openssl(name, key, iv, plain)


def _openssl(cipher: str, key: bytes, iv: bytes, plain: bytes) -> bytes:
    command = ["openssl", "enc", "-e", f"-{cipher}", "-K", key.hex(), "-iv", iv.hex(), "-provider", "default"]
    if cipher.startswith("rc2"):
        command += ["-provider", "legacy"]
    return subprocess.run(command, input=plain, capture_output=True, check=True).stdout


def _pkcs12_kdf(hash_name: str, purpose: int, password: str, salt: bytes, rounds: int, length: int) -> bytes:
    """RFC 7292, appendix B.2; the password is a BMPString with its two zero bytes."""
    block = 64
    secret = password.encode("utf-16-be") + b"\x00\x00"
    material, out = _fill(salt, block) + _fill(secret, block), b""
    while len(out) < length:
        digest = hashlib.new(hash_name, bytes([purpose]) * block + material).digest()
        for _ in range(rounds - 1):
            digest = hashlib.new(hash_name, digest).digest()
        out += digest
        step = int.from_bytes(_fill(digest, block), "big") + 1
        chunks = (material[i : i + block] for i in range(0, len(material), block))
        sums = ((int.from_bytes(chunk, "big") + step) % 2 ** (8 * block) for chunk in chunks)
        material = b"".join(value.to_bytes(block, "big") for value in sums)
    return out[:length]


def _fill(part: bytes, block: int) -> bytes:
    """The part repeated until it ends on a whole block."""
    length = block * -(-len(part) // block)
    return (part * (length // len(part) + 1))[:length]
