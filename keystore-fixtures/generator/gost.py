"""GOST R 34.11-2012 (Streebog-512, RFC 6986) and GOST R 34.10-2012 signatures (RFC 7091) in plain arithmetic.

Byte orders are the national CA's: points, scalars of 2015 keys and both halves of a signature are little-endian, and so
is the digest when it is read as a number. Not constant time: these keys protect nothing.
"""

import hashlib
from dataclasses import dataclass

import der


@dataclass(frozen=True)
class Curve:
    """A curve with the identifiers that the national CA writes into keys on it (RFC 7836 and RFC 4357 hold the numbers)."""

    key_oid: str
    parameters_oid: str
    digest_oid: str
    size: int
    p: int
    a: int
    q: int
    x: int
    y: int

    def multiply(self, k: int, point: tuple[int, int]) -> tuple[int, int]:
        """k times the point; k is not a multiple of q."""
        total, addend = None, point
        while k:
            if k & 1:
                total = addend if total is None else self._add(total, addend)
            addend = self._add(addend, addend)
            k >>= 1
        return total

    def _add(self, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
        (x1, y1), (x2, y2) = left, right
        if left == right:
            slope = (3 * x1 * x1 + self.a) * pow(2 * y1, -1, self.p)
        else:
            slope = (y2 - y1) * pow(x2 - x1, -1, self.p)
        x3 = (slope * slope - x1 - x2) % self.p
        return x3, (slope * (x1 - x3) - y1) % self.p


GOST2015_512 = Curve(
    key_oid="1.2.398.3.10.1.1.2.2",
    parameters_oid="1.2.398.3.10.1.1.2.2.1",
    digest_oid="1.2.398.3.10.1.3.3",
    size=64,
    p=2**512 - 0x239,
    a=2**512 - 0x23C,
    q=int("F" * 64 + "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275", 16),
    x=3,
    y=int(
        "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921"
        "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
        16,
    ),
)
GOST2015_256 = Curve(
    key_oid="1.2.398.3.10.1.1.2.1",
    parameters_oid="1.2.398.3.10.1.1.2.1.1",
    digest_oid="1.2.398.3.10.1.3.2",
    size=32,
    p=2**256 - 0x269,
    a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
    q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
    x=0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
    y=0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
)
GOST2004 = Curve(
    key_oid="1.2.398.3.10.1.1.1.1",
    parameters_oid="1.2.398.3.10.1.1.1.1.1",
    digest_oid="1.2.398.3.10.1.3.1.1.0",
    size=32,
    p=2**256 - 0x269,
    a=2**256 - 0x26C,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    x=1,
    y=0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14,
)


class PrivateKey:
    """A GOST key made from its name: the same name gives the same key on every machine."""

    signature_oid = "1.2.398.3.10.1.1.2.3.2"

    def __init__(self, curve: Curve, name: str):
        self.curve = curve
        self.name = name
        self.scalar = _number(f"scalar|{curve.parameters_oid}|{name}".encode(), curve.q)
        x, y = curve.multiply(self.scalar, (curve.x, curve.y))
        self._point = x.to_bytes(curve.size, "little") + y.to_bytes(curve.size, "little")
        self._algorithm = der.sequence(
            der.oid(curve.key_oid), der.sequence(der.oid(curve.parameters_oid), der.oid(curve.digest_oid))
        )

    def subject_public_key(self) -> bytes:
        """The content of the BIT STRING; its SHA-1 is the key identifier."""
        return der.octets(self._point)

    def spki(self) -> bytes:
        return der.sequence(self._algorithm, der.bits(self.subject_public_key()))

    def pkcs8(self) -> bytes:
        # The two families differ: 2015 keys are little-endian octets, 2004 keys a big-endian INTEGER.
        if self.curve is GOST2004:
            private = der.integer(self.scalar)
        else:
            private = der.octets(self.scalar.to_bytes(self.curve.size, "little"))
        return der.sequence(der.integer(0), self._algorithm, der.octets(private))

    def sign(self, message: bytes) -> bytes:
        """GOST R 34.10-2012 with Streebog-512: r and s, each little-endian. Only CAs sign here, and theirs is the 512-bit curve."""
        assert self.curve is GOST2015_512
        digest = streebog512(message)
        curve, e = self.curve, int.from_bytes(digest, "little") % self.curve.q or 1
        k = _number(b"nonce|" + self.scalar.to_bytes(64, "little") + digest, curve.q)
        r = curve.multiply(k, (curve.x, curve.y))[0] % curve.q
        s = (r * self.scalar + k * e) % curve.q
        return r.to_bytes(64, "little") + s.to_bytes(64, "little")


def _number(seed: bytes, limit: int) -> int:
    wide = b"".join(hashlib.sha512(bytes([i]) + seed).digest() for i in range(2))
    return int.from_bytes(wide, "big") % (limit - 1) + 1


# RFC 6986, section 6: the byte substitution, the matrix of the linear step, the twelve round constants.
_PI = bytes.fromhex(
    "fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1"
    "f918655ae25cef21811c3c428b018e4f058402aee36a8fa0060bed987fd4d31f"
    "eb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87"
    "15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57"
    "dff524a93ea843c9d779d6f67c22b903e00fecde7a94b0bcdce828504e330a4a"
    "a79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b"
    "0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561"
    "207167a42d2b095bcb9b25d0bee56c5259a674d2e6f4b4c0d166afc2394b63b6"
)
_A = [int(word, 16) for word in """
    8e20faa72ba0b470 47107ddd9b505a38 ad08b0e0c3282d1c d8045870ef14980e
    6c022c38f90a4c07 3601161cf205268d 1b8e0b0e798c13c8 83478b07b2468764
    a011d380818e8f40 5086e740ce47c920 2843fd2067adea10 14aff010bdd87508
    0ad97808d06cb404 05e23c0468365a02 8c711e02341b2d01 46b60f011a83988e
    90dab52a387ae76f 486dd4151c3dfdb9 24b86a840e90f0d2 125c354207487869
    092e94218d243cba 8a174a9ec8121e5d 4585254f64090fa0 accc9ca9328a8950
    9d4df05d5f661451 c0a878a0a1330aa6 60543c50de970553 302a1e286fc58ca7
    18150f14b9ec46dd 0c84890ad27623e0 0642ca05693b9f70 0321658cba93c138
    86275df09ce8aaa8 439da0784e745554 afc0503c273aa42a d960281e9d1d5215
    e230140fc0802984 71180a8960409a42 b60c05ca30204d21 5b068c651810a89e
    456c34887a3805b9 ac361a443d1c8cd2 561b0d22900e4669 2b838811480723ba
    9bcf4486248d9f5d c3e9224312c8c1a0 effa11af0964ee50 f97d86d98a327728
    e4fa2054a80b329c 727d102a548b194e 39b008152acb8227 9258048415eb419d
    492c024284fbaec0 aa16012142f35760 550b8e9e21f7a530 a48b474f9ef5dc18
    70a6a56e2440598e 3853dc371220a247 1ca76e95091051ad 0edd37c48a08a6d8
    07e095624504536c 8d70c431ac02a736 c83862965601dd1b 641c314b2b8ee083
""".split()]
_C = [int.from_bytes(bytes.fromhex(row), "little") for row in """
    0745a6f2596580dd234d74cc3674760515d360a4082a42a20169679291e07c4bfcc485758db84e7116d0452e43766a2f1f7c65c0812fcbebe9daca1eda5b08b1
    b79bb121700479e656cdcbd71ba2dd55caa70adbc261b55c5899d6126b17b59a3101b5160f5ed561982b230a72eafef3d7b5700f469de34f1a2f9da98ab5a36f
    b20aba0af5961e9931db7a8643f4b6c209db6260373ac9c1b19e3590e40fe2d37b7b29b11475eaf28b1f9c525f5ef10635843d6a28fc390ac72fce2bacdc74f5
    2ed1e384bcbe0c22f137e893a1ea5334be0352933313b7d875d603ed822cd7a93f355e68ad1c729d7d3c5c337e858e48dde4715da0e148f9d26615e8b3df1fef
    57fe6c7cfd581760f563eaa97ea2567a161a2723b700ffdfa3f53a254717cdbfbdff0f80d7359e354a1086161f1c157f6323a96c0c413f9a994747adac6bea4b
    6e7d64467a4068fa354f903672c571bfb6c6bec2661ff20ab4b79a1cb7a6facfc68ef09ab49a7f186ca44251f9c4662dc039307a3bc3a46fd9d33a1daeae4fae
    93d4143a4d568688f34a3ca24c45173504054a2883694706372c822dc5ab9209c9937a19333e47d3c987bfe6c7c69e39540924bffe86ac51ecc5aaee160ec7f4
    1ee702bfd40d7fa4d9a8515935c2ac362fc4a5d12b8dd16990069b92cb2b89f49ac4db4d3b44b4891ede369c71f8b74e41416e0c02aae703a7c9934d425b1f9b
    db5a238351446172602a1fcb92dc380e549c07a69a8a2b7bb1ceb2db0b440a8084090de0b755d93c244289251b3a7d3ade5f16ecd89a4c949b223116545a8f37
    ed9c4598fbc7b474c3b63b15d1fa9836f452763b306c1e7a4b3369af0267e79f0361331b8ae1ff1fdb788aff1ce74189f3f3e4b248e52a38526f0580a6debeab
    1b2df381cda4ca6b5dd86fc04a59a2de986e477d1dcdbaefcab948eaef711d8a79668414218001206107abebbb6bfad894fe5a63cdc60230fb89c8efd09ecd7b
    20d71bf14a92bc48991bb2d9d517f4fa5228e188aaa41de786cc91189def805d9b9f2130d41220f8771ddfbc323ca4cd7ab14904b08013d2ba3116f167e78e37
""".split()]


def _linear_table() -> list[list[int]]:
    """For each byte of a 64-bit word and each value: what it adds to the word after substitution and the linear step."""
    table = []
    for position in range(8):
        row = []
        for value in range(256):
            word = 0
            for bit in range(8):
                if _PI[value] >> bit & 1:
                    word ^= _A[63 - 8 * position - bit]
            row.append(word)
        table.append(row)
    return table


_TABLE = _linear_table()


def _lps(state: int) -> int:
    octets, out = state.to_bytes(64, "little"), 0
    for i in range(8):
        word = 0
        for j in range(8):
            word ^= _TABLE[j][octets[i + 8 * j]]
        out |= word << 64 * i
    return out


def _compress(counter: int, chain: int, block: int) -> int:
    key, state = _lps(chain ^ counter), block
    for constant in _C:
        state = _lps(state ^ key)
        key = _lps(key ^ constant)
    return state ^ key ^ chain ^ block


def streebog512(message: bytes) -> bytes:
    chain = counter = checksum = 0
    whole = len(message) // 64 * 64
    for start in range(0, whole, 64):
        block = int.from_bytes(message[start : start + 64], "little")
        chain = _compress(counter, chain, block)
        counter += 512
        checksum = (checksum + block) % 2**512
    rest = message[whole:]
    block = int.from_bytes(rest + b"\x01", "little")
    chain = _compress(counter, chain, block)
    counter += 8 * len(rest)
    checksum = (checksum + block) % 2**512
    chain = _compress(0, chain, counter)
    return _compress(0, chain, checksum).to_bytes(64, "little")
