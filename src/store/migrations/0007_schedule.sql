-- compatible
-- Work by the clock. A run is a task and the moment it was due: one row, so that no two processes can do it twice.

-- Up to which moment the runs of a task are written down.
create table timetable (
  connection text not null,
  task text not null,
  -- The schedule it was planned by.
  plan text not null,
  planned_to timestamptz not null,
  primary key (connection, task)
);

create table run (
  connection text not null,
  task text not null,
  -- When it was due by its schedule, whenever it ran.
  nominal timestamptz not null,
  state text not null default 'due' check (state in ('due', 'running', 'done', 'failed', 'skipped')),
  -- When it may next be tried; while somebody runs it, when their lease ends.
  due_at timestamptz not null,
  -- Counts the leases: whoever finishes must name the attempt it was given.
  attempts int not null default 0,
  owner text,
  -- Earlier moments that were missed and that this run stands for.
  missed int not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  report text,
  primary key (connection, task, nominal)
);
create index run_open on run (connection, task, nominal) where state in ('due', 'running');

-- Feeds that are read again from a moment of the past, beside their own cursor.
create table backfill (
  id bigint generated always as identity primary key,
  connection text not null,
  feed text not null,
  -- Everything that changed since then is read.
  since timestamptz not null,
  reason text not null,
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  -- Where it goes on; moved in the transaction that stores what was read.
  position json not null,
  pages int not null default 0,
  read int not null default 0,
  -- Of what was read, what the hub did not know: the others changed nothing.
  missed int not null default 0,
  created_at timestamptz not null,
  due_at timestamptz not null,
  attempts int not null default 0,
  owner text,
  finished_at timestamptz,
  report text
);
create index backfill_open on backfill (connection, id) where state = 'open';
create index backfill_recent on backfill (connection, feed, id);

-- What was found when a connection was silent for longer than it should be.
create table watch (
  connection text primary key,
  -- Heard of it last, before it was looked at.
  heard_at timestamptz not null,
  checked_at timestamptz not null,
  -- What it had that the hub did not know; 0 when it was silent because nothing happened.
  missed int not null,
  report text not null
);

-- When upkeep last found, or made, everything as it must be.
alter table upkeep add column well_at timestamptz;
