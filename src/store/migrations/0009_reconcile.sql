-- compatible
-- Reconciliation: what each run has read and found, and the findings that people see.

create table reconcile_run (
  id bigint generated always as identity primary key,
  -- '<what>/<where>': 'orders/shopify-main'.
  definition text not null,
  state text not null default 'reading' check (state in ('reading', 'comparing', 'mending', 'done', 'failed')),
  -- Whether keys come sorted from both sides, so that nothing need be kept.
  streamed boolean not null,
  -- Whether it may mend what it finds, as far as policy lets it.
  mends boolean not null,
  -- Orders placed before this are not looked at.
  since timestamptz not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- One process works on it at a time. `fence` counts who took it: who lost the lease cannot go on.
  owner text not null,
  lease_until timestamptz not null,
  fence int not null default 1,
  -- After a fault of one of the sides: not before this.
  due_at timestamptz not null,
  -- How far each side has been read: [{cursor, done, read}, …].
  sides json not null,
  -- Everything up to this key has been compared.
  compared_to text,
  waiting int not null default 0,
  found int not null default 0,
  mended int not null default 0,
  resolved int not null default 0,
  -- In words: what came of it, or why it stands still.
  report text
);
create unique index reconcile_run_one on reconcile_run (definition) where state in ('reading', 'comparing', 'mending');
create index reconcile_run_recent on reconcile_run (definition, id desc);

-- What a run has read, while it compares. Each run has a partition of its own, which is dropped at its end. It is
-- unlogged: a crash of the server empties it, which the run notices, since it has counted, and reads again.
create table reconcile_record (
  run bigint not null,
  side smallint not null,
  -- Sorted by bytes: nobody reads this order, and it is the fastest.
  key text collate "C" not null,
  -- Values of the compared fields, as a JSON list.
  compared text collate "C" not null,
  changed_at timestamptz,
  alone boolean not null,
  also json
) partition by list (run);

create table reconcile_finding (
  id bigint generated always as identity primary key,
  definition text not null,
  kind text not null check (kind in ('missed', 'unexpected', 'duplicate', 'stale', 'mismatched')),
  key text not null,
  -- Of a mismatch: which field. Of a duplicate or something stale: on which side.
  field text not null default '',
  ours text,
  theirs text,
  -- The stream it is about, when there is one.
  stream text,
  cure text not null,
  state text not null default 'open' check (state in ('open', 'handed_in', 'resolved')),
  found_at timestamptz not null,
  seen_at timestamptz not null,
  first_run bigint not null,
  last_run bigint not null,
  handed_in_at timestamptz,
  resolved_at timestamptz,
  -- The run that no longer found it.
  resolved_run bigint
) with (fillfactor = 80);
create unique index reconcile_finding_once on reconcile_finding (definition, key, kind, field) where state <> 'resolved';
create index reconcile_finding_recent on reconcile_finding (id desc);
