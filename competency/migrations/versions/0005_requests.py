"""Requests to be assessed: what an employee asks for, and each step with its words.

Revision 0005, after 0004.
"""
import sqlalchemy as sa
from alembic import op
from competency.database import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('appraisal_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_slug', sa.String(length=120), nullable=False),
    sa.Column('unit_id', sa.String(length=120), nullable=True),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('state', sa.Enum('open', 'accepted', 'declined', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('ended_at', types.Utc(), nullable=True),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("(state = 'accepted') = (appraisal_id IS NOT NULL)", name=op.f('ck_appraisal_request_accepted')),
    sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f('ck_appraisal_request_ended')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_appraisal_request_appraisal_id')),
    sa.ForeignKeyConstraint(['framework_version_id'], ['framework_version.id'], name=op.f('fk_appraisal_request_framework_version_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_appraisal_request_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal_request')),
    sa.UniqueConstraint('appraisal_id', name=op.f('uq_appraisal_request_appraisal_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_appraisal_request_public_id'))
    )
    op.create_index(op.f('ix_appraisal_request_framework_version_id'), 'appraisal_request', ['framework_version_id'], unique=False)
    op.create_index(op.f('ix_appraisal_request_subject_id'), 'appraisal_request', ['subject_id'], unique=False)
    op.create_index('uq_appraisal_request_one_open', 'appraisal_request', ['subject_id', 'framework_slug'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('request_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('action', sa.Enum('ask', 'withdraw', 'accept', 'decline', name='action', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target', sa.Enum('open', 'accepted', 'declined', 'withdrawn', name='target', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('taken_at', types.Utc(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_request_step_actor_id')),
    sa.ForeignKeyConstraint(['request_id'], ['appraisal_request.id'], name=op.f('fk_request_step_request_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_request_step_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_step')),
    sa.UniqueConstraint('request_id', 'target', name=op.f('uq_request_step_request_id_target'))
    )
    op.create_index(op.f('ix_request_step_subject_id'), 'request_step', ['subject_id'], unique=False)


def downgrade() -> None:
    op.drop_table('request_step')
    op.drop_table('appraisal_request')
