"""Writing DER, and the indefinite-length BER that the national CA's key files use inside (X.690, sections 8.1.3 and 10)."""

NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"


def tlv(tag: int, content: bytes) -> bytes:
    """One element of definite length."""
    n = len(content)
    if n < 0x80:
        return bytes([tag, n]) + content
    length = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def indefinite(tag: int, *parts: bytes) -> bytes:
    """One constructed element of indefinite length."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\x00\x00"


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, b"".join(sorted(parts)))


def explicit(number: int, content: bytes) -> bytes:
    return tlv(0xA0 | number, content)


def octets(content: bytes) -> bytes:
    return tlv(0x04, content)


def bits(content: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes([unused]) + content)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    arcs = [int(arc) for arc in dotted.split(".")]
    content = b""
    for arc in [40 * arcs[0] + arcs[1], *arcs[2:]]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return tlv(0x06, content)


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def printable(text: str) -> bytes:
    return tlv(0x13, text.encode("ascii"))


def ia5(text: str) -> bytes:
    return tlv(0x16, text.encode("ascii"))


def bmp(text: str) -> bytes:
    return tlv(0x1E, text.encode("utf-16-be"))


def utc_time(date: str) -> bytes:
    """Midnight UTC of a `YYYY-MM-DD` before 2050."""
    year, month, day = date.split("-")
    return tlv(0x17, f"{year[2:]}{month}{day}000000Z".encode())


def algorithm(dotted: str, parameters: bytes = NULL) -> bytes:
    return sequence(oid(dotted), parameters)
