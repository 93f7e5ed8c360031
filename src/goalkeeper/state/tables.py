"""The tables of the state, as the newest migration leaves them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from goalkeeper.state.roles import Role

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All moments are UTC without zone; secrets are kept as their SHA-256 alone."""

    metadata = MetaData(naming_convention=NAMES)


class Person(Base):
    """Somebody with a name, a role, and once they have chosen one, a password. ``team`` is as tickets name it."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    sessions: Mapped[list[SignIn]] = relationship(cascade="all, delete-orphan", back_populates="person")
    tokens: Mapped[list[Token]] = relationship(cascade="all, delete-orphan", back_populates="person")
    invitations: Mapped[list[Invitation]] = relationship(cascade="all, delete-orphan", back_populates="person")
    identity: Mapped[Identity | None] = relationship(cascade="all, delete-orphan", back_populates="person")

    @property
    def is_owner(self) -> bool:
        """Whether they may do everything."""
        return self.role == Role.OWNER

    @property
    def is_disabled(self) -> bool:
        """Whether they may not come in for now."""
        return self.disabled_at is not None


class SignIn(Base):
    """A session of a browser; ``device`` says which, as far as it tells."""

    __tablename__ = "sessions"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(100), default="", server_default="")
    person: Mapped[Person] = relationship(back_populates="sessions")


class Token(Base):
    """What a program comes in with, in a person's name; ``scopes`` are permissions with spaces between them."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(back_populates="tokens")


class Invitation(Base):
    """A link that lets somebody choose a password, once; without a person it makes the first owner."""

    __tablename__ = "invitations"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship(back_populates="invitations")


class Identity(Base):
    """Who somebody is to an OpenID provider: by ``issuer`` and ``subject``, and by nothing else."""

    __tablename__ = "identities"
    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    linked_at: Mapped[datetime]
    person: Mapped[Person] = relationship(back_populates="identity")


class Entry(Base):
    """One thing that somebody did. ``digest`` is of all the rest and of ``before``, the digest of the entry before."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(254))
    what: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class Bucket(Base):
    """How often something may still be tried: so many ``left`` at that moment; more as time goes by."""

    __tablename__ = "buckets"
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    left: Mapped[float]
    at: Mapped[datetime]
