"""How often something may be tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from goalkeeper.state.tables import Bucket


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and each again after so long."""

    most: int
    again_s: float


PERSON = Limit(5, 60)
"""Sign-ins by one name."""
PLACE = Limit(20, 15)
"""Sign-ins and links from one address."""
_KEPT = timedelta(days=1)  # longer than any bucket takes to fill


def take(session: Session, key: str, limit: Limit, *, now: datetime) -> bool:
    """Takes one from the bucket of a key; False where it is empty. Nobody is locked out for good."""
    bucket = session.get(Bucket, key[:300])
    if bucket is None:
        bucket = Bucket(key=key[:300], left=float(limit.most), at=now)
        session.add(bucket)
    since_s = max(0.0, (now - bucket.at).total_seconds())
    bucket.left, bucket.at = min(float(limit.most), bucket.left + since_s / limit.again_s), now
    if bucket.left < 1:
        return False
    bucket.left -= 1
    return True


def forgive(session: Session, key: str) -> None:
    """Fills a bucket again, after it went well."""
    bucket = session.get(Bucket, key[:300])
    if bucket:
        session.delete(bucket)
        session.flush()


def forget(session: Session, *, now: datetime) -> None:
    """Takes buckets away that are full again, so that they do not grow without end."""
    session.execute(delete(Bucket).where(Bucket.at <= now - _KEPT))
