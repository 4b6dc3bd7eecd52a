"""The foundation: people, frameworks, appraisals, plans, register, audit, erasure.

Revision 0001, the first.
"""
import sqlalchemy as sa
from alembic import op
from competency.database import types

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_event',
    sa.Column('sequence', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('occurred_at', types.Utc(), nullable=False),
    sa.Column('actor', sa.String(length=20), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('data', types.CanonicalJson(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_event_hash'))
    )
    op.create_index(op.f('ix_audit_event_action'), 'audit_event', ['action'], unique=False)
    op.create_index(op.f('ix_audit_event_actor'), 'audit_event', ['actor'], unique=False)
    op.create_index(op.f('ix_audit_event_subject'), 'audit_event', ['subject'], unique=False)
    op.create_table('audit_tail',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_tail_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_tail'))
    )
    op.create_table('organisation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('accent_colour', sa.String(length=7), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_organisation_public_id'))
    )
    op.create_table('position',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position')),
    sa.UniqueConstraint('code', name=op.f('uq_position_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_position_public_id'))
    )
    op.create_table('sign_in_throttle',
    sa.Column('key_digest', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('since', types.Utc(), nullable=False),
    sa.PrimaryKeyConstraint('key_digest', name=op.f('pk_sign_in_throttle'))
    )
    op.create_table('stored_file',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('stored_at', types.Utc(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_stored_file'))
    )
    op.create_table('employer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('legal_name', sa.String(length=200), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('tax_number', sa.String(length=32), nullable=True),
    sa.Column('logo_png', sa.LargeBinary(), nullable=True),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_employer_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_employer')),
    sa.UniqueConstraint('code', name=op.f('uq_employer_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_employer_public_id'))
    )
    op.create_index(op.f('ix_employer_organisation_id'), 'employer', ['organisation_id'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('employer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_campaign_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('code', name=op.f('uq_campaign_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_campaign_public_id'))
    )
    op.create_index(op.f('ix_campaign_employer_id'), 'campaign', ['employer_id'], unique=False)
    op.create_table('employee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('employer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_number', sa.String(length=32), nullable=False),
    sa.Column('given_name', sa.String(length=80), nullable=False),
    sa.Column('family_name', sa.String(length=80), nullable=False),
    sa.Column('second_family_name', sa.String(length=80), nullable=True),
    sa.Column('patronymic', sa.String(length=80), nullable=True),
    sa.Column('printed_name', sa.String(length=330), nullable=False),
    sa.Column('sort_name', sa.String(length=330), nullable=False),
    sa.Column('search_key', sa.String(length=600).with_variant(sa.String(length=600, collation='C'), 'postgresql'), nullable=False),
    sa.Column('sort_key', sa.String(length=600).with_variant(sa.String(length=600, collation='C'), 'postgresql'), nullable=False),
    sa.Column('national_id', sa.String(length=32), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('document_language', sa.String(length=8), nullable=False),
    sa.Column('hired_on', sa.Date(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.CheckConstraint('left_on IS NULL OR left_on >= hired_on', name=op.f('ck_employee_left_after_hired')),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_employee_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_employee')),
    sa.UniqueConstraint('employee_number', name=op.f('uq_employee_employee_number')),
    sa.UniqueConstraint('employer_id', 'national_id', name=op.f('uq_employee_employer_id_national_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_employee_public_id')),
    info={'subject_column': 'id'}
    )
    op.create_index(op.f('ix_employee_employer_id'), 'employee', ['employer_id'], unique=False)
    op.create_index(op.f('ix_employee_sort_key'), 'employee', ['sort_key'], unique=False)
    op.create_table('issuer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('internal', 'authorised', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
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
    op.create_table('site',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('employer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employer.id'], name=op.f('fk_site_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
    sa.UniqueConstraint('employer_id', 'name', name=op.f('uq_site_employer_id_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_site_public_id'))
    )
    op.create_index(op.f('ix_site_employer_id'), 'site', ['employer_id'], unique=False)
    op.create_table('access_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('read_at', types.Utc(), nullable=False),
    sa.Column('actor', sa.String(length=20), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('what', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_access_log_employee_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_log')),
    info={'subject_column': 'employee_id'}
    )
    op.create_index(op.f('ix_access_log_employee_id'), 'access_log', ['employee_id'], unique=False)
    op.create_index(op.f('ix_access_log_read_at'), 'access_log', ['read_at'], unique=False)
    op.create_table('account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.Enum('person', 'system', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('invited', 'active', 'ended', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.CheckConstraint("(kind = 'system') = (employee_id IS NULL)", name=op.f('ck_account_kind_employee')),
    sa.CheckConstraint("(state = 'active') = (password_hash IS NOT NULL) OR kind = 'system'", name=op.f('ck_account_active_password')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_account_employee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('employee_id', name=op.f('uq_account_employee_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_account_public_id')),
    info={'subject_column': 'employee_id'}
    )
    op.create_table('campaign_assignment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on > starts_on', name=op.f('ck_campaign_assignment_period')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_assignment_campaign_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_campaign_assignment_employee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_assignment')),
    info={'subject_column': 'employee_id'}
    )
    op.create_index(op.f('ix_campaign_assignment_campaign_id'), 'campaign_assignment', ['campaign_id'], unique=False)
    op.create_index(op.f('ix_campaign_assignment_employee_id'), 'campaign_assignment', ['employee_id'], unique=False)
    op.create_table('counter',
    sa.Column('issuer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuer.id'], name=op.f('fk_counter_issuer_id')),
    sa.PrimaryKeyConstraint('issuer_id', 'year', name=op.f('pk_counter'))
    )
    op.create_table('evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('direct_performance', 'direct_product', 'practical_test', 'simulation', 'knowledge_test', 'interview', 'indirect', 'kpi', 'observation', 'statement', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('file_sha256', sa.String(length=64), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=True),
    sa.Column('added_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('added_at', types.Utc(), nullable=False),
    sa.Column('withdrawn_at', types.Utc(), nullable=True),
    sa.CheckConstraint('(file_sha256 IS NULL) = (file_name IS NULL)', name=op.f('ck_evidence_file_named')),
    sa.ForeignKeyConstraint(['added_by_id'], ['employee.id'], name=op.f('fk_evidence_added_by_id')),
    sa.ForeignKeyConstraint(['file_sha256'], ['stored_file.sha256'], name=op.f('fk_evidence_file_sha256')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    sa.UniqueConstraint('public_id', name=op.f('uq_evidence_public_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_file_sha256'), 'evidence', ['file_sha256'], unique=False)
    op.create_index(op.f('ix_evidence_subject_id'), 'evidence', ['subject_id'], unique=False)
    op.create_table('position_assignment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on > starts_on', name=op.f('ck_position_assignment_period')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_position_assignment_employee_id')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_position_assignment_position_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position_assignment')),
    info={'subject_column': 'employee_id'}
    )
    op.create_index(op.f('ix_position_assignment_employee_id'), 'position_assignment', ['employee_id'], unique=False)
    op.create_index(op.f('ix_position_assignment_position_id'), 'position_assignment', ['position_id'], unique=False)
    op.create_table('reporting_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('supervisor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on > starts_on', name=op.f('ck_reporting_line_period')),
    sa.CheckConstraint('supervisor_id <> employee_id', name=op.f('ck_reporting_line_not_oneself')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_reporting_line_employee_id')),
    sa.ForeignKeyConstraint(['supervisor_id'], ['employee.id'], name=op.f('fk_reporting_line_supervisor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reporting_line')),
    info={'subject_column': 'employee_id'}
    )
    op.create_index(op.f('ix_reporting_line_employee_id'), 'reporting_line', ['employee_id'], unique=False)
    op.create_index(op.f('ix_reporting_line_supervisor_id'), 'reporting_line', ['supervisor_id'], unique=False)
    op.create_table('team',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_team_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('public_id', name=op.f('uq_team_public_id')),
    sa.UniqueConstraint('site_id', 'name', name=op.f('uq_team_site_id_name'))
    )
    op.create_index(op.f('ix_team_site_id'), 'team', ['site_id'], unique=False)
    op.create_table('erasure',
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('requested_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('carried_out_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('carried_out_at', types.Utc(), nullable=False),
    sa.CheckConstraint('carried_out_by_id <> requested_by_id', name=op.f('ck_erasure_two_people')),
    sa.ForeignKeyConstraint(['carried_out_by_id'], ['account.id'], name=op.f('fk_erasure_carried_out_by_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_erasure_employee_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['account.id'], name=op.f('fk_erasure_requested_by_id')),
    sa.PrimaryKeyConstraint('employee_id', name=op.f('pk_erasure'))
    )
    op.create_table('erasure_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('requested_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('requested_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_erasure_request_employee_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['account.id'], name=op.f('fk_erasure_request_requested_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_request')),
    sa.UniqueConstraint('employee_id', name=op.f('uq_erasure_request_employee_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_erasure_request_public_id'))
    )
    op.create_table('evidence_link',
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_slug', sa.String(length=120), nullable=False),
    sa.Column('criterion_id', sa.String(length=120), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_evidence_link_evidence_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_evidence_link_subject_id')),
    sa.PrimaryKeyConstraint('evidence_id', 'framework_slug', 'criterion_id', name=op.f('pk_evidence_link')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_evidence_link_subject_id'), 'evidence_link', ['subject_id'], unique=False)
    op.create_table('framework_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('search_key', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('criteria', sa.Integer(), nullable=False),
    sa.Column('scopes', types.CanonicalJson(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('compiled', sa.LargeBinary(), nullable=False),
    sa.Column('source_text', sa.Text(), nullable=False),
    sa.Column('published_at', types.Utc(), nullable=False),
    sa.Column('published_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['published_by_id'], ['account.id'], name=op.f('fk_framework_version_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_framework_version')),
    sa.UniqueConstraint('content_hash', name=op.f('uq_framework_version_content_hash')),
    sa.UniqueConstraint('public_id', name=op.f('uq_framework_version_public_id')),
    sa.UniqueConstraint('slug', 'version', name=op.f('uq_framework_version_slug_version'))
    )
    op.create_table('catalogue_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('of_kind', sa.String(length=32), nullable=True),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('search_key', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('compiled', sa.LargeBinary(), nullable=False),
    sa.Column('source_text', sa.Text(), nullable=False),
    sa.Column('published_at', types.Utc(), nullable=False),
    sa.Column('published_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("(kind = 'translation') = (of_kind IS NOT NULL)", name=op.f('ck_catalogue_file_translates')),
    sa.ForeignKeyConstraint(['published_by_id'], ['account.id'], name=op.f('fk_catalogue_file_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_catalogue_file_public_id'))
    )
    op.create_index('uq_catalogue_file_version', 'catalogue_file', ['kind', 'slug', 'version'], unique=True, sqlite_where=sa.text('of_kind IS NULL'), postgresql_where=sa.text('of_kind IS NULL'))
    op.create_index('ix_catalogue_file_translations', 'catalogue_file', ['of_kind', 'slug', 'version', 'language'], unique=False)
    op.create_table('reading_confirmation',
    sa.Column('framework_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('confirmed_at', types.Utc(), nullable=False),
    sa.Column('confirmed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['account.id'], name=op.f('fk_reading_confirmation_confirmed_by_id')),
    sa.ForeignKeyConstraint(['framework_version_id'], ['framework_version.id'], name=op.f('fk_reading_confirmation_framework_version_id')),
    sa.PrimaryKeyConstraint('framework_version_id', name=op.f('pk_reading_confirmation'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', types.Utc(), nullable=False),
    sa.Column('expires_at', types.Utc(), nullable=False),
    sa.Column('used_at', types.Utc(), nullable=True),
    sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_invitation_account_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_invitation_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation'))
    )
    op.create_index(op.f('ix_invitation_account_id'), 'invitation', ['account_id'], unique=False)
    op.create_table('placement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('team_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on > starts_on', name=op.f('ck_placement_period')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_placement_employee_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_placement_site_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_placement_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement')),
    info={'subject_column': 'employee_id'}
    )
    op.create_index(op.f('ix_placement_employee_id'), 'placement', ['employee_id'], unique=False)
    op.create_index(op.f('ix_placement_site_id'), 'placement', ['site_id'], unique=False)
    op.create_index(op.f('ix_placement_team_id'), 'placement', ['team_id'], unique=False)
    op.create_table('role_grant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Enum('assessor', 'quality_analyst', 'reviewer', 'certifier', 'hr', 'auditor', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope_kind', sa.Enum('all', 'site', 'campaign', 'team', name='scope_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope_id', sa.BigInteger(), nullable=True),
    sa.Column('granted_at', types.Utc(), nullable=False),
    sa.Column('granted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revoked_at', types.Utc(), nullable=True),
    sa.CheckConstraint("(scope_kind = 'all') = (scope_id IS NULL)", name=op.f('ck_role_grant_scope')),
    sa.CheckConstraint('granted_by_id <> account_id', name=op.f('ck_role_grant_not_oneself')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['account.id'], name=op.f('fk_role_grant_granted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('public_id', name=op.f('uq_role_grant_public_id'))
    )
    op.create_index(op.f('ix_role_grant_account_id'), 'role_grant', ['account_id'], unique=False)
    op.create_index('uq_role_grant_current', 'role_grant', ['account_id', 'role', 'scope_kind', sa.literal_column('coalesce(scope_id, 0)')], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.create_table('sign_in_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('started_at', types.Utc(), nullable=False),
    sa.Column('expires_at', types.Utc(), nullable=False),
    sa.Column('ended_at', types.Utc(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_session_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_sign_in_session_token_digest'))
    )
    op.create_index(op.f('ix_sign_in_session_account_id'), 'sign_in_session', ['account_id'], unique=False)
    op.create_table('cycle',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('framework_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope_id', sa.String(length=120), nullable=True),
    sa.Column('mode', sa.Enum('appraisal', 'certification', name='mode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('review', sa.Enum('all', 'flagged', 'none', name='review', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('self_assessment', sa.Boolean(), nullable=False),
    sa.Column('blind', sa.Boolean(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('submit_due_on', sa.Date(), nullable=False),
    sa.Column('releases_on', sa.Date(), nullable=True),
    sa.Column('contest_days', sa.Integer(), nullable=False),
    sa.Column('opened_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', types.Utc(), nullable=False),
    sa.Column('closed_at', types.Utc(), nullable=True),
    sa.CheckConstraint('contest_days >= 0', name=op.f('ck_cycle_contest_days')),
    sa.CheckConstraint('submit_due_on >= opened_on', name=op.f('ck_cycle_due_after_opening')),
    sa.ForeignKeyConstraint(['framework_version_id'], ['framework_version.id'], name=op.f('fk_cycle_framework_version_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['account.id'], name=op.f('fk_cycle_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cycle')),
    sa.UniqueConstraint('public_id', name=op.f('uq_cycle_public_id'))
    )
    op.create_index(op.f('ix_cycle_framework_version_id'), 'cycle', ['framework_version_id'], unique=False)
    op.create_table('appraisal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mode', sa.Enum('appraisal', 'certification', name='mode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', types.CanonicalJson(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'open', 'submitted', 'in_review', 'approved', 'released', 'contested', 'closed', 'suspended', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('resumes_to', sa.Enum('planned', 'open', 'submitted', 'in_review', 'approved', 'released', 'contested', 'closed', 'suspended', 'cancelled', name='resumes_to', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reviewer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('flags', types.CanonicalJson(), nullable=False),
    sa.Column('submitted_at', types.Utc(), nullable=True),
    sa.Column('decided_at', types.Utc(), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('released_at', types.Utc(), nullable=True),
    sa.Column('contest_until', sa.Date(), nullable=True),
    sa.Column('closed_at', types.Utc(), nullable=True),
    sa.CheckConstraint("(state = 'suspended') = (resumes_to IS NOT NULL)", name=op.f('ck_appraisal_suspended')),
    sa.CheckConstraint("(state IN ('approved', 'closed', 'contested', 'released')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f('ck_appraisal_decided')),
    sa.CheckConstraint("state <> 'in_review' OR reviewer_id IS NOT NULL", name=op.f('ck_appraisal_reviewer')),
    sa.CheckConstraint('lead_id <> subject_id', name=op.f('ck_appraisal_lead_is_another')),
    sa.CheckConstraint('reviewer_id IS NULL OR (reviewer_id <> subject_id AND reviewer_id <> lead_id)', name=op.f('ck_appraisal_reviewer_is_another')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_appraisal_cycle_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['account.id'], name=op.f('fk_appraisal_decided_by_id')),
    sa.ForeignKeyConstraint(['framework_version_id'], ['framework_version.id'], name=op.f('fk_appraisal_framework_version_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['employee.id'], name=op.f('fk_appraisal_lead_id')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['employee.id'], name=op.f('fk_appraisal_reviewer_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_appraisal_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal')),
    sa.UniqueConstraint('cycle_id', 'subject_id', name=op.f('uq_appraisal_cycle_id_subject_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_appraisal_public_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_appraisal_cycle_id'), 'appraisal', ['cycle_id'], unique=False)
    op.create_index(op.f('ix_appraisal_framework_version_id'), 'appraisal', ['framework_version_id'], unique=False)
    op.create_index(op.f('ix_appraisal_lead_id'), 'appraisal', ['lead_id'], unique=False)
    op.create_index(op.f('ix_appraisal_reviewer_id'), 'appraisal', ['reviewer_id'], unique=False)
    op.create_index(op.f('ix_appraisal_subject_id'), 'appraisal', ['subject_id'], unique=False)
    op.create_index('uq_appraisal_one_unfinished', 'appraisal', ['subject_id', 'framework_version_id'], unique=True, sqlite_where=sa.text("state IN ('planned', 'open', 'submitted', 'in_review')"), postgresql_where=sa.text("state IN ('planned', 'open', 'submitted', 'in_review')"))
    op.create_table('appraisal_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('action', sa.Enum('open', 'submit', 'pass', 'take', 'return', 'approve', 'release', 'acknowledge', 'lapse', 'cancel', name='action', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source', sa.Enum('planned', 'open', 'submitted', 'in_review', 'approved', 'released', 'contested', 'closed', 'suspended', 'cancelled', name='source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target', sa.Enum('planned', 'open', 'submitted', 'in_review', 'approved', 'released', 'contested', 'closed', 'suspended', 'cancelled', name='target', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('taken_at', types.Utc(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_appraisal_step_actor_id')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_appraisal_step_appraisal_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_appraisal_step_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal_step')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_appraisal_step_appraisal_id'), 'appraisal_step', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_appraisal_step_subject_id'), 'appraisal_step', ['subject_id'], unique=False)
    op.create_table('assessor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('self', 'lead', 'second', 'peer', 'review', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('submitted_at', types.Utc(), nullable=True),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_assessor_appraisal_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_assessor_employee_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_assessor_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessor')),
    sa.UniqueConstraint('appraisal_id', 'round', 'kind', 'employee_id', name=op.f('uq_assessor_appraisal_id_round_kind_employee_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_assessor_appraisal_id'), 'assessor', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_assessor_employee_id'), 'assessor', ['employee_id'], unique=False)
    op.create_index(op.f('ix_assessor_subject_id'), 'assessor', ['subject_id'], unique=False)
    op.create_index('uq_assessor_one_lead', 'assessor', ['appraisal_id', 'round'], unique=True, sqlite_where=sa.text("kind = 'lead'"), postgresql_where=sa.text("kind = 'lead'"))
    op.create_table('earlier_lead',
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('handed_over_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_earlier_lead_appraisal_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_earlier_lead_employee_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_earlier_lead_subject_id')),
    sa.PrimaryKeyConstraint('appraisal_id', 'employee_id', name=op.f('pk_earlier_lead'))
    )
    op.create_index(op.f('ix_earlier_lead_employee_id'), 'earlier_lead', ['employee_id'], unique=False)
    op.create_index(op.f('ix_earlier_lead_subject_id'), 'earlier_lead', ['subject_id'], unique=False)
    op.create_table('development_plan',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_development_plan_appraisal_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_development_plan_made_by_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_development_plan_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_development_plan')),
    sa.UniqueConstraint('appraisal_id', name=op.f('uq_development_plan_appraisal_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_development_plan_public_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_development_plan_subject_id'), 'development_plan', ['subject_id'], unique=False)
    op.create_table('frozen_evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criterion_id', sa.String(length=120), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('frozen_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_frozen_evidence_appraisal_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_frozen_evidence_evidence_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_frozen_evidence_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_frozen_evidence')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'criterion_id', 'evidence_id', name=op.f('uq_frozen_evidence_appraisal_id_round_turn_criterion_id_evidence_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_frozen_evidence_appraisal_id'), 'frozen_evidence', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_frozen_evidence_evidence_id'), 'frozen_evidence', ['evidence_id'], unique=False)
    op.create_index(op.f('ix_frozen_evidence_subject_id'), 'frozen_evidence', ['subject_id'], unique=False)
    op.create_table('outcome',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('result', sa.String(length=32), nullable=True),
    sa.Column('tree', types.CanonicalJson(), nullable=False),
    sa.Column('decided_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_outcome_appraisal_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_outcome_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', name=op.f('uq_outcome_appraisal_id_round_turn')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_outcome_appraisal_id'), 'outcome', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_outcome_subject_id'), 'outcome', ['subject_id'], unique=False)
    op.create_table('register_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('issuer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('check_code', sa.String(length=11), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('issuing', 'active', 'suspended', 'revoked', 'superseded', 'expired', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('facts', types.CanonicalJson(), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
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
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_register_entry_appraisal_id'), 'register_entry', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_register_entry_subject_id'), 'register_entry', ['subject_id'], unique=False)
    op.create_index('uq_register_entry_current', 'register_entry', ['appraisal_id'], unique=True, sqlite_where=sa.text("state IN ('issuing', 'active', 'suspended')"), postgresql_where=sa.text("state IN ('issuing', 'active', 'suspended')"))
    op.create_table('draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criterion_id', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('excused', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', types.Utc(), nullable=False),
    sa.CheckConstraint('NOT excused OR level IS NULL', name=op.f('ck_draft_excused_without_level')),
    sa.ForeignKeyConstraint(['assessor_id'], ['assessor.id'], name=op.f('fk_draft_assessor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_draft_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
    sa.UniqueConstraint('assessor_id', 'criterion_id', name=op.f('uq_draft_assessor_id_criterion_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_draft_assessor_id'), 'draft', ['assessor_id'], unique=False)
    op.create_index(op.f('ix_draft_subject_id'), 'draft', ['subject_id'], unique=False)
    op.create_table('issued_document',
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('stored_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_issued_document_entry_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_issued_document_subject_id')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_issued_document')),
    sa.UniqueConstraint('sha256', name=op.f('uq_issued_document_sha256')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_issued_document_subject_id'), 'issued_document', ['subject_id'], unique=False)
    op.create_table('judgement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appraisal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('assessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('employee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('self', 'lead', 'second', 'peer', 'review', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('criterion_id', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('excused', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('judged_at', types.Utc(), nullable=False),
    sa.CheckConstraint('excused = (level IS NULL)', name=op.f('ck_judgement_level_or_excused')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_judgement_appraisal_id')),
    sa.ForeignKeyConstraint(['assessor_id'], ['assessor.id'], name=op.f('fk_judgement_assessor_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_judgement_employee_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_judgement_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgement')),
    sa.UniqueConstraint('appraisal_id', 'round', 'turn', 'assessor_id', 'criterion_id', name=op.f('uq_judgement_appraisal_id_round_turn_assessor_id_criterion_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_judgement_appraisal_id'), 'judgement', ['appraisal_id'], unique=False)
    op.create_index(op.f('ix_judgement_assessor_id'), 'judgement', ['assessor_id'], unique=False)
    op.create_index(op.f('ix_judgement_employee_id'), 'judgement', ['employee_id'], unique=False)
    op.create_index(op.f('ix_judgement_subject_id'), 'judgement', ['subject_id'], unique=False)
    op.create_table('plan_action',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(length=20), nullable=False),
    sa.Column('plan_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criteria', types.CanonicalJson(), nullable=False),
    sa.Column('kind', sa.Enum('on_the_job', 'coaching', 'course', 'reading', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('open', 'done', 'dropped', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', types.Utc(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['employee.id'], name=op.f('fk_plan_action_owner_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['development_plan.id'], name=op.f('fk_plan_action_plan_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['employee.id'], name=op.f('fk_plan_action_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_action')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_action_public_id')),
    info={'subject_column': 'subject_id'}
    )
    op.create_index(op.f('ix_plan_action_owner_id'), 'plan_action', ['owner_id'], unique=False)
    op.create_index(op.f('ix_plan_action_plan_id'), 'plan_action', ['plan_id'], unique=False)
    op.create_index(op.f('ix_plan_action_subject_id'), 'plan_action', ['subject_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_plan_action_subject_id'), table_name='plan_action')
    op.drop_index(op.f('ix_plan_action_plan_id'), table_name='plan_action')
    op.drop_index(op.f('ix_plan_action_owner_id'), table_name='plan_action')
    op.drop_table('plan_action')
    op.drop_index(op.f('ix_judgement_subject_id'), table_name='judgement')
    op.drop_index(op.f('ix_judgement_assessor_id'), table_name='judgement')
    op.drop_index(op.f('ix_judgement_employee_id'), table_name='judgement')
    op.drop_index(op.f('ix_judgement_appraisal_id'), table_name='judgement')
    op.drop_table('judgement')
    op.drop_index(op.f('ix_issued_document_subject_id'), table_name='issued_document')
    op.drop_table('issued_document')
    op.drop_index(op.f('ix_draft_subject_id'), table_name='draft')
    op.drop_index(op.f('ix_draft_assessor_id'), table_name='draft')
    op.drop_table('draft')
    op.drop_index('uq_register_entry_current', table_name='register_entry', sqlite_where=sa.text("state IN ('issuing', 'active', 'suspended')"), postgresql_where=sa.text("state IN ('issuing', 'active', 'suspended')"))
    op.drop_index(op.f('ix_register_entry_subject_id'), table_name='register_entry')
    op.drop_index(op.f('ix_register_entry_appraisal_id'), table_name='register_entry')
    op.drop_table('register_entry')
    op.drop_index(op.f('ix_outcome_subject_id'), table_name='outcome')
    op.drop_index(op.f('ix_outcome_appraisal_id'), table_name='outcome')
    op.drop_table('outcome')
    op.drop_index(op.f('ix_frozen_evidence_subject_id'), table_name='frozen_evidence')
    op.drop_index(op.f('ix_frozen_evidence_evidence_id'), table_name='frozen_evidence')
    op.drop_index(op.f('ix_frozen_evidence_appraisal_id'), table_name='frozen_evidence')
    op.drop_table('frozen_evidence')
    op.drop_index(op.f('ix_earlier_lead_subject_id'), table_name='earlier_lead')
    op.drop_index(op.f('ix_earlier_lead_employee_id'), table_name='earlier_lead')
    op.drop_table('earlier_lead')
    op.drop_index(op.f('ix_development_plan_subject_id'), table_name='development_plan')
    op.drop_table('development_plan')
    op.drop_index('uq_assessor_one_lead', table_name='assessor', sqlite_where=sa.text("kind = 'lead'"), postgresql_where=sa.text("kind = 'lead'"))
    op.drop_index(op.f('ix_assessor_subject_id'), table_name='assessor')
    op.drop_index(op.f('ix_assessor_employee_id'), table_name='assessor')
    op.drop_index(op.f('ix_assessor_appraisal_id'), table_name='assessor')
    op.drop_table('assessor')
    op.drop_index(op.f('ix_appraisal_step_subject_id'), table_name='appraisal_step')
    op.drop_index(op.f('ix_appraisal_step_appraisal_id'), table_name='appraisal_step')
    op.drop_table('appraisal_step')
    op.drop_index('uq_appraisal_one_unfinished', table_name='appraisal', sqlite_where=sa.text("state IN ('planned', 'open', 'submitted', 'in_review')"), postgresql_where=sa.text("state IN ('planned', 'open', 'submitted', 'in_review')"))
    op.drop_index(op.f('ix_appraisal_subject_id'), table_name='appraisal')
    op.drop_index(op.f('ix_appraisal_reviewer_id'), table_name='appraisal')
    op.drop_index(op.f('ix_appraisal_lead_id'), table_name='appraisal')
    op.drop_index(op.f('ix_appraisal_framework_version_id'), table_name='appraisal')
    op.drop_index(op.f('ix_appraisal_cycle_id'), table_name='appraisal')
    op.drop_table('appraisal')
    op.drop_index(op.f('ix_cycle_framework_version_id'), table_name='cycle')
    op.drop_table('cycle')
    op.drop_index(op.f('ix_sign_in_session_account_id'), table_name='sign_in_session')
    op.drop_table('sign_in_session')
    op.drop_index('uq_role_grant_current', table_name='role_grant', sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.drop_index(op.f('ix_role_grant_account_id'), table_name='role_grant')
    op.drop_table('role_grant')
    op.drop_index(op.f('ix_placement_team_id'), table_name='placement')
    op.drop_index(op.f('ix_placement_site_id'), table_name='placement')
    op.drop_index(op.f('ix_placement_employee_id'), table_name='placement')
    op.drop_table('placement')
    op.drop_index(op.f('ix_invitation_account_id'), table_name='invitation')
    op.drop_table('invitation')
    op.drop_table('reading_confirmation')
    op.drop_index('ix_catalogue_file_translations', table_name='catalogue_file')
    op.drop_index('uq_catalogue_file_version', table_name='catalogue_file', sqlite_where=sa.text('of_kind IS NULL'), postgresql_where=sa.text('of_kind IS NULL'))
    op.drop_table('catalogue_file')
    op.drop_table('framework_version')
    op.drop_index(op.f('ix_evidence_link_subject_id'), table_name='evidence_link')
    op.drop_table('evidence_link')
    op.drop_table('erasure_request')
    op.drop_table('erasure')
    op.drop_index(op.f('ix_team_site_id'), table_name='team')
    op.drop_table('team')
    op.drop_index(op.f('ix_reporting_line_supervisor_id'), table_name='reporting_line')
    op.drop_index(op.f('ix_reporting_line_employee_id'), table_name='reporting_line')
    op.drop_table('reporting_line')
    op.drop_index(op.f('ix_position_assignment_position_id'), table_name='position_assignment')
    op.drop_index(op.f('ix_position_assignment_employee_id'), table_name='position_assignment')
    op.drop_table('position_assignment')
    op.drop_index(op.f('ix_evidence_subject_id'), table_name='evidence')
    op.drop_index(op.f('ix_evidence_file_sha256'), table_name='evidence')
    op.drop_table('evidence')
    op.drop_table('counter')
    op.drop_index(op.f('ix_campaign_assignment_employee_id'), table_name='campaign_assignment')
    op.drop_index(op.f('ix_campaign_assignment_campaign_id'), table_name='campaign_assignment')
    op.drop_table('campaign_assignment')
    op.drop_table('account')
    op.drop_index(op.f('ix_access_log_read_at'), table_name='access_log')
    op.drop_index(op.f('ix_access_log_employee_id'), table_name='access_log')
    op.drop_table('access_log')
    op.drop_index(op.f('ix_site_employer_id'), table_name='site')
    op.drop_table('site')
    op.drop_table('issuer')
    op.drop_index(op.f('ix_employee_sort_key'), table_name='employee')
    op.drop_index(op.f('ix_employee_employer_id'), table_name='employee')
    op.drop_table('employee')
    op.drop_index(op.f('ix_campaign_employer_id'), table_name='campaign')
    op.drop_table('campaign')
    op.drop_index(op.f('ix_employer_organisation_id'), table_name='employer')
    op.drop_table('employer')
    op.drop_table('stored_file')
    op.drop_table('sign_in_throttle')
    op.drop_table('position')
    op.drop_table('organisation')
    op.drop_table('audit_tail')
    op.drop_index(op.f('ix_audit_event_subject'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_actor'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_action'), table_name='audit_event')
    op.drop_table('audit_event')
