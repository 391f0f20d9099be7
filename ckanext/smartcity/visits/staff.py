"""Who among the signed-in users is staff of the city. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from ckan import model

group, member = model.group_table, model.member_table


def has_role(user_id: str, roles: Sequence[str]) -> bool:
    """Whether the user has one of these roles in an active organization; groups and datasets do not count."""
    query = (
        sa.select(member.c.id)
        .join(group, group.c.id == member.c.group_id)
        .where(
            member.c.table_name == "user",
            member.c.table_id == user_id,
            member.c.state == "active",
            member.c.capacity.in_(roles),
            group.c.is_organization.is_(True),
            group.c.state == "active",
        )
        .limit(1)
    )
    return model.Session.execute(query).first() is not None
