"""Secrets that are compared, never read back: tokens for cookies and keyed hashes of what must not stand in clear."""

import hashlib
import hmac
import secrets

from portal import settings


def token() -> str:
    """A new secret of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def keyed(purpose: str, value: str) -> str:
    """HMAC-SHA-256 of a value under the portal's secret: 64 hex digits that say nothing without the key."""
    key = settings.current().secret.encode()
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
