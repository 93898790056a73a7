-- How things end: tokens that their provider is still to be told of, the end of a connection that no renewal puts
-- off, and connect sessions that may be forgotten.

-- Tokens of connections that were deleted or disconnected. The sealed values are copies: each opens as what it was.
create table revocations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  -- No foreign key: the connection, its app and its environment may be gone.
  connection_id uuid not null,
  connector text not null,
  method text not null,
  account_id text,
  fields jsonb not null,
  -- The credential in this version; or the answer of a token call that was not applied, by its journal entry.
  credential_version integer,
  credential_sealed bytea,
  answer_id uuid,
  answer_sealed bytea,
  -- The app that the tokens were made with; app_id null: the operator's.
  app_id uuid,
  app_client_id text,
  app_version integer,
  app_sealed bytea,
  -- The action that gave them up.
  cause text not null,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  lease_token uuid,
  lease_expires_at timestamptz,
  created_at timestamptz not null default now(),
  check ((credential_sealed is null) <> (answer_sealed is null))
);
create index revocations_due on revocations (due_at);
create index revocations_by_organization on revocations (organization_id, id);

alter table revocations enable row level security;
alter table revocations force row level security;
create policy tenant on revocations to tenon_app
  using (organization_id = (select tenon_organization())) with check (organization_id = (select tenon_organization()));
grant select, insert, update, delete on revocations to tenon_app;

grant select (id, organization_id, due_at, lease_expires_at) on revocations to tenon_system;
create policy system on revocations to tenon_system using (true);

-- When it ends however often it is renewed; null: never. reconnect_by also counts what only idleness would end.
alter table connections add column ends_at timestamptz;
-- Until their next renewal, as it was. An owner that is no superuser sees no rows while row-level security is forced.
alter table connections no force row level security;
update connections set ends_at = reconnect_by where reconnect_by is not null;
alter table connections force row level security;

grant delete on connect_sessions to tenon_system;
create index connect_sessions_by_age on connect_sessions (expires_at);
