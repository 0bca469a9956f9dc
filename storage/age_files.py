"""Encrypted copies in the age format (age-encryption.org/v1), which the `age` command opens too.

A file for keys is written and read in a stream. One for a passphrase passes through memory whole: the library
knows no other way, so such a file is limited.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

import pyrage
from pyrage import passphrase as by_passphrase
from pyrage.x25519 import Identity, Recipient

_BINARY, _ARMOUR = b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n"
# A passphrase stands alone in a file, and so first.
_BY_PASSPHRASE = _BINARY + b"-> scrypt "
_OVERHEAD = 1 << 20
LARGEST_FOR_PASSPHRASE = 256 << 20
_WRONG_PASSPHRASE = "BACKUP_PASSPHRASE does not open it, or its beginning was changed"
_DAMAGED = "it is damaged: cut short, or changed since it was written"


class NotSealed(Exception):
    """It can't be encrypted, or what was written does not open again; its words say why."""


class NotOpened(Exception):
    """It can't be decrypted; its words say why, and what to give."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealing:
    """Whom a copy is encrypted to: public keys (`age1…`), or a passphrase where there are none."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.recipients or self.passphrase)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a copy is opened with: secret keys (`AGE-SECRET-KEY-1…`), or a passphrase."""

    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)


class _Sink(Protocol):
    def write(self, part: bytes, /) -> int: ...

    def flush(self) -> None: ...


class _Hashed:
    """A stream that is hashed as it passes; without one behind it, what is written goes nowhere."""

    def __init__(self, source: IO[bytes] | None = None) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = b"" if self._source is None else self._source.read(size)
        self._hash.update(part)
        return part

    def write(self, part: bytes, /) -> int:
        self._hash.update(part)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def recipient_fault(key: str) -> str:
    """Why `key` is no public key to encrypt to, as a sentence; "" where it is one."""
    if key.upper().startswith("AGE-SECRET-KEY-"):
        # It is not repeated: it would stand in a terminal's memory once more.
        return "that is a secret key, which stays with you; the public key that belongs to it begins with age1"
    try:
        Recipient.from_str(key)
    except pyrage.RecipientError:
        return f"'{key}' is not a public key of age, such as age-keygen prints: age1 and 58 letters and digits"
    return ""


def read_identities(words: str) -> tuple[str, ...]:
    """The secret keys in the words of an identity file: one a line, beside empty lines and `#` remarks.

    Raises:
        NotOpened: a line is no secret key, or there is none.
    """
    found = []
    for number, line in enumerate(words.splitlines(), start=1):
        key = line.strip()
        if not key or key.startswith("#"):
            continue
        try:
            Identity.from_str(key)
        except pyrage.IdentityError:
            raise NotOpened(f"line {number} is not a secret key of age, such as AGE-SECRET-KEY-1...") from None
        found.append(key)
    if not found:
        raise NotOpened("there is no secret key of age in it")
    return tuple(found)


def is_sealed(path: Path) -> bool:
    """Whether the file begins as an encrypted one does."""
    with path.open("rb") as file:
        return file.read(len(_ARMOUR)).replace(b"\r\n", b"\n").startswith((_BINARY, _ARMOUR.rstrip()))


def seal(source: IO[bytes], target: IO[bytes], sealing: Sealing, *, size: int) -> None:
    """Write what `source` holds (`size` bytes) to `target`, encrypted; then read `target` back and compare.

    Nobody but the recipients can open the file, us included; for the comparison it is encrypted to one key more, which
    exists only here and is forgotten afterwards.

    Raises:
        NotSealed: it is too large for a passphrase, or does not read back as it should.
        OSError: the disk is full, or failed.
    """
    plain = _Hashed(source)
    back = _Hashed()
    if sealing.recipients:
        witness = Identity.generate()
        keys: Sequence[Recipient] = [
            *(Recipient.from_str(each) for each in dict.fromkeys(sealing.recipients)),
            witness.to_public(),
        ]
        pyrage.encrypt_io(plain, target, keys)
        opening = Opening(identities=(str(witness),))
    else:
        if size > LARGEST_FOR_PASSPHRASE:
            raise NotSealed(
                f"a database of {size >> 20} MB is too large for a passphrase (at most "
                f"{LARGEST_FOR_PASSPHRASE >> 20} MB); encrypt it to a key, with --encrypt-to"
            )
        target.write(by_passphrase.encrypt(plain.read(), sealing.passphrase))
        opening = Opening(passphrase=sealing.passphrase)
    target.flush()
    target.seek(0)
    try:
        unseal(target, back, opening)
    except NotOpened as failed:
        raise NotSealed(f"what was written does not open again: {failed}") from None
    if back.hexdigest() != plain.hexdigest():
        raise NotSealed("what was written is not what was read")


def unseal(source: IO[bytes], target: _Sink, opening: Opening) -> None:
    """Write what the encrypted `source` holds to `target`. What is written before it raises is worth nothing.

    Raises:
        NotOpened: the key or passphrase is wrong or missing, or the file is cut short or changed.
        OSError: the disk is full, or failed.
    """
    if _needs_passphrase(source):
        _unseal_by_passphrase(source, target, opening)
        return
    if not opening.identities:
        raise NotOpened("it is encrypted to a key: give the file with the secret key, with --identity")
    keys = [Identity.from_str(each) for each in opening.identities]
    try:
        pyrage.decrypt_io(source, target, keys)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise NotOpened("none of the secret keys given opens it, or its beginning was changed") from None
        raise NotOpened(_DAMAGED) from None
    except OSError as error:
        # The library reports damage as an error of reading that has no number.
        if error.errno is not None:
            raise
        raise NotOpened(_DAMAGED) from None


def _needs_passphrase(source: IO[bytes]) -> bool:
    first, second = source.readline(len(_ARMOUR) + 1), source.readline(128)
    source.seek(0)
    if first.rstrip() != _ARMOUR.rstrip():
        return (first + second).startswith(_BY_PASSPHRASE)
    try:
        return base64.b64decode(second.strip()).startswith(_BY_PASSPHRASE)
    except ValueError:
        return False


def _unseal_by_passphrase(source: IO[bytes], target: _Sink, opening: Opening) -> None:
    if not opening.passphrase:
        raise NotOpened("it is encrypted with a passphrase: set BACKUP_PASSPHRASE to it")
    whole = source.read(LARGEST_FOR_PASSPHRASE + _OVERHEAD)
    if source.read(1):
        raise NotOpened("it is larger than what is opened with a passphrase here; open it with the age command")
    try:
        plain = by_passphrase.decrypt(whole, opening.passphrase)
    except pyrage.DecryptError as error:
        damaged = str(error) not in ("Decryption failed", "No matching keys found")
        raise NotOpened(_DAMAGED if damaged else _WRONG_PASSPHRASE) from None
    target.write(plain)
