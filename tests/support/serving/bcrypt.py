"""Hashes of passwords, by the system's crypt(3)."""

import base64
import ctypes
import secrets

_libcrypt = ctypes.CDLL("libcrypt.so.1")
_libcrypt.crypt.restype = ctypes.c_char_p


def hash_of(password: str | bytes, cost: int = 4, kind: str = "2y") -> str:
    """The least cost takes a millisecond; each one more takes twice the time."""
    salt = base64.b64encode(secrets.token_bytes(16), b"./").decode()[:21] + "."
    text = password.encode() if isinstance(password, str) else password
    made = _libcrypt.crypt(text, f"${kind}${cost:02}${salt}".encode())
    assert made and len(made) == 60, made
    return made.decode()
