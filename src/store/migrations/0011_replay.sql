-- compatible
-- What deciding again needs: in which order everything was decided, what each row caused, and the policies of before.

-- How many turns were taken; raised by each, while it has the turn.
alter table installation add column turns bigint not null default 0;

-- The turn that decided the row. Within one turn rows are decided by priority, then id. Null: decided by a release that
-- did not count.
alter table inbox add column turn bigint;
create index journal_cause on journal (cause);

-- The archive as well.
alter table inbox_archive add column turn bigint;
create index inbox_archive_key on inbox_archive (source, key);
create index journal_archive_cause on journal_archive (cause);
create or replace view inbox_all as
  select id, source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome, turn
  from inbox
  union all
  select id, source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome, turn
  from inbox_archive;

-- Every policy that anything was decided under, by its digest.
create table policy_version (
  digest text primary key,
  -- As in the configuration, defaults filled in.
  policy json not null,
  first_used_at timestamptz not null
);

-- What was decided again with effect, and what was undone.
create table replay_run (
  id text primary key,
  kind text not null check (kind in ('replay', 'undo')),
  -- What was asked for: the selection, or the run that was undone.
  selection json not null,
  asked_by text not null,
  at timestamptz not null,
  policy text not null,
  -- Of the preview that was confirmed.
  token text not null,
  rows int not null,
  -- What the preview said it would do.
  preview json not null,
  -- The run that undid this one.
  undone_by text references replay_run (id)
);
create index replay_run_recent on replay_run (at desc, id);
create unique index replay_run_undone on replay_run ((selection ->> 'undo')) where kind = 'undo';
