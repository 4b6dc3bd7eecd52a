"""Authorisations of issuers, kinds of documents, steps of entries, commissions.

What an authorised issuer held in its own row becomes its first authorisation; what that
covers was not recorded, so it covers nothing until somebody records it.
"""
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op
from competency.database import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
DOCUMENTS = ('attestation', 'transparency', 'validation', 'certificate')
STATES = ('issuing', 'active', 'suspended', 'revoked', 'superseded', 'expired')
CURRENT = sa.text("state IN ('issuing', 'active', 'suspended')")
ENTRY = ('id', 'public_id', 'issuer_id', 'year', 'sequence', 'number', 'token', 'check_code',
         'appraisal_id', 'subject_id', 'state', 'facts', 'decided_by_id', 'taken_at',
         'issued_at', 'valid_until')


def words(name: str, values: Sequence[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'


def rebuild(table: str, create: Callable[[], None], kept: Sequence[str], indexes: Sequence[str] = ()) -> None:
    """Make a table of SQLite anew with its rows; rows that point at them stay as they are."""
    columns = ', '.join(kept)
    op.execute('PRAGMA defer_foreign_keys = ON')
    op.execute(f'CREATE TABLE kept_rows AS SELECT {columns} FROM {table}')
    for index in indexes:
        op.drop_index(index, table_name=table)
    op.drop_table(table)
    create()
    op.execute(f'INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_rows')
    op.drop_table('kept_rows')


def create_issuer() -> None:
    op.create_table('issuer',
    sa.Column('id', KEY, nullable=False),
    sa.Column('employer_id', KEY, nullable=False),
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_issuer_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer')),
    sa.UniqueConstraint('employer_id', name=op.f('uq_issuer_employer_id')),
    sa.UniqueConstraint('prefix', name=op.f('uq_issuer_prefix'))
    )


def create_older_issuer() -> None:
    op.create_table('issuer',
    sa.Column('id', KEY, nullable=False),
    sa.Column('employer_id', KEY, nullable=False),
    sa.Column('kind', words('kind', ('internal', 'authorised')), server_default='internal', nullable=False),
    sa.Column('prefix', sa.String(length=12), nullable=False),
    sa.Column('authority', sa.String(length=200), nullable=True),
    sa.Column('authorisation', sa.String(length=100), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("(kind = 'authorised') = (authority IS NOT NULL) AND (authority IS NULL) = (authorisation IS NULL)", name=op.f('ck_issuer_authorised')),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_issuer_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer')),
    sa.UniqueConstraint('employer_id', name=op.f('uq_issuer_employer_id')),
    sa.UniqueConstraint('prefix', name=op.f('uq_issuer_prefix'))
    )


def entry_parts() -> list[sa.schema.SchemaItem]:
    return [
    sa.Column('id', KEY, nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('issuer_id', KEY, nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('check_code', sa.String(length=11), nullable=False),
    sa.Column('appraisal_id', KEY, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('state', words('state', STATES), nullable=False),
    sa.Column('facts', types.CanonicalJson(), nullable=True),
    sa.Column('decided_by_id', KEY, nullable=False),
    sa.Column('taken_at', types.Utc(), nullable=False),
    sa.Column('issued_at', types.Utc(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("(state = 'issuing') = (issued_at IS NULL)", name=op.f('ck_register_entry_issued')),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_register_entry_sequence')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_register_entry_appraisal_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['account.id'], name=op.f('fk_register_entry_decided_by_id')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_register_entry_issuer_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_register_entry_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('issuer_id', 'year', 'sequence', name=op.f('uq_register_entry_issuer_id_year_sequence')),
    sa.UniqueConstraint('number', name=op.f('uq_register_entry_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_register_entry_public_id')),
    sa.UniqueConstraint('token', name=op.f('uq_register_entry_token')),
    ]


def entry_indexes(current: Sequence[str]) -> None:
    op.create_index(op.f('ix_register_entry_appraisal_id'), 'register_entry', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_register_entry_subject_id'), 'register_entry', ['subject_id'], unique=False)
    op.create_index('uq_register_entry_current', 'register_entry', list(current), unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)


ENTRY_INDEXES = ('uq_register_entry_current', 'ix_register_entry_subject_id', 'ix_register_entry_appraisal_id')


def create_entry() -> None:
    op.create_table('register_entry', *entry_parts(),
    sa.Column('document', words('document', DOCUMENTS), server_default='attestation', nullable=False),
    sa.Column('authorisation_id', KEY, nullable=True),
    sa.Column('replaces_id', KEY, nullable=True),
    sa.CheckConstraint("(document = 'attestation') = (authorisation_id IS NULL)", name=op.f('ck_register_entry_authorised')),
    sa.CheckConstraint('replaces_id IS NULL OR replaces_id < id', name=op.f('ck_register_entry_replaces')),
    sa.ForeignKeyConstraint(['authorisation_id'], ['issuer_authorisation.id'], name=op.f('fk_register_entry_authorisation_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['register_entry.id'], name=op.f('fk_register_entry_replaces_id')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_register_entry_replaces_id')),
    )
    entry_indexes(['appraisal_id', 'document'])


def create_older_entry() -> None:
    op.create_table('register_entry', *entry_parts())
    entry_indexes(['appraisal_id'])


def upgrade() -> None:
    op.create_table('issuer_authorisation',
    sa.Column('id', KEY, nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('issuer_id', KEY, nullable=False),
    sa.Column('authority', sa.String(length=200), nullable=False),
    sa.Column('number', sa.String(length=100), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('recorded_by_id', KEY, nullable=False),
    sa.Column('recorded_at', types.Utc(), nullable=False),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= starts_on', name=op.f('ck_issuer_authorisation_days')),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_issuer_authorisation_issuer_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['account.id'], name=op.f('fk_issuer_authorisation_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer_authorisation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_issuer_authorisation_public_id'))
    )
    op.create_index(op.f('ix_issuer_authorisation_issuer_id'), 'issuer_authorisation', ['issuer_id'], unique=False)
    op.create_table('authorisation_scope',
    sa.Column('authorisation_id', KEY, autoincrement=False, nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('document', words('document', DOCUMENTS), nullable=False),
    sa.CheckConstraint("document <> 'attestation'", name=op.f('ck_authorisation_scope_statutory')),
    sa.ForeignKeyConstraint(['authorisation_id'], ['issuer_authorisation.id'], name=op.f('fk_authorisation_scope_authorisation_id')),
    sa.PrimaryKeyConstraint('authorisation_id', 'slug', 'document', name=op.f('pk_authorisation_scope'))
    )
    op.create_table('authorisation_end',
    sa.Column('authorisation_id', KEY, autoincrement=False, nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('recorded_by_id', KEY, nullable=False),
    sa.Column('recorded_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['authorisation_id'], ['issuer_authorisation.id'], name=op.f('fk_authorisation_end_authorisation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['account.id'], name=op.f('fk_authorisation_end_recorded_by_id')),
    sa.PrimaryKeyConstraint('authorisation_id', name=op.f('pk_authorisation_end'))
    )
    move_authorisations()
    if is_sqlite():
        rebuild('issuer', create_issuer, ('id', 'employer_id', 'prefix'))
        rebuild('register_entry', create_entry, ENTRY, ENTRY_INDEXES)
    else:
        op.drop_constraint(op.f('ck_issuer_authorised'), 'issuer', type_='check')
        for name in ('kind', 'authority', 'authorisation', 'valid_until'):
            op.drop_column('issuer', name)
        op.add_column('register_entry', sa.Column('document', words('document', DOCUMENTS), server_default='attestation', nullable=False))
        op.add_column('register_entry', sa.Column('authorisation_id', KEY, nullable=True))
        op.add_column('register_entry', sa.Column('replaces_id', KEY, nullable=True))
        op.create_check_constraint(op.f('ck_register_entry_authorised'), 'register_entry', "(document = 'attestation') = (authorisation_id IS NULL)")
        op.create_check_constraint(op.f('ck_register_entry_replaces'), 'register_entry', 'replaces_id IS NULL OR replaces_id < id')
        op.create_foreign_key(op.f('fk_register_entry_authorisation_id'), 'register_entry', 'issuer_authorisation', ['authorisation_id'], ['id'])
        op.create_foreign_key(op.f('fk_register_entry_replaces_id'), 'register_entry', 'register_entry', ['replaces_id'], ['id'])
        op.create_unique_constraint(op.f('uq_register_entry_replaces_id'), 'register_entry', ['replaces_id'])
        for name in ENTRY_INDEXES:
            op.drop_index(name, table_name='register_entry')
        entry_indexes(['appraisal_id', 'document'])
    op.create_table('entry_step',
    sa.Column('id', KEY, nullable=False),
    sa.Column('entry_id', KEY, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('action', words('action', ('suspend', 'reinstate', 'revoke', 'supersede')), nullable=False),
    sa.Column('category', words('category', ('inquiry', 'cleared', 'error', 'evidence', 'reassessed', 'authorisation', 'request')), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('taken_at', types.Utc(), nullable=False),
    sa.Column('actor_id', KEY, nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_entry_step_actor_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_entry_step_entry_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_entry_step_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_step')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_entry_step_entry_id'), 'entry_step', ['entry_id'], unique=False)
    op.create_index(op.f('ix_entry_step_subject_id'), 'entry_step', ['subject_id'], unique=False)
    op.create_table('commission_member',
    sa.Column('id', KEY, nullable=False),
    sa.Column('appraisal_id', KEY, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('seat', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('employee_id', KEY, nullable=False),
    sa.Column('appointed_by_id', KEY, nullable=False),
    sa.Column('appointed_at', types.Utc(), nullable=False),
    sa.CheckConstraint('employee_id <> subject_id', name=op.f('ck_commission_member_impartial')),
    sa.CheckConstraint('seat >= 0 AND turn > 0', name=op.f('ck_commission_member_place')),
    sa.ForeignKeyConstraint(['appointed_by_id'], ['account.id'], name=op.f('fk_commission_member_appointed_by_id')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_commission_member_appraisal_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_commission_member_employee_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_commission_member_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission_member')),
    sa.UniqueConstraint('appraisal_id', 'round', 'seat', 'turn', name=op.f('uq_commission_member_appraisal_id_round_seat_turn')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_commission_member_employee_id'), 'commission_member', ['employee_id'], unique=False)
    op.create_index(op.f('ix_commission_member_subject_id'), 'commission_member', ['subject_id'], unique=False)
    op.create_table('commission_vote',
    sa.Column('member_id', KEY, autoincrement=False, nullable=False),
    sa.Column('subject_id', KEY, nullable=False),
    sa.Column('approves', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=True),
    sa.Column('voted_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['commission_member.id'], name=op.f('fk_commission_vote_member_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_commission_vote_subject_id')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_commission_vote')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_commission_vote_subject_id'), 'commission_vote', ['subject_id'], unique=False)


def move_authorisations() -> None:
    """Give each authorised issuer's own words to its first authorisation.

    From which day on it held was not recorded: the day of the change is taken.
    """
    moved = sa.text(
        "INSERT INTO issuer_authorisation (public_id, issuer_id, authority, number, starts_on, "
        "valid_until, recorded_by_id, recorded_at) "
        "SELECT 'issuer' || i.id, i.id, i.authority, i.authorisation, "
        "CASE WHEN i.valid_until < CURRENT_DATE THEN i.valid_until ELSE CURRENT_DATE END, "
        "i.valid_until, (SELECT min(id) FROM account), CURRENT_TIMESTAMP "
        "FROM issuer i WHERE i.kind = 'authorised'"
    )
    op.execute(moved)


def downgrade() -> None:
    op.drop_table('commission_vote')
    op.drop_table('commission_member')
    op.drop_table('entry_step')
    if is_sqlite():
        rebuild('register_entry', create_older_entry, ENTRY, ENTRY_INDEXES)
        rebuild('issuer', create_older_issuer, ('id', 'employer_id', 'prefix'))
    else:
        for name in ENTRY_INDEXES:
            op.drop_index(name, table_name='register_entry')
        for name in ('ck_register_entry_authorised', 'ck_register_entry_replaces'):
            op.drop_constraint(op.f(name), 'register_entry', type_='check')
        for name in ('replaces_id', 'authorisation_id', 'document'):
            op.drop_column('register_entry', name)
        entry_indexes(['appraisal_id'])
        op.add_column('issuer', sa.Column('kind', words('kind', ('internal', 'authorised')), server_default='internal', nullable=False))
        op.add_column('issuer', sa.Column('authority', sa.String(length=200), nullable=True))
        op.add_column('issuer', sa.Column('authorisation', sa.String(length=100), nullable=True))
        op.add_column('issuer', sa.Column('valid_until', sa.Date(), nullable=True))
        op.create_check_constraint(op.f('ck_issuer_authorised'), 'issuer', "(kind = 'authorised') = (authority IS NOT NULL) AND (authority IS NULL) = (authorisation IS NULL)")
    op.drop_table('authorisation_end')
    op.drop_table('authorisation_scope')
    op.drop_table('issuer_authorisation')
