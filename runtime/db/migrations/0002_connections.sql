-- Connectors, connections and their credentials, OAuth, connect sessions, webhooks.

-- Connectors of an organization. Built-in ones are code; both are named by slug.
create table connectors (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  slug text not null,
  current_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, id)
);

-- Immutable: a change of a connector is a new version.
create table connector_versions (
  id uuid primary key,
  organization_id uuid not null,
  connector_id uuid not null,
  number integer not null,
  definition jsonb not null,
  hash text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, connector_id, number),
  foreign key (organization_id, connector_id) references connectors (organization_id, id) on delete cascade
);

-- Own templates of credentials; the catalogue's are code.
create table credential_types (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  slug text not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

-- The client that an organization registered with a provider. environment_id null: for all environments.
-- credential_sealed: JSON with clientSecret, or privateKey (PKCS #8 PEM) and keyId, or certificate and key.
create table oauth_apps (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  environment_id uuid,
  connector text not null,
  name text not null,
  client_id text not null,
  credential_sealed bytea,
  -- Which of its secrets are set, by name.
  secret_fields text[] not null default '{}',
  version integer not null default 1,
  scopes text[],
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (organization_id, environment_id, connector),
  unique (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade
);

-- What the world sees of a connection. Its credential is in a table of its own.
create table connections (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  connector text not null,
  method text not null,
  name text not null,
  description text not null default '',
  owner text not null check (owner in ('organization', 'customer', 'user')),
  customer_id uuid,
  customer_user text,
  status text not null default 'unverified'
    check (status in ('unverified', 'healthy', 'degraded', 'reauthorize', 'app_misconfigured', 'provider_down', 'disconnected')),
  -- Why it is not healthy: {code, message, at}; the provider's own words are cut and redacted.
  problem jsonb,
  -- Plain connection fields, such as a subdomain. Never a secret.
  fields jsonb not null default '{}',
  -- The names of the secret fields that are set; their values are in `credentials`.
  secret_fields text[] not null default '{}',
  account_id text,
  account_name text,
  scopes text[] not null default '{}',
  tags text[] not null default '{}',
  metadata jsonb not null default '{}',
  -- The last verification: {ok, status, latencyMs, reason, at}.
  verification jsonb,
  expires_at timestamptz,
  reconnect_by timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((owner = 'organization') = (customer_id is null)),
  check ((owner = 'user') = (customer_user is not null)),
  unique (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade,
  foreign key (organization_id, customer_id) references customers (organization_id, id) on delete cascade
);
create index connections_newest on connections (organization_id, environment_id, id desc);
create index connections_resolve on connections (organization_id, environment_id, connector, customer_id);
create index connections_by_customer on connections (organization_id, customer_id) where customer_id is not null;
create index connections_unhealthy on connections (organization_id, id desc)
  where status in ('degraded', 'reauthorize', 'app_misconfigured', 'provider_down');

-- Credentials only, so that nothing but the holder of a lease ever writes this row.
-- Every write of data_sealed counts version up and names the version that it replaces.
create table credentials (
  connection_id uuid primary key,
  organization_id uuid not null,
  connector text not null,
  oauth_app_id uuid,
  version integer not null default 1,
  data_sealed bytea not null,
  -- The earliest end of its access tokens; null: it does not end.
  expires_at timestamptz,
  -- When the background looks at it next; null: never.
  due_at timestamptz,
  lease_token uuid,
  lease_expires_at timestamptz,
  failures integer not null default 0,
  refreshed_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, connection_id),
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade,
  foreign key (organization_id, oauth_app_id) references oauth_apps (organization_id, id)
);
-- The one query of a tick.
create index credentials_due on credentials (due_at) where due_at is not null;
create index credentials_by_app on credentials (organization_id, oauth_app_id) where oauth_app_id is not null;

-- What was asked of a token endpoint, written before it was asked; the answer, before anything else is done with it.
create table refresh_journal (
  id uuid primary key,
  organization_id uuid not null,
  connection_id uuid not null,
  credential_version integer not null,
  state text not null default 'intent' check (state in ('intent', 'answered', 'applied', 'failed', 'abandoned')),
  reason text not null,
  answer_sealed bytea,
  outcome text,
  created_at timestamptz not null default now(),
  answered_at timestamptz,
  finished_at timestamptz,
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade
);
create index refresh_journal_by_connection on refresh_journal (organization_id, connection_id, id desc);
create index refresh_journal_open on refresh_journal (organization_id, connection_id)
  where state in ('intent', 'answered');
create index refresh_journal_finished on refresh_journal (finished_at) where finished_at is not null;

-- Per connector and OAuth app: the circuit breaker and the pace of token calls. app: the app's id, or '' without one.
create table provider_states (
  organization_id uuid not null references organizations on delete cascade,
  connector text not null,
  app text not null,
  breaker text not null default 'closed' check (breaker in ('closed', 'open', 'half_open')),
  -- Why it opened.
  cause text check (cause in ('invalid_client', 'provider_down')),
  -- Calls in a row that brought no answer, and how often the breaker opened without a success in between.
  failures integer not null default 0,
  openings integer not null default 0,
  -- Open: when one probe may go. Half open: until when the probe is waited for.
  retry_at timestamptz,
  recovered_at timestamptz,
  -- The pace: the moment up to which calls are booked, and when the background may book the next one.
  booked_until timestamptz,
  bookable_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organization_id, connector, app)
);

-- One trouble of a connector, not one per connection.
create table incidents (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  connector text not null,
  app text not null,
  kind text not null check (kind in ('invalid_client', 'provider_down')),
  message text not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
create unique index incidents_open on incidents (organization_id, connector, app, kind) where closed_at is null;
create index incidents_newest on incidents (organization_id, id desc);

-- An authorization under way: single use, bound to who began it. draft_sealed: the PKCE verifier and what will be made.
create table oauth_states (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  hash bytea not null unique,
  connector text not null,
  connect_session_id uuid,
  connection_id uuid,
  draft_sealed bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- What became of it, for the page that waits: {ok, connection} or {ok, code, message}. Null: nothing yet.
  outcome jsonb
);
create index oauth_states_by_age on oauth_states (expires_at);

-- What a server allows one customer to connect, for a short time. The token is shown once and stored as its hash.
create table connect_sessions (
  id uuid primary key,
  organization_id uuid not null,
  environment_id uuid not null,
  customer_id uuid not null,
  customer_user text,
  kind text not null check (kind in ('session', 'link')),
  token_hash bytea not null unique,
  -- The hash of what the page got in exchange for the token; null: the token was not used yet.
  page_hash bytea unique,
  connectors text[] not null,
  -- Reconnect exactly this connection.
  connection_id uuid,
  allowed_origins text[] not null default '{}',
  redirect_url text,
  metadata jsonb not null default '{}',
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  opened_at timestamptz,
  revoked_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete cascade,
  foreign key (organization_id, customer_id) references customers (organization_id, id) on delete cascade,
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade
);
create index connect_sessions_newest on connect_sessions (organization_id, id desc);
create index connect_sessions_by_customer on connect_sessions (organization_id, customer_id);

alter table oauth_states
  add foreign key (organization_id, connect_session_id) references connect_sessions (organization_id, id) on delete cascade,
  add foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade;
create index oauth_states_by_session on oauth_states (organization_id, connect_session_id) where connect_session_id is not null;
create index oauth_states_by_connection on oauth_states (organization_id, connection_id) where connection_id is not null;
create index connect_sessions_by_connection on connect_sessions (organization_id, connection_id) where connection_id is not null;

-- Who wants to hear of events. Signed by Standard Webhooks.
create table webhook_endpoints (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  url text not null,
  description text not null default '',
  -- Event types, or '*'.
  events text[] not null,
  secret_sealed bytea not null,
  version integer not null default 1,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id)
);
create index webhook_endpoints_by_organization on webhook_endpoints (organization_id, id desc);

-- The outbox: written in the transaction of what happened.
create table events (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  type text not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  unique (organization_id, id)
);
create index events_newest on events (organization_id, id desc);
create index events_by_age on events (created_at);

create table webhook_deliveries (
  id uuid primary key,
  organization_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  lease_token uuid,
  lease_expires_at timestamptz,
  -- The last try: {status, reason, latencyMs, at}.
  last_try jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (organization_id, endpoint_id, event_id),
  foreign key (organization_id, endpoint_id) references webhook_endpoints (organization_id, id) on delete cascade,
  foreign key (organization_id, event_id) references events (organization_id, id) on delete cascade
);
create index webhook_deliveries_due on webhook_deliveries (due_at) where status = 'pending';
create index webhook_deliveries_by_endpoint on webhook_deliveries (organization_id, endpoint_id, id desc);
create index webhook_deliveries_by_event on webhook_deliveries (organization_id, event_id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'connectors', 'connector_versions', 'credential_types', 'oauth_apps', 'connections', 'credentials',
    'refresh_journal', 'provider_states', 'incidents', 'oauth_states', 'connect_sessions', 'webhook_endpoints',
    'events', 'webhook_deliveries'
  ]
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
revoke update on connector_versions, events from tenon_app;

-- The system door: what is due (claimed by a short lease), whose token this is, and what may be forgotten.
grant select (organization_id, connection_id, connector, oauth_app_id, version, due_at, expires_at, lease_token, lease_expires_at),
  update (lease_token, lease_expires_at) on credentials to tenon_system;
create policy system on credentials to tenon_system using (true);

grant select (id, organization_id, connection_id, state, created_at, finished_at), delete on refresh_journal to tenon_system;
create policy system on refresh_journal to tenon_system using (true);

grant select (id, organization_id, hash, expires_at, used_at), delete on oauth_states to tenon_system;
create policy system on oauth_states to tenon_system using (true);

grant select (id, organization_id, token_hash, page_hash, expires_at, revoked_at) on connect_sessions to tenon_system;
create policy system on connect_sessions to tenon_system using (true);

grant select (id, organization_id, endpoint_id, status, due_at, lease_expires_at) on webhook_deliveries to tenon_system;
create policy system on webhook_deliveries to tenon_system using (true);

grant select (id, organization_id, created_at), delete on events to tenon_system;
create policy system on events to tenon_system using (true);

grant select (organization_id, connector, app, breaker, retry_at, bookable_at) on provider_states to tenon_system;
create policy system on provider_states to tenon_system using (true);

-- Runs act too: whose connection was used is audited under the run. People of a customer act by a connect session.
alter table audit_events drop constraint audit_events_actor_type_check;
alter table audit_events add constraint audit_events_actor_type_check
  check (actor_type in ('api_key', 'run', 'system', 'connect_session'));
