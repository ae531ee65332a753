#!/usr/bin/env python3
"""Makes the key files, certificates and CRLs of keystore-fixtures: the same bytes each time.

usage: make.py            writes the folder above this script
       make.py --check    compares it with what would be written; exit code 1 when they differ

Needs Python 3.10 and the `openssl` command with its legacy provider.
"""

import base64
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the folder is compared with what git holds

import certificates as x509
from fixtures import CA_VALID, CRL_FROM, CRL_TO, KEY_FILES, PASSWORD, REVOKED_ON, authorities, faulty_files

FOLDER = Path(__file__).resolve().parent.parent
KEPT = {"README.md"}
REASON_KEY_COMPROMISE = 1


def main() -> int:
    faulty = faulty_files()
    made = {file.path: file.bytes() for file in KEY_FILES}
    made |= {f"certificates/{file.key_id.hex()}.cer": file.certificate for file in KEY_FILES}
    made |= {f"faulty/{name}.p12": content for name, _, _, content in faulty}
    made |= authority_files()
    made["index.json"] = index(faulty).encode()
    made["README.md"] = readme(faulty).encode()
    if "--check" in sys.argv[1:]:
        return check(made)
    for path, content in made.items():
        (FOLDER / path).parent.mkdir(exist_ok=True)
        (FOLDER / path).write_bytes(content)
    for path in committed() - made.keys():
        (FOLDER / path).unlink()
    print(f"{len(made)} files written")
    return 0


def check(made: dict[str, bytes]) -> int:
    wrong = [path for path, content in made.items() if not (FOLDER / path).is_file() or (FOLDER / path).read_bytes() != content]
    wrong += committed() - made.keys()
    for path in sorted(wrong):
        print(f"{path} differs from what the generator makes", file=sys.stderr)
    return 1 if wrong else 0


def committed() -> set[str]:
    files = (path for path in FOLDER.glob("**/*") if path.is_file() and FOLDER / "generator" not in path.parents)
    return {path.relative_to(FOLDER).as_posix() for path in files} - KEPT


def authority_files() -> dict[str, bytes]:
    files = {}
    for family in ("gost", "rsa"):
        authority = authorities()[family]
        revoked = [
            (x509.serial_number(file.key), REVOKED_ON, REASON_KEY_COMPROMISE)
            for file in KEY_FILES
            if file.state == "revoked" and (file.algorithm == "RSA") == (family == "rsa")
        ]
        stem = f"ca/{authority.file_stem}"
        files[f"{stem}.cer"] = authority.certificate(*CA_VALID)
        files[f"{stem}.key.pem"] = pem("PRIVATE KEY", authority.key.pkcs8())
        files[f"{stem}.crl"] = authority.crl(revoked, 1, CRL_FROM, CRL_TO)
        files[f"{stem}_d.crl"] = authority.crl([], 2, CRL_FROM, CRL_TO, base=1)
    return files


def pem(label: str, content: bytes) -> bytes:
    text = base64.encodebytes(content).decode().replace("\n", "")
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def index(faulty) -> str:
    """What tests read instead of the README's table. Dates are `YYYY-MM-DD`, identifiers hexadecimal."""
    keys = [
        {
            "file": file.path,
            "owner": file.owner,
            "commonName": file.subject.common_name,
            "iin": file.subject.iin,
            "bin": file.subject.bin,
            "organisation": file.subject.organisation,
            "purpose": file.purpose,
            "algorithm": file.algorithm,
            "extendedKeyUsage": list(file.profile.extended_key_usage),
            "notBefore": file.validity[0],
            "notAfter": file.validity[1],
            "state": file.state,
            "password": file.password,
            "alias": file.key_id.hex(),
            "serialNumber": x509.serial_number(file.key).hex(),
            "certificate": f"certificates/{file.key_id.hex()}.cer",
        }
        for file in KEY_FILES
    ]
    refused = [
        {"file": f"faulty/{name}.p12", "error": error, "fault": fault, "password": PASSWORD}
        for name, error, fault, _ in faulty
    ]
    return json.dumps({"keys": keys, "faulty": refused}, ensure_ascii=False, indent=2) + "\n"


def readme(faulty) -> str:
    """README.md with its two tables made anew between their marks."""
    keys = ["| file | owner | purpose | algorithm | valid | state | password |", "|---|---|---|---|---|---|---|"]
    for file in KEY_FILES:
        folder, name = file.path.split("/")
        short = re.sub(r"([0-9a-f]{6})[0-9a-f]{34}", r"\1…", name)
        who = f"{file.owner}: {file.subject.common_name}"
        number = f", IIN {file.subject.iin}" if file.subject.iin else f", BIN {file.subject.bin}"
        cells = [
            f"[{folder}/{short}]({file.path})", who + number, file.purpose, file.algorithm,
            f"{file.validity[0]} … {file.validity[1]}", file.state, f"`{file.password}`",
        ]
        keys.append("| " + " | ".join(cells) + " |")
    refused = ["| file | what is wrong | error |", "|---|---|---|"]
    refused += [f"| [faulty/{name}.p12](faulty/{name}.p12) | {fault} | {error} |" for name, error, fault, _ in faulty]
    text = (FOLDER / "README.md").read_text()
    for mark, rows in (("keys", keys), ("faulty", refused)):
        table = "".join(row + "\n" for row in rows)
        text = re.sub(f"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", lambda m: m[1] + table + m[2], text, flags=re.S)
    return text


if __name__ == "__main__":
    sys.exit(main())
