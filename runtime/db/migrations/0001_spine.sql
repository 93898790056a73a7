-- The spine: who owns what, what runs, and what happened. Every tenant table carries organization_id,
-- forces row-level security and has the policy `tenant`; the role tenon_system sees only what its own
-- grants and policies name (key lookup, sweeps, key rotation).

create function tenon_organization() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('tenon.organization_id', true), '')::uuid $$;

create table organizations (
  organization_id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

-- Data keys, wrapped by the master key named in master_key_id. Deleting an organization's rows shreds its values.
create table organization_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  master_key_id text not null,
  wrapped bytea not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create unique index organization_keys_active on organization_keys (organization_id) where active;
create index organization_keys_by_master on organization_keys (master_key_id);

create table environments (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  slug text not null,
  name text not null,
  production boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, id)
);

create table customers (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  slug text not null,
  name text not null,
  external_id text,
  status text not null default 'active' check (status in ('active', 'suspended')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, external_id),
  unique (organization_id, id)
);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  kind text not null check (kind in ('test', 'live')),
  preview text not null,
  hash bytea not null unique,
  scopes text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, id)
);
create index api_keys_by_organization on api_keys (organization_id, id desc);

create table variables (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  name text not null,
  value text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, environment_id, name),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade
);

-- hosts: where the value may travel, as the egress layer reads them. customer_id null: the environment's own.
create table secrets (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  customer_id uuid,
  name text not null,
  value_sealed bytea not null,
  version integer not null default 1,
  hosts text[] not null default '{}',
  reveal boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (organization_id, environment_id, customer_id, name),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade,
  foreign key (organization_id, customer_id) references customers (organization_id, id) on delete cascade
);
create index secrets_by_customer on secrets (organization_id, customer_id) where customer_id is not null;

create table workflows (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  slug text not null,
  name text not null,
  description text not null default '',
  status text not null default 'active' check (status in ('active', 'inactive')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, id)
);

-- Built code, by the hash of its content. Immutable: the application role may not update it.
create table bundles (
  organization_id uuid not null references organizations on delete cascade,
  hash text not null,
  code text not null,
  source_map text,
  source text,
  created_at timestamptz not null default now(),
  primary key (organization_id, hash)
);

-- A bundle on its way to becoming a version: the worker tries it in a sandbox and accepts or rejects it.
create table publications (
  id uuid primary key,
  organization_id uuid not null,
  workflow_id uuid not null,
  bundle_hash text not null,
  status text not null default 'pending' check (status in ('pending', 'accepted', 'rejected')),
  error jsonb,
  version_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade,
  foreign key (organization_id, bundle_hash) references bundles (organization_id, hash) on delete cascade
);
create index publications_by_workflow on publications (organization_id, workflow_id);
create index publications_pending on publications (created_at) where status = 'pending';

create table versions (
  id uuid primary key,
  organization_id uuid not null,
  workflow_id uuid not null,
  number integer not null,
  bundle_hash text not null,
  manifest jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, workflow_id, number),
  unique (organization_id, workflow_id, bundle_hash),
  unique (organization_id, id),
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade,
  foreign key (organization_id, bundle_hash) references bundles (organization_id, hash)
);

create table deployments (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  workflow_id uuid not null,
  version_id uuid not null,
  live boolean not null default true,
  created_by uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade,
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade,
  foreign key (organization_id, version_id) references versions (organization_id, id)
);
create unique index deployments_live on deployments (organization_id, environment_id, workflow_id) where live;
create index deployments_by_workflow on deployments (organization_id, workflow_id, id desc);

create table runs (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  customer_id uuid,
  workflow_id uuid not null,
  version_id uuid not null,
  tier text not null check (tier in ('instant', 'standard', 'long')),
  status text not null default 'queued'
    check (status in ('queued', 'running', 'completed', 'failed', 'timeout', 'cancelled')),
  trigger text not null,
  triggered_by uuid,
  input_sealed bytea not null,
  headers_sealed bytea,
  result_sealed bytea,
  error jsonb,
  attempt integer not null default 0,
  max_attempts integer not null,
  lost_attempts integer not null default 0,
  idempotency_key text,
  request_hash text,
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  lease_token uuid,
  lease_expires_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade,
  foreign key (organization_id, customer_id) references customers (organization_id, id) on delete cascade,
  foreign key (organization_id, workflow_id) references workflows (organization_id, id) on delete cascade,
  foreign key (organization_id, version_id) references versions (organization_id, id)
);
create unique index runs_idempotency on runs (organization_id, environment_id, workflow_id, idempotency_key)
  where idempotency_key is not null;
