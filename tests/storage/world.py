"""Others and their things around a person: rights that were given, a group, somebody's request."""

from datetime import timedelta

from sqlalchemy import Connection, insert

from bot.channels.incoming import Address, Identity
from bot.code import hashed
from bot.storage import person, place
from bot.storage.record import EventRecord
from bot.storage.tables import chat_group, role
from bot.storage.ticket import ask
from flows.dialog import Dialog
from flows.events import HelpRequested
from flows.snapshots import RoleKind
from tests.talk import MORNING

WARD = "26734"
CODE = "7KQ2M9XA4T"
GROUP = Address("console", "console", "group-khu-pho-3")
NEIGHBOUR = Address("console", "console", "chat-neighbour")


def grant(
    connection: Connection,
    role_id: str,
    kind: RoleKind,
    learner_id: str | None,
    *,
    ward: str = WARD,
    code: str = "",
    on_duty: bool = False,
) -> None:
    """A right, claimed by this person or by nobody yet."""
    connection.execute(
        insert(role),
        {
            "id": role_id,
            "kind": kind,
            "ward": ward,
            "name": f"Chị Lan {role_id}",
            "code_hash": hashed(kind, code or role_id),
            "created_at": MORNING,
            "expires_at": MORNING + timedelta(days=7),
            "learner": learner_id,
            "claimed_at": None if learner_id is None else MORNING,
            "on_duty": on_duty,
        },
    )


def neighbour(connection: Connection, name: str = "neighbour") -> str:
    """Another person, last seen in her private chat; her id."""
    who = Identity("console", "console", f"sender-{name}")
    learner = person.enter(connection, who, lasting=True, now=MORNING).learner
    where = Address("console", "console", f"chat-{name}")
    place.save(connection, learner.id, where, Dialog(), at=MORNING)
    return learner.id


def request(connection: Connection, ticket: str, learner_id: str, address: Address) -> None:
    """She asks for help in this chat."""
    asked = HelpRequested(
        ticket=ticket, topic=None, step=None, device=None, ward=WARD, question="sao không mở được"
    )
    ask(connection, EventRecord("", learner_id, address, MORNING), asked)


def found(connection: Connection, learner_id: str | None, address: Address = GROUP) -> None:
    """A group that this host let the bot into."""
    connection.execute(
        insert(chat_group),
        {
            "id": "G1",
            **address._asdict(),
            "title": "Khu phố 3",
            "state": "found",
            "found_by": learner_id,
            "at": MORNING,
        },
    )


def linked(connection: Connection) -> None:
    """A group of the ward, on a platform that tells no titles."""
    address = GROUP._replace(chat="another group")
    row = {"id": "G0", **address._asdict(), "title": "", "state": "linked", "ward": WARD}
    connection.execute(insert(chat_group), {**row, "at": MORNING})


def surround(connection: Connection, learner_id: str) -> None:
    """She is a host and a volunteer; a neighbour waits for help; a right is not yet claimed."""
    grant(connection, "H1", "host", learner_id)
    grant(connection, "V1", "volunteer", learner_id)
    grant(connection, "U1", "operator", None, ward="", code=CODE)
    found(connection, learner_id)
    linked(connection)
    request(connection, "T0", neighbour(connection), NEIGHBOUR)
