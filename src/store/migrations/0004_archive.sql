-- compatible: what is there stays as it is; these tables are filled by the hubs that know them.
-- What is settled moves from the tables of the spine to these, month by month. The tables the hub works on stay small,
-- bodies are compressed here (see 0004-group-commit.md for why not there), and a month is forgotten by dropping its
-- table. Columns are those of the spine. Partitions are made by src/store/archive.ts.
create table inbox_archive (
  id bigint not null,
  source text not null,
  key text not null,
  kind text not null,
  topic text not null,
  body bytea not null,
  correlation text,
  received_at timestamptz not null,
  state text not null,
  priority smallint not null,
  decided_at timestamptz,
  outcome text
) partition by range (received_at);
create index inbox_archive_id on inbox_archive (id);
create index inbox_archive_correlation on inbox_archive (correlation, id) where correlation is not null;

create table journal_archive (
  stream text not null,
  version int not null,
  type text not null,
  data json not null,
  at timestamptz not null,
  cause bigint not null,
  correlation text not null,
  policy text not null,
  position bigint not null
) partition by range (at);
create index journal_archive_stream on journal_archive (stream, version);
create index journal_archive_correlation on journal_archive (correlation, position);

create table outbox_archive (
  id bigint not null,
  key text not null,
  stream text not null,
  version int not null,
  connection text not null,
  type text not null,
  ask json not null,
  correlation text not null,
  priority smallint not null,
  state text not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  attempts int not null,
  owner text,
  first_tried_at timestamptz,
  finished_at timestamptz,
  answer json,
  fault json
) partition by range (created_at);
create index outbox_archive_correlation on outbox_archive (correlation, id);

-- Whatever is remembered, hot or settled. For people who look; the hub's own work never reads these.
create view inbox_all as
  select id, source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome from inbox
  union all
  select id, source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome
  from inbox_archive;
create view journal_all as
  select stream, version, type, data, at, cause, correlation, policy, position from journal
  union all
  select stream, version, type, data, at, cause, correlation, policy, position from journal_archive;
create view outbox_all as
  select id, key, stream, version, connection, type, ask, correlation, priority, state, created_at, due_at, attempts,
    owner, first_tried_at, finished_at, answer, fault from outbox
  union all
  select id, key, stream, version, connection, type, ask, correlation, priority, state, created_at, due_at, attempts,
    owner, first_tried_at, finished_at, answer, fault from outbox_archive;
