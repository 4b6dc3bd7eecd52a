"""Evidence made whole: files, versions, quarantine, doubts, what is read and searched.

Columns are added without a batch: SQLite keeps its triggers. What was collected until
now gets its words for the search, and its files wait to be read.
"""

import sqlalchemy as sa
from alembic import op

from competency.database import types
from competency.database.text import fold

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns, and fill in what is derived."""
    op.create_table('file_reading',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'read', 'unreadable', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_until', types.Utc(), nullable=True),
    sa.Column('text_key', sa.Text(), nullable=True),
    sa.Column('previews', types.CanonicalJson(), nullable=True),
    sa.Column('read_at', types.Utc(), nullable=True),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_file_reading_tries')),
    sa.ForeignKeyConstraint(['sha256'], ['stored_file.sha256'], name=op.f('fk_file_reading_sha256')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_file_reading_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_reading')),
    sa.UniqueConstraint('subject_id', 'sha256', name=op.f('uq_file_reading_subject_id_sha256')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_file_reading_sha256'), 'file_reading', ['sha256'], unique=False)
    op.create_index(op.f('ix_file_reading_state'), 'file_reading', ['state'], unique=False)
    op.create_index(op.f('ix_file_reading_subject_id'), 'file_reading', ['subject_id'], unique=False)
    op.create_table('further_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.CheckConstraint('position >= 2', name=op.f('ck_further_file_further')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_further_file_evidence_id')),
    sa.ForeignKeyConstraint(['sha256'], ['stored_file.sha256'], name=op.f('fk_further_file_sha256')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_further_file_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_further_file')),
    sa.UniqueConstraint('evidence_id', 'position', name=op.f('uq_further_file_evidence_id_position')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_further_file_evidence_id'), 'further_file', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_further_file_sha256'), 'further_file', ['sha256'], unique=False)
    op.create_index(op.f('ix_further_file_subject_id'), 'further_file', ['subject_id'], unique=False)
    op.create_table('evidence_quarantine',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('taken_at', types.Utc(), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_evidence_quarantine_number')),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_evidence_quarantine_actor_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_quarantine_evidence_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_quarantine_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_quarantine')),
    sa.UniqueConstraint('evidence_id', 'number', name=op.f('uq_evidence_quarantine_evidence_id_number')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_quarantine_evidence_id'), 'evidence_quarantine', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_evidence_quarantine_subject_id'), 'evidence_quarantine', ['subject_id'], unique=False)
    op.create_table('evidence_replacement',
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('replaced_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('replaced_at', types.Utc(), nullable=False),
    sa.CheckConstraint('evidence_id <> replaced_id', name=op.f('ck_evidence_replacement_replaces_another')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_replacement_evidence_id')),
    sa.ForeignKeyConstraint(['replaced_id'], ['evidence.id'], name=op.f('fk_evidence_replacement_replaced_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_replacement_subject_id')),
    sa.PrimaryKeyConstraint('evidence_id', name=op.f('pk_evidence_replacement')),
    sa.UniqueConstraint('replaced_id', name=op.f('uq_evidence_replacement_replaced_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_replacement_subject_id'), 'evidence_replacement', ['subject_id'], unique=False)
    op.create_table('evidence_words',
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('words_key', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_words_evidence_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_words_subject_id')),
    sa.PrimaryKeyConstraint('evidence_id', name=op.f('pk_evidence_words')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_words_subject_id'), 'evidence_words', ['subject_id'], unique=False)
    op.create_table('evidence_doubt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('points', types.CanonicalJson(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_evidence_doubt_appraisal_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_doubt_evidence_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_doubt_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_doubt')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'evidence_id', name=op.f('uq_evidence_doubt_appraisal_id_round_turn_evidence_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_doubt_appraisal_id'), 'evidence_doubt', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_evidence_doubt_evidence_id'), 'evidence_doubt', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_evidence_doubt_subject_id'), 'evidence_doubt', ['subject_id'], unique=False)
    op.create_table('shortfall_acceptance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('accepted_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['accepted_by_id'], ['account.id'], name=op.f('fk_shortfall_acceptance_accepted_by_id')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_shortfall_acceptance_appraisal_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_shortfall_acceptance_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortfall_acceptance')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'accepted_by_id', name=op.f('uq_shortfall_acceptance_appraisal_id_round_turn_accepted_by_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_shortfall_acceptance_appraisal_id'), 'shortfall_acceptance', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_shortfall_acceptance_subject_id'), 'shortfall_acceptance', ['subject_id'], unique=False)
    op.add_column('evidence', sa.Column('place', sa.String(length=200), nullable=True))
    op.add_column('evidence', sa.Column('source_name', sa.String(length=200), nullable=True))
    op.add_column('evidence', sa.Column('source_key', sa.String(length=200), nullable=True))
    op.add_column('evidence', sa.Column('valid_until', sa.Date(), nullable=True))

    _fill()


def _fill() -> None:
    """Fold the words of each evidence, and queue its file."""
    bind = op.get_bind()
    evidence = sa.table(
        "evidence",
        *(sa.column(name) for name in ("id", "subject_id", "title", "text", "file_sha256", "file_name")),
    )
    words = sa.table(
        "evidence_words", *(sa.column(name) for name in ("evidence_id", "subject_id", "words_key"))
    )
    reading = sa.table(
        "file_reading", *(sa.column(name) for name in ("subject_id", "sha256", "state", "tries"))
    )
    rows = bind.execute(sa.select(evidence)).mappings().all()
    for row in rows:
        said = " ".join(row[name] or "" for name in ("title", "text", "file_name"))
        values = {"evidence_id": row["id"], "subject_id": row["subject_id"]}
        bind.execute(sa.insert(words).values(**values, words_key=fold(said)))
    files = {(row["subject_id"], row["file_sha256"]) for row in rows if row["file_sha256"]}
    for subject_id, sha256 in sorted(files):
        bind.execute(
            sa.insert(reading).values(
                subject_id=subject_id, sha256=sha256, state="waiting", tries=0
            )
        )


def downgrade() -> None:
    """Take tables and columns away again."""
    op.drop_column('evidence', 'valid_until')
    op.drop_column('evidence', 'source_key')
    op.drop_column('evidence', 'source_name')
    op.drop_column('evidence', 'place')
    op.drop_index(op.f('ix_shortfall_acceptance_subject_id'), table_name='shortfall_acceptance')
    op.drop_index(op.f('ix_shortfall_acceptance_appraisal_id'), table_name='shortfall_acceptance')
    op.drop_table('shortfall_acceptance')
    op.drop_index(op.f('ix_evidence_doubt_subject_id'), table_name='evidence_doubt')
    op.drop_index(op.f('ix_evidence_doubt_evidence_id'), table_name='evidence_doubt')
    op.drop_index(op.f('ix_evidence_doubt_appraisal_id'), table_name='evidence_doubt')
    op.drop_table('evidence_doubt')
    op.drop_index(op.f('ix_evidence_words_subject_id'), table_name='evidence_words')
    op.drop_table('evidence_words')
    op.drop_index(op.f('ix_evidence_replacement_subject_id'), table_name='evidence_replacement')
    op.drop_table('evidence_replacement')
    op.drop_index(op.f('ix_evidence_quarantine_subject_id'), table_name='evidence_quarantine')
    op.drop_index(op.f('ix_evidence_quarantine_evidence_id'), table_name='evidence_quarantine')
    op.drop_table('evidence_quarantine')
    op.drop_index(op.f('ix_further_file_subject_id'), table_name='further_file')
    op.drop_index(op.f('ix_further_file_sha256'), table_name='further_file')
    op.drop_index(op.f('ix_further_file_evidence_id'), table_name='further_file')
    op.drop_table('further_file')
    op.drop_index(op.f('ix_file_reading_subject_id'), table_name='file_reading')
    op.drop_index(op.f('ix_file_reading_state'), table_name='file_reading')
    op.drop_index(op.f('ix_file_reading_sha256'), table_name='file_reading')
    op.drop_table('file_reading')
