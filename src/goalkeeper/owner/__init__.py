"""The one process that has a workspace open, and how other processes hand their commands over to it."""

from goalkeeper.owner.handing import hand_over
from goalkeeper.owner.jobs import Job, Request
from goalkeeper.owner.note import NOTE, SOCKET, Note, read_note
from goalkeeper.owner.owner import Owner

__all__ = ["NOTE", "SOCKET", "Job", "Note", "Owner", "Request", "hand_over", "read_note"]