create index runs_newest on runs (organization_id, id desc);
create index runs_by_workflow on runs (organization_id, workflow_id, id desc);
-- Small partial indexes: only live runs are in them, whatever the history.
create index runs_queued on runs (due_at) where status = 'queued';
create index runs_leased on runs (lease_expires_at) where status = 'running';

-- The legal moves of a run: queued and running are live, the others are final. The last guard, below the code.
create function tenon_check_run_move() returns trigger
  language plpgsql
  as $$
begin
  if (old.status = 'queued' and new.status in ('running', 'cancelled', 'failed'))
    or (old.status = 'running' and new.status in ('completed', 'failed', 'timeout', 'cancelled', 'queued'))
  then
    return new;
  end if;
  raise exception 'a run may not move from % to %', old.status, new.status using errcode = 'check_violation';
end
$$;
create trigger runs_move before update of status on runs
  for each row when (old.status is distinct from new.status) execute function tenon_check_run_move();

create table attempts (
  organization_id uuid not null,
  run_id uuid not null,
  number integer not null,
  status text not null default 'running' check (status in ('running', 'completed', 'failed', 'timeout', 'cancelled', 'lost')),
  worker text not null,
  error jsonb,
  cpu_ms double precision,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, run_id, number),
  foreign key (organization_id, run_id) references runs (organization_id, id) on delete cascade
);

create table steps (
  organization_id uuid not null,
  run_id uuid not null,
  position integer not null,
  attempt integer not null,
  name text not null,
  occurrence integer not null default 1,
  status text not null check (status in ('completed', 'failed')),
  value_sealed bytea,
  error jsonb,
  started_at timestamptz not null,
  finished_at timestamptz not null default now(),
  primary key (organization_id, run_id, position),
  unique (organization_id, run_id, name, occurrence),
  foreign key (organization_id, run_id) references runs (organization_id, id) on delete cascade
);

create table run_logs (
  organization_id uuid not null,
  run_id uuid not null,
  attempt integer not null,
  line integer not null,
  at timestamptz not null,
  level text not null check (level in ('debug', 'info', 'warn', 'error')),
  message text not null,
  data jsonb,
  primary key (organization_id, run_id, attempt, line),
  foreign key (organization_id, run_id) references runs (organization_id, id) on delete cascade
);

create table idempotency_keys (
  organization_id uuid not null references organizations on delete cascade,
  route text not null,
  key text not null,
  request_hash text not null,
  resource_id uuid,
  created_at timestamptz not null default now(),
  primary key (organization_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

create table audit_events (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  at timestamptz not null default now(),
  actor_type text not null check (actor_type in ('api_key', 'run', 'system')),
  actor_id uuid,
  action text not null,
  resource_type text not null,
  resource_id text,
  outcome text not null check (outcome in ('success', 'denied', 'failed')),
  source_address text,
  request_id text,
  details jsonb not null default '{}'
);
create index audit_events_newest on audit_events (organization_id, id desc);

do $$
declare
  tenant_table text;
begin
  for tenant_table in
    select c.relname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format(
      'create policy tenant on %I to tenon_app using (organization_id = (select tenon_organization())) with check (organization_id = (select tenon_organization()))',
      tenant_table
    );
    execute format('grant select, insert, update, delete on %I to tenon_app', tenant_table);
  end loop;
end
$$;

-- What is written once stays as written.
revoke update on bundles, versions from tenon_app;
revoke update, delete on audit_events from tenon_app;

grant usage on schema public to tenon_app, tenon_system;

-- The system door: key lookup, sweeps and rotation, with exactly the columns that they need.
grant select (organization_id, name) on organizations to tenon_system;
create policy system on organizations to tenon_system using (true);

grant select (id, organization_id, kind, hash, scopes, expires_at, revoked_at, last_used_at) on api_keys to tenon_system;
grant update (last_used_at) on api_keys to tenon_system;
create policy system on api_keys to tenon_system using (true);

grant select (id, organization_id, tier, status, attempt, due_at, lease_token, lease_expires_at, cancel_requested_at) on runs to tenon_system;
grant update (lease_expires_at) on runs to tenon_system;
create policy system on runs to tenon_system using (true);

grant select (id, organization_id, status, created_at) on publications to tenon_system;
create policy system on publications to tenon_system using (true);

grant select, update (master_key_id, wrapped) on organization_keys to tenon_system;
create policy system on organization_keys to tenon_system using (true);

grant select, delete on idempotency_keys to tenon_system;
create policy system on idempotency_keys to tenon_system using (true);
