"""Sign-in with an identity provider: OpenID Connect, authorization code flow with PKCE, state and nonce.

The state of a sign-in is kept in a cookie that this process signs. The cookie is valid for ten minutes.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from stillwatch.cases.access.login import Vouched
from stillwatch.cases.access.roles import Role
from stillwatch.errors import EngineError, PolicyError
from stillwatch.settings import OidcSettings

__all__ = ["AuthorizationRequest", "IdentityProvider"]

_SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Accepted signature algorithms: asymmetric ones only, so never ``none`` and never a shared secret."""
_SIGN_IN_LASTS = timedelta(minutes=10)
_LEEWAY_S = 60
_METADATA_LASTS = timedelta(hours=1)
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """An OpenID Connect authorization request: the URL to redirect to, and the cookie to set."""

    url: str
    cookie: str


class IdentityProvider:
    """Client of one identity provider. *callback* is the redirect URI, *clock* returns the current time."""

    def __init__(
        self,
        settings: OidcSettings,
        callback: str,
        clock: Callable[[], datetime],
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.label = settings.label
        self._settings, self._callback, self._clock = settings, callback, clock
        self._http = httpx2.Client(transport=transport, timeout=_TIMEOUT_S, follow_redirects=False)
        self._key = OctKey.import_key(secrets.token_bytes(32))
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at: datetime | None = None

    def close(self) -> None:
        """Close the connections to the provider."""
        self._http.close()

    @property
    def origin(self) -> str:
        """Return the origin of the provider, for the Content-Security-Policy."""
        parts = urlsplit(self._settings.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, wanted: str) -> AuthorizationRequest:
        """Return the authorization request of a user who wants to open the page *wanted*."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._callback,
            "scope": self._settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "wanted": wanted}
        kept["exp"] = int((self._clock() + _SIGN_IN_LASTS).timestamp())  # type: ignore[assignment]
        cookie = jwt.encode({"alg": "HS256"}, kept, self._key, algorithms=["HS256"])
        endpoint = self._described()["authorization_endpoint"]
        return AuthorizationRequest(f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}", cookie)

    def finish(self, query: Mapping[str, str], cookie: str) -> tuple[Vouched, str]:
        """Return the identity that the provider asserts, and the page the user wanted.

        *query* and *cookie* come from the callback request. Raises ``PolicyError`` where a check fails, and
        ``EngineError`` where the provider does not answer.
        """
        kept = self._kept(cookie)
        if not hmac.compare_digest(query.get("state", "").encode(), str(kept["state"]).encode()):
            raise _refused("the response does not belong to a sign-in from this browser")
        if query.get("iss", self._settings.issuer) != self._settings.issuer:
            raise _refused("the response comes from another identity provider")
        if "error" in query or "code" not in query:
            raise _refused("the identity provider refused the sign-in")
        claims = self._claims(self._id_token(query["code"], str(kept["verifier"])), str(kept["nonce"]))
        return self._vouched(claims), str(kept["wanted"])

    def _kept(self, cookie: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(cookie, self._key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(now=self._now(), exp={"essential": True}).validate(claims)
        except (JoseError, ValueError) as error:
            raise _refused("this sign-in took too long, or started in another browser") from error
        return claims

    def _id_token(self, code: str, verifier: str) -> str:
        described, secret = self._described(), self._settings.client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
            "client_id": self._settings.client_id,
        }
        methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if secret and "client_secret_basic" in methods:
            auth = httpx2.BasicAuth(_quoted(self._settings.client_id), _quoted(secret))
        elif secret:
            form["client_secret"] = secret
        answer = self._asked("POST", described["token_endpoint"], data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("the identity provider returned no ID token")
        return token

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        stated = self._described().get("id_token_signing_alg_values_supported", ["RS256"])
        allowed = [name for name in _SIGNED_WITH if name in stated]
        try:
            claims = self._decoded(token, allowed)
            registry = jwt.JWTClaimsRegistry(
                now=self._now(),
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise _refused("the ID token of the identity provider is not valid") from error
        audience = claims["aud"]
        many = isinstance(audience, list) and len(audience) > 1
        if (many or "azp" in claims) and claims.get("azp") != self._settings.client_id:
            raise _refused("the ID token of the identity provider is for another client")
        return claims

    def _decoded(self, token: str, allowed: list[str]) -> dict[str, Any]:
        try:
            return jwt.decode(token, self._key_set(), algorithms=allowed).claims
        except (JoseError, ValueError):
            # Providers rotate their keys. An unknown key is looked up again, but at most once a minute.
            if self._read_at is None or self._clock() - self._read_at < timedelta(minutes=1):
                raise
            self._keys, self._metadata = None, {}
            return jwt.decode(token, self._key_set(), algorithms=allowed).claims

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        held = claims.get(self._settings.role_claim)
        held = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        role = next((role for value, role in self._settings.roles.items() if value in held), None)
        subject = str(claims["sub"])
        name = str(claims.get(self._settings.name_claim) or subject)
        display = "".join(c for c in str(claims.get("name") or name) if c.isprintable()).strip()[:100]
        return Vouched(self._settings.issuer, subject, name, display or name, None if role is None else Role(role))

    def _described(self) -> dict[str, Any]:
        """Return the discovery document of the provider (OpenID Connect Discovery 1.0), read again each hour."""
        if not self._metadata or self._read_at is None or self._clock() - self._read_at >= _METADATA_LASTS:
            url = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = self._asked("GET", url)
            if found.get("issuer") != self._settings.issuer:
                raise EngineError("the discovery document names another issuer", where="console.oidc.issuer")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            safe = "https" if self._settings.issuer.startswith("https:") else "http"
            if not all(str(found.get(name, "")).startswith(f"{safe}://") for name in needed):
                raise EngineError("the discovery document lacks a secure endpoint", where="console.oidc.issuer")
            self._metadata, self._keys, self._read_at = found, None, self._clock()
        return self._metadata

    def _key_set(self) -> KeySet:
        described = self._described()
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._asked("GET", described["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    def _asked(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, url, headers={"Accept": "application/json"}, **what)
            found = answer.json() if answer.status_code == 200 else None
        except (httpx2.HTTPError, ValueError) as error:
            raise _unreachable() from error
        if answer.status_code == 400 and method == "POST":
            raise _refused("the identity provider rejected the authorization code")
        if not isinstance(found, dict):
            raise _unreachable()
        return found

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _quoted(text: str) -> str:
    # RFC 6749, section 2.3.1: client id and secret are form-encoded before they are joined.
    return urlencode({"": text})[1:]


def _refused(what: str) -> PolicyError:
    return PolicyError(what, where="sign-in", remedy="Start again from the sign-in page, or ask an administrator.")


def _unreachable() -> EngineError:
    return EngineError(
        "the identity provider does not answer as expected",
        where="console.oidc",
        remedy="Check console.oidc.issuer.",
    )
