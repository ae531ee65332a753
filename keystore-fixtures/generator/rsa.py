"""RSA keys and PKCS#1 v1.5 signatures with SHA-256 (RFC 8017) in plain arithmetic, made from a name like the GOST keys."""

import hashlib

import der


class PrivateKey:
    """An RSA key: the same name and size give the same key on every machine."""

    signature_oid = "1.2.840.113549.1.1.11"

    def __init__(self, name: str, size: int = 2048):
        self.name = name
        self.size = size
        self.e = 65537
        self.p = _prime(f"{name}|p", size // 2)
        self.q = _prime(f"{name}|q", size // 2)
        self.n = self.p * self.q
        self.d = pow(self.e, -1, (self.p - 1) * (self.q - 1))
        self._algorithm = der.algorithm("1.2.840.113549.1.1.1")

    def subject_public_key(self) -> bytes:
        """The content of the BIT STRING; its SHA-1 is the key identifier."""
        return der.sequence(der.integer(self.n), der.integer(self.e))

    def spki(self) -> bytes:
        return der.sequence(self._algorithm, der.bits(self.subject_public_key()))

    def pkcs8(self) -> bytes:
        d, p, q = self.d, self.p, self.q
        numbers = [0, self.n, self.e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
        private = der.sequence(*(der.integer(number) for number in numbers))
        return der.sequence(der.integer(0), self._algorithm, der.octets(private))

    def sign(self, message: bytes) -> bytes:
        info = der.sequence(der.algorithm("2.16.840.1.101.3.4.2.1"), der.octets(hashlib.sha256(message).digest()))
        length = self.size // 8
        padded = b"\x00\x01" + b"\xff" * (length - 3 - len(info)) + b"\x00" + info
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(length, "big")


def _prime(name: str, size: int) -> int:
    """The first prime at or above a number drawn from the name, its two top bits set and fit for e = 65537."""
    start = int.from_bytes(_stream(name, size // 8), "big") | 3 << size - 2 | 1
    while not (all(start % small for small in _SMALL_PRIMES) and start % 65537 != 1 and _is_prime(start, name)):
        start += 2
    return start


def _is_prime(number: int, name: str) -> bool:
    """Miller and Rabin's test with sixteen bases drawn from the name."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for attempt in range(16):
        base = int.from_bytes(_stream(f"{name}|base {attempt}", 64), "big") | 2
        x = pow(base, odd, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % number
            if x == number - 1:
                break
        else:
            return False
    return True


def _stream(name: str, length: int) -> bytes:
    return hashlib.shake_256(f"Tanba Demo RSA|{name}".encode()).digest(length)


_SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
