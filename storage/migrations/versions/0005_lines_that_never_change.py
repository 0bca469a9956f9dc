"""Lines of the audit that never change: triggers that refuse it, typed reasons apart, anchors where it is cut."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A later migration that rebuilds one of these tables on SQLite drops its triggers, and must make them again.
_KEPT = ("id", "at", "actor", "channel", "programme_id", "what", "subject", "before", "after", "reason")
_SAME = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in _KEPT)
_CUT = "EXISTS (SELECT 1 FROM audit_anchors WHERE up_to >= OLD.id)"
_SQLITE = {
    # The one change there is: a line gets its seal.
    "audit_lines_never_change": (
        "audit_lines",
        "UPDATE",
        f"NOT (OLD.seal = '' AND NEW.seal <> '' AND {_SAME})",
    ),
    "audit_lines_never_go": ("audit_lines", "DELETE", f"NOT {_CUT}"),
    # INSERT OR REPLACE would take a line out without a DELETE.
    "audit_lines_are_added": ("audit_lines", "INSERT", "EXISTS (SELECT 1 FROM audit_lines WHERE id = NEW.id)"),
    "audit_reasons_never_change": ("audit_reasons", "UPDATE", "true"),
    "audit_anchors_never_change": ("audit_anchors", "UPDATE", "true"),
    "audit_anchors_never_go": ("audit_anchors", "DELETE", "true"),
}
_POSTGRESQL_LINES = f"""
CREATE FUNCTION audit_lines_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seal = '' AND NEW.seal <> '' AND to_jsonb(OLD) - 'seal' = to_jsonb(NEW) - 'seal' THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF {_CUT} THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'a line of the audit is never changed';
END $$
"""
_POSTGRESQL_REST = """
CREATE FUNCTION audit_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what the audit holds is never changed';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", storage.tables.base.UtcTime(timezone=True), nullable=False),
        sa.Column("up_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_reasons",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_audit_reasons")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, (table, act, when) in _SQLITE.items():
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
                "BEGIN SELECT RAISE(ABORT, 'what the audit holds is never changed'); END"
            )
        return
    op.execute(_POSTGRESQL_LINES)
    op.execute(_POSTGRESQL_REST)
    op.execute(
        "CREATE TRIGGER audit_lines_only_grow BEFORE UPDATE OR DELETE ON audit_lines "
        "FOR EACH ROW EXECUTE FUNCTION audit_lines_only_grow()"
    )
    for table, acts in (
        ("audit_lines", "TRUNCATE"),
        ("audit_reasons", "UPDATE"),
        ("audit_anchors", "UPDATE OR DELETE"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_never_change BEFORE {acts} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_never_changes()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP FUNCTION audit_lines_only_grow CASCADE")
        op.execute("DROP FUNCTION audit_never_changes CASCADE")
    op.drop_table("audit_reasons")
    op.drop_table("audit_anchors")
