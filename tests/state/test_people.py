"""People, sessions, tokens, links and limits: what each may, and when it ends."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.state import State, audit, identities, limits, passwords, people, sessions, tokens
from goalkeeper.state.roles import ALLOWED, SCOPES, Permission, Role
from goalkeeper.state.secrets import digest_of, is_token, new_token
from goalkeeper.state.tables import Bucket, Invitation, Person, SignIn, Token
from state.conftest import GOOD, NOW


def ann(session: Session, role: str = "owner", team: str = "") -> Person:
    return people.add(session, " Ann@Example.org ", "Ann", role, team, by="test", now=NOW)


def test_somebody_is_added_changed_and_removed(state: State) -> None:
    with state.writing() as session:
        ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "agent", "Berlin", by="ann@example.org", now=NOW)
        assert [each.email for each in people.people(session)] == ["ann@example.org", "bob@example.org"]
        people.change_role(session, bob, "lead", by="ann@example.org", now=NOW)
        assert (bob.role, bob.team) == ("lead", "Berlin")
        people.remove(session, bob, by="ann@example.org", now=NOW)
        session.flush()
        with pytest.raises(UnknownName, match="ann@example"):
            people.find(session, "anne@example.org")
        told = [(each.what, each.about) for each in audit.entries(session, most=9)]
        assert told == [
            ("person removed", "bob@example.org"), ("role changed", "bob@example.org is lead of Berlin"),
            ("person added", "bob@example.org as agent"), ("person added", "ann@example.org as owner"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("email", "name", "role", "team", "words"),
    [
        ("ann", "Ann", "owner", "", "no mail address"), ("a b@c", "Ann", "owner", "", "no mail address"),
        ("@c", "Ann", "owner", "", "no mail address"), ("a@c", " ", "owner", "", "1 to 200"),
        ("a@c", "Ann", "boss", "", "no role 'boss'"), ("a@c", "Ann", "agent", " ", "team"),
        ("a@c", "x" * 201, "owner", "", "1 to 200"), ("x" * 260 + "@c", "Ann", "owner", "", "no mail address"),
    ],
)  # fmt: skip
def test_what_is_no_person_is_refused(state: State, email: str, name: str, role: str, team: str, words: str) -> None:
    with state.writing() as session, pytest.raises(UsageError, match=words):
        people.add(session, email, name, role, team, by="test", now=NOW)


def test_the_same_address_twice_is_refused(state: State) -> None:
    with state.writing() as session:
        ann(session)
        with pytest.raises(UsageError, match="already"):
            ann(session, "viewer")


def test_an_owner_stays(state: State) -> None:
    with state.writing() as session:
        first = ann(session)
        with pytest.raises(UsageError, match="last owner"):
            people.remove(session, first, by="test", now=NOW)
        with pytest.raises(UsageError, match="last owner"):
            people.change_role(session, first, "viewer", by="test", now=NOW)
        people.add(session, "bob@example.org", "Bob", "owner", by="test", now=NOW)
        people.change_role(session, first, "viewer", by="test", now=NOW)


def test_who_is_disabled_does_not_come_in_and_is_no_owner_that_stays(state: State) -> None:
    with state.writing() as session:
        first = ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "owner", by="test", now=NOW)
        people.set_password(session, bob, GOOD, by="test", now=NOW)
        secret = sessions.begin(session, bob, now=NOW)
        assert bob.signed_in_at == NOW
        _, text = tokens.create(session, bob, "report", ["numbers"], by="test", now=NOW)
        code = people.invite(session, bob, by="test", now=NOW)
        people.disable(session, bob, by="test", now=NOW)
        assert sessions.current(session, secret, now=NOW) is None
        assert sessions.whose(session, bob.email, GOOD) is None
        assert tokens.whose(session, text, now=NOW) is None
        assert people.invitation(session, code, now=NOW) is None
        with pytest.raises(UsageError, match="disabled"):
            people.invite(session, bob, by="test", now=NOW)
        with pytest.raises(UsageError, match="last owner"):
            people.disable(session, first, by="test", now=NOW)
        with pytest.raises(UsageError, match="last owner"):
            people.change_role(session, first, "viewer", by="test", now=NOW)
        people.enable(session, bob, by="test", now=NOW)
        assert sessions.whose(session, bob.email, GOOD) is bob
        assert tokens.whose(session, text, now=NOW)
        people.disable(session, first, by="test", now=NOW)
        assert [each.what for each in audit.entries(session, what=["person disabled", "person enabled"])] == [
            "person disabled", "person enabled", "person disabled",
        ]  # fmt: skip
        people.remove(session, first, by="test", now=NOW)


def test_a_person_is_found_by_number(state: State) -> None:
    with state.writing() as session:
        first = ann(session)
        assert people.find_number(session, str(first.id)) is first
        for wrong in ("0", "x", "", "²", "9" * 30):
            with pytest.raises(UnknownName):
                people.find_number(session, wrong)


def test_a_link_is_for_once_and_for_a_while(state: State) -> None:
    with state.writing() as session:
        first = people.invite(session, None, by="test", now=NOW)
        assert people.invitation(session, first, now=NOW)
        second = people.invite(session, None, by="test", now=NOW)
        assert people.invitation(session, first, now=NOW) is None
        person = ann(session)
        assert people.invitation(session, second, now=NOW) is None  # somebody is here
        link = people.invite(session, person, by="test", now=NOW)
        assert people.invitation(session, link, now=NOW + people.INVITED) is None
        found = people.invitation(session, link, now=NOW + people.INVITED - timedelta(seconds=1))
        assert found
        assert found.person is person
        people.set_password(session, person, GOOD, by=person.email, now=NOW)
        assert people.invitation(session, link, now=NOW) is None
        link = people.invite(session, person, by="test", now=NOW)  # for a new password
        assert people.invitation(session, link, now=NOW + people.RESET) is None
        assert session.get(Invitation, link) is None
        assert session.get(Invitation, digest_of(link))


def test_a_session_ends_idle_and_after_its_whole_time(state: State) -> None:
    with state.writing() as session:
        secret = sessions.begin(session, ann(session), now=NOW)
        assert session.get(SignIn, secret) is None  # only its digest is kept
        assert sessions.current(session, secret, now=NOW)
        assert sessions.current(session, secret + "x", now=NOW) is None
        found = sessions.current(session, secret, now=NOW + sessions.IDLE - timedelta(seconds=1))
        assert found
        assert sessions.is_stale(found, now=NOW + timedelta(minutes=2))
        assert sessions.current(session, secret, now=NOW + sessions.IDLE) is None
        found.seen_at = NOW + sessions.WHOLE - timedelta(seconds=1)
        assert sessions.current(session, secret, now=NOW + sessions.WHOLE - timedelta(seconds=1))
        assert sessions.current(session, secret, now=NOW + sessions.WHOLE) is None
        sessions.end(session, secret)
        assert sessions.current(session, secret, now=NOW) is None


def test_sessions_are_listed_and_ended(state: State) -> None:
    with state.writing() as session:
        first = ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "viewer", by="test", now=NOW)
        here, there, gone = (sessions.begin(session, first, device=f"browser {name}", now=NOW) for name in "123")
        his = sessions.begin(session, bob, now=NOW)
        listed = sessions.sessions(session, first, now=NOW)
        assert sorted(each.device for each in listed) == ["browser 1", "browser 2", "browser 3"]
        number = {each.device: sessions.number_of(each) for each in listed}
        with pytest.raises(UnknownName):
            sessions.revoke(session, bob, number["browser 2"], by="test", now=NOW)
        sessions.revoke(session, first, number["browser 3"], by="test", now=NOW)
        session.flush()
        assert sessions.current(session, gone, now=NOW) is None
        assert sessions.revoke_others(session, first, here, by="test", now=NOW) == 1
        session.flush()
        assert [bool(sessions.current(session, each, now=NOW)) for each in (here, there, his)] == [True, False, True]
        assert sessions.sessions(session, first, now=NOW + sessions.IDLE) == []


@pytest.mark.parametrize("change", ["role", "password", "remove"])
def test_a_change_ends_sessions(state: State, change: str) -> None:
    with state.writing() as session:
        ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "analyst", by="test", now=NOW)
        secret = sessions.begin(session, bob, now=NOW)
        _, text = tokens.create(session, bob, "report", ["numbers"], by="test", now=NOW)
        if change == "role":
            people.change_role(session, bob, "viewer", by="test", now=NOW)
        elif change == "password":
            people.set_password(session, bob, GOOD, by="test", now=NOW)
        else:
            people.remove(session, bob, by="test", now=NOW)
        session.flush()
        session.expire_all()
        assert sessions.current(session, secret, now=NOW) is None
        assert (tokens.whose(session, text, now=NOW) is None) == (change == "remove")


def test_sign_in(state: State) -> None:
    with state.writing() as session:
        person = ann(session)
        assert sessions.whose(session, "ann@example.org", "") is None  # no password is none
        people.set_password(session, person, GOOD, by="test", now=NOW)
        assert sessions.whose(session, "ANN@example.org ", GOOD) is person
        assert sessions.whose(session, "ann@example.org", GOOD + " ") is None
        assert sessions.whose(session, "eve@example.org", GOOD) is None
        assert sessions.whose(session, "ann@example.org", "x" * 100_000) is None
        person.password = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
        sessions.begin(session, person, GOOD, now=NOW)
        assert "m=19456,t=2,p=1" in person.password


def test_nobody_learns_who_is_here_from_how_long_it_takes(state: State) -> None:
    with state.writing() as session:
        people.set_password(session, ann(session), GOOD, by="test", now=NOW)

        def took_s(email: str) -> float:
            begun = time.thread_time()
            assert sessions.whose(session, email, "a wrong password") is None
            return time.thread_time() - begun

        took_s("eve@example.org")
        here, nobody = (min(took_s(email) for _ in range(7)) for email in ("ann@example.org", "eve@example.org"))
    assert 0.8 < here / nobody < 1.25


@pytest.mark.parametrize(
    "password", ["short", "x" * 129, "123456789012", "Password1234", "abababababab", "ann@example.org", "Ann of Berlin"]
)
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    with pytest.raises(UsageError, match="four unrelated words"):
        passwords.hashed(password, of=("ann@example.org", "Ann of Berlin"))


def test_a_limit_fills_again(state: State) -> None:
    with state.writing() as session:
        tries = [limits.take(session, "x", limits.Limit(3, 60), now=NOW) for _ in range(5)]
        assert tries == [True, True, True, False, False]
        later = NOW + timedelta(seconds=60)
        assert [limits.take(session, "x", limits.Limit(3, 60), now=later) for _ in range(2)] == [True, False]
        assert limits.take(session, "y", limits.Limit(3, 60), now=NOW)
        limits.forgive(session, "x")
        assert limits.take(session, "x", limits.Limit(3, 60), now=later)
        for _ in range(limits.PERSON.most):
            assert sessions.may_try(session, "ann@example.org", "192.0.2.1", now=NOW)
        assert not sessions.may_try(session, "ANN@example.org", "192.0.2.2", now=NOW)
        assert sessions.may_try(session, "ann@example.org", "192.0.2.2", now=NOW + timedelta(hours=1))


def test_a_place_that_tries_too_often_shuts_nobody_out(state: State) -> None:
    with state.writing() as session:
        for number in range(limits.PLACE.most):
            assert sessions.may_try(session, f"nobody{number}@example.org", "192.0.2.1", now=NOW)
        for _ in range(limits.PERSON.most):
            assert not sessions.may_try(session, "ann@example.org", "192.0.2.1", now=NOW)
        for _ in range(limits.PERSON.most):
            assert sessions.may_try(session, "ann@example.org", "192.0.2.2", now=NOW)


def test_buckets_do_not_grow_without_end(state: State) -> None:
    with state.writing() as session:
        person, later = ann(session), NOW + timedelta(days=1)
        for number in range(9):
            sessions.may_try(session, f"nobody{number}@example.org", f"192.0.2.{number}", now=NOW)
        sessions.may_try(session, "bob@example.org", "192.0.2.99", now=later - timedelta(seconds=1))
        assert len(session.scalars(select(Bucket)).all()) == 20
        sessions.begin(session, person, now=later)
        assert set(session.scalars(select(Bucket.key))) == {"as bob@example.org", "from 192.0.2.99"}


def claims_of(name: str, *, is_verified: bool = True) -> dict[str, object]:
    address = {"email": f"{name.title()}@example.org", "email_verified": is_verified}
    return {"iss": "https://login.example.org", "sub": name, **address}


def test_a_link_for_somebody_else_binds_nobody_who_is_here(state: State) -> None:
    with state.writing() as session:
        ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "viewer", by="test", now=NOW)
        code = people.invite(session, bob, by="test", now=NOW)
        with pytest.raises(UsageError, match="for somebody else") as refused:
            identities.admit(session, claims_of("ann"), domains=(), invitation=code, now=NOW)
        assert "without the link" in refused.value.hint
        assert bob.identity is None
        assert identities.admit(session, claims_of("bob"), domains=(), invitation=code, now=NOW) is bob


def test_a_link_counts_where_nobody_vouches_for_the_address(state: State) -> None:
    with state.writing() as session:
        ann(session)
        bob = people.add(session, "bob@example.org", "Bob", "viewer", by="test", now=NOW)
        code = people.invite(session, bob, by="test", now=NOW)
        claims = claims_of("ann", is_verified=False)
        assert identities.admit(session, claims, domains=(), invitation=code, now=NOW) is bob


def test_a_domain_lets_nobody_in_before_the_first_owner(state: State) -> None:
    with state.writing() as session:
        first = people.invite(session, None, by="test", now=NOW)
        for code in ("", first):
            with pytest.raises(UsageError, match="no owner here yet"):
                identities.admit(session, claims_of("eve"), domains=["example.org"], invitation=code, now=NOW)
        assert people.invitation(session, first, now=NOW)
        ann(session)
        assert identities.admit(session, claims_of("eve"), domains=["example.org"], now=NOW).role == Role.VIEWER


def test_a_token_does_what_it_was_made_for_and_ends(state: State) -> None:
    with state.writing() as session:
        person = ann(session, "lead")
        token, text = tokens.create(session, person, "dashboard", ["tickets", "numbers"], 30, by="test", now=NOW)
        assert token.scopes == "numbers tickets"
        assert is_token(text)
        assert text not in (token.digest, token.name)
        assert tokens.whose(session, text, now=NOW + timedelta(days=29)) is token
        assert tokens.whose(session, text, now=NOW + timedelta(days=30)) is None
        assert tokens.whose(session, new_token(), now=NOW) is None
        assert tokens.whose(session, text[:-1], now=NOW) is None
        assert tokens.is_stale(token, now=NOW)
        for scopes, days, words in (
            (["people"], 30, "no scope"), (["load"], 30, "may not"), ([], 30, "without a scope"),
            (["numbers"], 0, "Write 1 to"), (["numbers"], 9999, "Write 1 to"),
        ):  # fmt: skip
            with pytest.raises(UsageError, match=words):
                tokens.create(session, person, "x", scopes, days, by="test", now=NOW)
        other = people.add(session, "bob@example.org", "Bob", "viewer", by="test", now=NOW)
        with pytest.raises(UnknownName):
            tokens.revoke(session, token.id, other, by="test", now=NOW)
        with pytest.raises(UnknownName):
            tokens.revoke(session, 10**30, by="test", now=NOW)
        tokens.revoke(session, token.id, person, by="test", now=NOW)
        assert session.get(Token, token.id) is None


def test_no_role_below_owner_manages_people() -> None:
    for role, allowed in ALLOWED.items():
        assert (Permission.PEOPLE in allowed) == (Permission.AUDIT in allowed) == (role is Role.OWNER)
        assert {Permission.OPEN, Permission.IN, Permission.NUMBERS} <= allowed
    assert not {Permission.PEOPLE, Permission.AUDIT} & set(SCOPES)
