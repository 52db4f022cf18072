"""Sign-in by way of a provider: a small one written here, which can be told to lie; a real one with ``-m oidc``."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.testclient import TestClient

from stillwatch.cases import Role
from stillwatch.cases.access import users
from stillwatch.console import build_app
from stillwatch.settings import ConsoleSettings, OidcSettings

SITE, ISSUER = "https://console.example", "https://idp.example/realm"
ROLES = {"watch-leads": "lead", "watch-analysts": "analyst", "watch-admins": "administrator"}
SECRET = "s3cret&with=signs"


class SmallProvider:
    """Answers as a provider does; ``lies`` changes the claims, ``key`` what signs them."""

    def __init__(self, clock):
        self.clock, self.lies, self.asked = clock, {}, []
        self.key = self.published = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.algorithm, self.header = "ES256", {}
        self.metadata = {}
        self.status, self.transport = 200, httpx2.MockTransport(self._answer)
        self.claims = {"sub": "77", "preferred_username": "oda", "name": "Oda <b>", "groups": ["watch-leads", "other"]}

    def authorize(self, url, **changes):
        """Return the query of the way back, as if somebody had signed in."""
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        return {"code": "the-code", "state": self.query["state"], **changes}

    def _answer(self, request):
        self.asked.append(request.url.path)
        if request.url.path == "/realm/.well-known/openid-configuration":
            return httpx2.Response(200, json=self._described())
        if request.url.path == "/realm/keys":
            return httpx2.Response(200, json=KeySet([self.published]).as_dict(private=False))
        if request.url.path == "/realm/token":
            return self._token(request)
        return httpx2.Response(404)

    def _described(self):
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
            **self.metadata,
        }

    def _token(self, request):
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        user, _, password = b64decode(request.headers["authorization"].split()[1]).decode().partition(":")
        fits = (form["code"], challenge, form["redirect_uri"], user, password) == (
            "the-code", self.query["code_challenge"], f"{SITE}/sign-in/provider/back", "watch", "s3cret%26with%3Dsigns"
        )  # fmt: skip
        if not fits:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "aud": "watch", "iat": now, "exp": now + 300, "nonce": self.query["nonce"]}
        claims = {name: value for name, value in {**claims, **self.claims, **self.lies}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid, **self.header}
        signed = jwt.encode(header, claims, self.key, algorithms=["ES256", "RS256", "HS256"])
        return httpx2.Response(self.status, json={"id_token": signed, "access_token": "x", "token_type": "Bearer"})


@pytest.fixture
def idp(clock):
    return SmallProvider(clock)


@pytest.fixture
def settings():
    oidc = OidcSettings(issuer=ISSUER, client_id="watch", client_secret=SECRET, roles=ROLES, label="Example ID")
    cheap = {"password_memory_kib": 64, "password_passes": 1, "oidc": oidc}
    return ConsoleSettings(base_url=SITE).model_copy(update=cheap)


@pytest.fixture
def app(desk, settings, idp):
    return build_app(desk, settings, transport=idp.transport)


def _begin(browser, wanted="/account"):
    page = browser.get(f"/sign-in?next={wanted}")
    assert "Continue with Example ID" in page.text
    browser.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    answer = browser.post("/sign-in/provider", next=wanted)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _back(browser, query):
    return browser.get("/sign-in/provider/back", params=query)


def _sign_in(browser, idp, **changes):
    return _back(browser, idp.authorize(_begin(browser), **changes))


def _refused(browser, idp, words, **changes):
    answer = _sign_in(browser, idp, **changes)
    assert answer.status_code == 403, answer.text
    assert words in answer.text
    assert browser.cookie("session") is None
    assert browser.get("/account").status_code == 303
    return answer


def test_somebody_comes_in_with_the_role_of_their_group(stranger, idp, desk):
    answer = _sign_in(stranger, idp)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    facts = stranger.client.get("/account.json").json()
    assert (facts["name"], facts["display"], facts["role"]) == ("oda", "Oda <b>", "lead")
    assert not facts["has_password"]
    assert "Oda &lt;b&gt;" in stranger.get("/account").text
    assert stranger.cookie("oidc") is None


def test_the_question_has_all_that_the_answer_is_held_to(stranger, idp):
    first, second = (parse_qs(urlsplit(_begin(stranger)).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [f"{SITE}/sign-in/provider/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "somebody-else"}, {"aud": None}, {"iss": "https://evil.example"},
        {"exp": 1_000}, {"exp": None}, {"iat": None}, {"iat": 4_000_000_000}, {"sub": None}, {"aud": ["watch", "b"]},
        {"aud": ["watch", "b"], "azp": "b"}, {"azp": "b"}, {"exp": "soon"}, {"nbf": 4_000_000_000},
    ],
)  # fmt: skip
def test_claims_that_do_not_hold_let_nobody_in(stranger, idp, lies):
    idp.lies = lies
    _refused(stranger, idp, "The ID token of the identity provider")


def test_one_of_many_audiences_will_do_where_it_is_said_who_asked(stranger, idp):
    idp.lies = {"aud": ["watch", "b"], "azp": "watch"}
    assert _sign_in(stranger, idp).status_code == 303


def test_a_signature_of_another_key_lets_nobody_in(stranger, idp):
    idp.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
    _refused(stranger, idp, "The ID token of the identity provider is not valid")


def test_a_secret_that_both_sides_know_signs_nothing(stranger, idp):
    # The public key as the secret of an HMAC: the old confusion of algorithms.
    idp.key = OctKey.import_key(json.dumps(idp.published.as_dict(private=False)), {"kid": "one"})
    idp.algorithm = "HS256"
    _refused(stranger, idp, "The ID token of the identity provider is not valid")


def test_an_unsigned_token_is_none(stranger, idp, monkeypatch):
    def unsigned(header, claims, *_, **__):
        parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
        return ".".join(urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."

    way = _begin(stranger)
    monkeypatch.setattr(jwt, "encode", unsigned)
    answer = _back(stranger, idp.authorize(way))
    assert answer.status_code == 403
    assert stranger.cookie("session") is None


def test_a_key_that_is_new_is_looked_up_once(stranger, idp, clock):
    assert _sign_in(stranger, idp).status_code == 303
    idp.key = idp.published = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    idp.algorithm = "RS256"
    clock.pass_by(minutes=2)
    assert _sign_in(stranger, idp).status_code == 303
    n = idp.asked.count("/realm/keys")
    idp.key = RSAKey.generate_key(2048, {"kid": "three", "use": "sig"})
    assert [_sign_in(stranger, idp).status_code for _ in range(3)] == [403] * 3
    assert idp.asked.count("/realm/keys") == n, "forged tokens do not make this console ask again and again"


@pytest.mark.parametrize("changes", [{"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}])
def test_an_answer_to_another_question_lets_nobody_in(stranger, idp, changes):
    _refused(stranger, idp, "The response ", **changes)
    assert "/realm/token" not in idp.asked


def test_an_answer_in_another_browser_lets_nobody_in(app, stranger, idp, crowd):
    query = idp.authorize(_begin(stranger))
    other = crowd.stranger()
    assert _back(other, query).status_code == 403
    other.bear("oidc", "x.y.z")
    assert _back(other, query).status_code == 403
    theirs = idp.authorize(_begin(other))
    # Mixing two sign-ins must not sign a user in to a foreign account.
    assert _back(stranger, {**theirs, "code": "the-code"}).status_code == 403
    assert other.cookie("session") is None


def test_an_answer_that_takes_too_long_lets_nobody_in(stranger, idp, clock):
    query = idp.authorize(_begin(stranger))
    clock.pass_by(minutes=10, seconds=1)
    assert "too long" in _back(stranger, query).text


def test_a_way_that_was_taken_is_not_taken_again(stranger, idp):
    query = idp.authorize(_begin(stranger))
    assert _back(stranger, query).status_code == 303
    assert _back(stranger, query).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"code": "another"}, "rejected the authorization code"), ({"error": "access_denied"}, "refused the sign-in")],
)
def test_a_refusal_by_the_provider_is_one(stranger, idp, changes, words):
    _refused(stranger, idp, words, **changes)


@pytest.mark.parametrize(
    "groups", [None, [], "other", ["other"], {"watch-leads": True}, ["WATCH-LEADS"], 7, [["watch-leads"]]]
)
def test_without_a_role_nobody_comes_in(stranger, idp, groups, desk):
    idp.claims["groups"] = groups
    _refused(stranger, idp, "gives you no role")
    with desk.look() as look:
        assert users.listed(look) == []


def test_of_several_roles_the_first_of_the_settings_counts(stranger, idp):
    idp.claims["groups"] = ["watch-admins", "watch-analysts"]
    _sign_in(stranger, idp)
    assert stranger.client.get("/account.json").json()["role"] == "analyst"


def test_a_role_taken_away_there_ends_sessions_here(stranger, idp, crowd):
    _sign_in(stranger, idp)
    idp.claims["groups"] = "watch-analysts"
    other = crowd.stranger()
    assert _sign_in(other, idp).status_code == 303
    assert stranger.get("/account").status_code == 303
    assert other.client.get("/account.json").json()["role"] == "analyst"


def test_a_name_of_somebody_here_is_not_taken_over(idp, crowd):
    idp.claims["preferred_username"] = "Administrator"
    _refused(crowd.stranger(), idp, "name is taken")


def test_who_is_shut_out_here_stays_so(idp, crowd):
    assert _sign_in(crowd.stranger(), idp).status_code == 303
    crowd.as_root(users.disable, "oda")
    _refused(crowd.stranger(), idp, "is disabled")


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://evil.example"}, {"token_endpoint": "http://idp.example/token"}, {"jwks_uri": None}]
)
def test_a_provider_that_is_not_who_was_named_is_not_asked(stranger, idp, metadata):
    idp.metadata = metadata
    stranger.csrf = re.search(r'name="csrf" value="([^"]+)"', stranger.get("/sign-in").text)[1]
    answer = stranger.post("/sign-in/provider", next="/")
    assert answer.status_code == 503
    assert "idp.example" not in answer.text


def test_a_provider_that_is_down_is_said_to_be(stranger, idp):
    idp.status = 500
    assert _sign_in(stranger, idp).status_code == 503


PROVIDER = """
import { Provider } from 'oidc-provider';
const provider = new Provider(process.argv[3], {
  clients: [{ client_id: 'watch', client_secret: process.argv[4], redirect_uris: [process.argv[5]] }],
  claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  async findAccount(_, id) {
    return { accountId: id, claims: () => ({ sub: id, preferred_username: id, name: 'Oda', groups: ['watch-leads'] }) };
  },
});
provider.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
"""


@pytest.fixture
def real_provider(tmp_path):
    """Start the npm package ``oidc-provider``, a certified implementation; OIDC_PROVIDER names the folder it is in."""
    folder = os.environ.get("OIDC_PROVIDER")
    if not folder or shutil.which("node") is None:
        pytest.fail("needs node, and OIDC_PROVIDER: a folder in which oidc-provider is installed (make test-oidc)")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    script = Path(folder) / "provider-for-tests.mjs"
    script.write_text(PROVIDER, "utf-8")
    issuer = f"http://127.0.0.1:{port}"
    command = ["node", str(script), str(port), issuer, SECRET, f"{SITE}/sign-in/provider/back"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        started = process.stdout.readline().strip() == "listening"
        assert started, process.stderr.read()
        yield issuer
    finally:
        process.terminate()
        process.wait(10)
        script.unlink()


def _press(client, issuer, page, **fields):
    """Send the form of a provider's page and follow it until it asks again or leaves."""
    action = re.search(r'action="([^"]+)"', page.text)[1]
    prompt = re.search(r'name="prompt" value="([^"]+)"', page.text)[1]
    return _follow(client, issuer, client.post(action, data={"prompt": prompt, **fields}))


