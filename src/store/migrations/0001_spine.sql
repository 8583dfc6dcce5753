-- The spine: what arrived (inbox), what was decided (journal, stream), what is owed to the outside (outbox), and how
-- far
-- each feed has read (cursor). Times and identifiers are always given by the hub, never by the database.

-- Everything that has to be decided: deliveries from outside, answers to our own calls, notes between streams. A row is
-- for good; `state` says what became of it.
create table inbox (
  id bigint generated always as identity primary key,
  -- Name of the connection, or 'core' for notes between streams.
  source text not null,
  -- Idempotency key: the same delivery has the same key for ever.
  key text not null,
  kind text not null check (kind in ('delivery', 'answer', 'note')),
  -- The vendor's topic; for notes and answers the stream they are for.
  topic text not null,
  -- Deliveries: the exact bytes that arrived. Notes and answers: the command as JSON.
  body bytea not null,
  -- The order (or other stream) it belongs to, once that is known.
  correlation text,
  received_at timestamptz not null,
  state text not null default 'new' check (state in ('new', 'done', 'dead')),
  -- Lower goes first.
  priority smallint not null default 5,
  decided_at timestamptz,
  -- What came of it: events written, or the refusal or failure, in words.
  outcome text,
  constraint inbox_once unique (source, key)
) with (fillfactor = 90);
-- Nothing is compressed while a sender waits: see docs/decisions/0004-group-commit.md.
alter table inbox alter column body set storage external;
create index inbox_new on inbox (priority, id) where state = 'new';
create index inbox_dead on inbox (id) where state = 'dead';
create index inbox_correlation on inbox (correlation, id) where correlation is not null;

-- What happened, for good: one row per event, in the order of its stream.
create table journal (
  stream text not null,
  version int not null check (version > 0),
  type text not null,
  data json not null,
  at timestamptz not null,
  -- The inbox row that was decided.
  cause bigint not null,
  correlation text not null,
  -- Digest of the policy it was decided under.
  policy text not null,
  position bigint generated always as identity,
  primary key (stream, version)
);
create index journal_position on journal (position);
create index journal_correlation on journal (correlation, position);

-- Where each stream stands: the fold of its journal, and what lists show of it. `json`, not `jsonb`: the order of
-- members
-- is part of the value.
create table stream (
  stream text primary key,
  kind text not null,
  version int not null,
  state json not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- What people call it: '#1042'.
  label text not null,
  status text not null,
  -- A person has to look at it.
  attention boolean not null
) with (fillfactor = 70);
create index stream_recent on stream (kind, created_at desc, stream);
create index stream_attention on stream (kind, stream) where attention;
create index stream_status on stream (kind, status, created_at desc);
create index stream_label on stream (kind, label);

-- What is owed to the outside. `due_at` is when it may next be tried; while somebody tries, it is when their lease
-- ends.
create table outbox (
  id bigint generated always as identity primary key,
  -- '<stream>/<version>/<n>': the event that caused it. The idempotency key of the call.
  key text not null,
  stream text not null,
  version int not null,
  connection text not null,
  type text not null,
  ask json not null,
  correlation text not null,
  priority smallint not null,
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  created_at timestamptz not null,
  due_at timestamptz not null,
  -- Counts the leases: whoever finishes must name the attempt it was given.
  attempts int not null default 0,
  owner text,
  first_tried_at timestamptz,
  finished_at timestamptz,
  -- The answer as the connector gave it, or the last fault.
  answer json,
  fault json
) with (fillfactor = 80);
create index outbox_due on outbox (connection, type, due_at) where state = 'open';
create index outbox_line on outbox (stream, connection, id) where state = 'open';
create index outbox_failed on outbox (id) where state = 'failed';
create index outbox_correlation on outbox (correlation, id);

-- How far each feed has read; moved in the transaction that stores what was read.
create table cursor (
  connection text not null,
  feed text not null,
  position json not null,
  read_at timestamptz not null,
  -- When it last had nothing more to read.
  caught_up_at timestamptz,
  primary key (connection, feed)
);

-- What one process did of regular work, so that others do not do it again in the same interval.
create table upkeep (
  connection text not null,
  task text not null,
  due_at timestamptz not null,
  ran_at timestamptz,
  report text,
  primary key (connection, task)
);
