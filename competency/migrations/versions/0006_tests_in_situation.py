"""Certifications: their assessors, what they confirm, and the sessions of their tests.

Revision 0006, after 0005.
"""
import sqlalchemy as sa
from alembic import op
from competency.database import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cycle_certification',
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('assessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit_ids', types.CanonicalJson(), nullable=True),
    sa.Column('attempts_maximum', sa.Integer(), nullable=False),
    sa.CheckConstraint('attempts_maximum >= 1', name=op.f('ck_cycle_certification_attempts')),
    sa.ForeignKeyConstraint(['assessor_id'], ['employee.id'], name=op.f('fk_cycle_certification_assessor_id')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_cycle_certification_cycle_id')),
    sa.PrimaryKeyConstraint('cycle_id', name=op.f('pk_cycle_certification'))
    )
    op.create_index(op.f('ix_cycle_certification_assessor_id'), 'cycle_certification', ['assessor_id'], unique=False)
    op.create_table('assessment_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instrument', sa.Enum('practical_test', 'knowledge_test', 'simulation', 'interview', name='instrument', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_id', sa.String(length=120), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('items', types.CanonicalJson(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'held', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('planned_for', types.Utc(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('situation', sa.Text(), nullable=True),
    sa.Column('planned_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', types.Utc(), nullable=False),
    sa.Column('held_at', types.Utc(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cancelled_at', types.Utc(), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=True),
    sa.CheckConstraint("(instrument <> 'practical_test' OR unit_id IS NOT NULL) AND (instrument <> 'knowledge_test' OR unit_id IS NULL)", name=op.f('ck_assessment_session_tests_something')),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f('ck_assessment_session_cancelled')),
    sa.CheckConstraint("(state = 'held') = (held_at IS NOT NULL) AND (held_at IS NULL) = (passed IS NULL) AND (held_at IS NULL) = (recorded_by_id IS NULL) AND (held_at IS NULL) = (evidence_id IS NULL)", name=op.f('ck_assessment_session_held')),
    sa.CheckConstraint('attempt >= 1', name=op.f('ck_assessment_session_attempt')),
    sa.CheckConstraint('recorded_by_id IS NULL OR recorded_by_id <> subject_id', name=op.f('ck_assessment_session_recorded_by_another')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_assessment_session_appraisal_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_assessment_session_evidence_id')),
    sa.ForeignKeyConstraint(['planned_by_id'], ['account.id'], name=op.f('fk_assessment_session_planned_by_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['employee.id'], name=op.f('fk_assessment_session_recorded_by_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_assessment_session_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_session')),
    sa.UniqueConstraint('public_id', name=op.f('uq_assessment_session_public_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_assessment_session_appraisal_id'), 'assessment_session', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_assessment_session_evidence_id'), 'assessment_session', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_assessment_session_subject_id'), 'assessment_session', ['subject_id'], unique=False)
    op.create_index('uq_assessment_session_attempt', 'assessment_session', ['appraisal_id', 'instrument', 'attempt'], unique=True, sqlite_where=sa.text("state <> 'cancelled' AND unit_id IS NULL"), postgresql_where=sa.text("state <> 'cancelled' AND unit_id IS NULL"))
    op.create_index('uq_assessment_session_unit_attempt', 'assessment_session', ['appraisal_id', 'instrument', 'unit_id', 'attempt'], unique=True, sqlite_where=sa.text("state <> 'cancelled' AND unit_id IS NOT NULL"), postgresql_where=sa.text("state <> 'cancelled' AND unit_id IS NOT NULL"))
    op.create_table('evidence_confirmation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('confirmed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('confirmed_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_evidence_confirmation_appraisal_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['employee.id'], name=op.f('fk_evidence_confirmation_confirmed_by_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_confirmation_evidence_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_confirmation_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_confirmation')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'evidence_id', name=op.f('uq_evidence_confirmation_appraisal_id_round_turn_evidence_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_confirmation_appraisal_id'), 'evidence_confirmation', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_evidence_confirmation_evidence_id'), 'evidence_confirmation', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_evidence_confirmation_subject_id'), 'evidence_confirmation', ['subject_id'], unique=False)
    op.create_table('shortfall_reason',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('criterion_id', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_shortfall_reason_appraisal_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_shortfall_reason_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortfall_reason')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'criterion_id', name=op.f('uq_shortfall_reason_appraisal_id_round_turn_criterion_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_shortfall_reason_appraisal_id'), 'shortfall_reason', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_shortfall_reason_subject_id'), 'shortfall_reason', ['subject_id'], unique=False)
    op.create_table('session_examiner',
    sa.Column('session_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('employee_id <> subject_id', name=op.f('ck_session_examiner_examines_another')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_session_examiner_employee_id')),
    sa.ForeignKeyConstraint(['session_id'], ['assessment_session.id'], name=op.f('fk_session_examiner_session_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_session_examiner_subject_id')),
    sa.PrimaryKeyConstraint('session_id', 'employee_id', name=op.f('pk_session_examiner')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_session_examiner_employee_id'), 'session_examiner', ['employee_id'], unique=False)
    op.create_index(op.f('ix_session_examiner_subject_id'), 'session_examiner', ['subject_id'], unique=False)
    op.create_table('session_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('session_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('item_id', sa.String(length=120), nullable=False),
    sa.Column('met', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['session_id'], ['assessment_session.id'], name=op.f('fk_session_item_session_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_session_item_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_item')),
    sa.UniqueConstraint('session_id', 'item_id', name=op.f('uq_session_item_session_id_item_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_session_item_session_id'), 'session_item', ['session_id'], unique=False)
    op.create_index(op.f('ix_session_item_subject_id'), 'session_item', ['subject_id'], unique=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':  # it reads every trigger again at each ALTER
        for table in ('evidence', 'evidence_link'):
            for event in ('update', 'delete'):
                op.execute(f'DROP TRIGGER IF EXISTS {table}_no_{event}')
    op.drop_index(op.f('ix_session_item_subject_id'), table_name='session_item')
    op.drop_index(op.f('ix_session_item_session_id'), table_name='session_item')
    op.drop_table('session_item')
    op.drop_index(op.f('ix_session_examiner_subject_id'), table_name='session_examiner')
    op.drop_index(op.f('ix_session_examiner_employee_id'), table_name='session_examiner')
    op.drop_table('session_examiner')
    op.drop_index(op.f('ix_shortfall_reason_subject_id'), table_name='shortfall_reason')
    op.drop_index(op.f('ix_shortfall_reason_appraisal_id'), table_name='shortfall_reason')
    op.drop_table('shortfall_reason')
    op.drop_index(op.f('ix_evidence_confirmation_subject_id'), table_name='evidence_confirmation')
    op.drop_index(op.f('ix_evidence_confirmation_evidence_id'), table_name='evidence_confirmation')
    op.drop_index(op.f('ix_evidence_confirmation_appraisal_id'), table_name='evidence_confirmation')
    op.drop_table('evidence_confirmation')
    op.drop_index('uq_assessment_session_unit_attempt', table_name='assessment_session', sqlite_where=sa.text("state <> 'cancelled' AND unit_id IS NOT NULL"), postgresql_where=sa.text("state <> 'cancelled' AND unit_id IS NOT NULL"))
    op.drop_index('uq_assessment_session_attempt', table_name='assessment_session', sqlite_where=sa.text("state <> 'cancelled' AND unit_id IS NULL"), postgresql_where=sa.text("state <> 'cancelled' AND unit_id IS NULL"))
    op.drop_index(op.f('ix_assessment_session_subject_id'), table_name='assessment_session')
    op.drop_index(op.f('ix_assessment_session_evidence_id'), table_name='assessment_session')
    op.drop_index(op.f('ix_assessment_session_appraisal_id'), table_name='assessment_session')
    op.drop_table('assessment_session')
    op.drop_index(op.f('ix_cycle_certification_assessor_id'), table_name='cycle_certification')
    op.drop_table('cycle_certification')