def _follow(client, issuer, answer):
    while answer.is_redirect and answer.headers["location"].startswith(("/", issuer)):
        answer = client.get(httpx2.URL(issuer).join(answer.headers["location"]))
    return answer


@pytest.mark.oidc
def test_a_real_provider_lets_somebody_in(desk, settings, real_provider, clock):
    clock.now = clock.now.fromtimestamp(time.time(), tz=clock.now.tzinfo)
    settings = settings.model_copy(update={"oidc": settings.oidc.model_copy(update={"issuer": real_provider})})
    client = TestClient(build_app(desk, settings), base_url=SITE, follow_redirects=False)
    page = client.get("/sign-in?next=/account")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    way = client.post("/sign-in/provider", data={"csrf": csrf, "next": "/account"}).headers["location"]
    with httpx2.Client() as person:
        page = _follow(person, real_provider, person.get(way))
        page = _press(person, real_provider, page, login="oda", password="anything")
        while page.status_code == 200:
            page = _press(person, real_provider, page)
    assert page.headers["location"].startswith(f"{SITE}/sign-in/provider/back?")
    answer = client.get(page.headers["location"].removeprefix(SITE))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account"), answer.text
    facts = client.get("/account.json").json()
    assert (facts["name"], facts["display"], facts["role"]) == ("oda", "Oda", Role.LEAD)
    assert client.get(page.headers["location"].removeprefix(SITE)).status_code == 403
