-- compatible: the release before it neither reads nor writes it.
-- The hub processes that share this database. A row is there from the start of a process until it has left, or until
-- another one has noticed that its heart stopped and taken over what it held.
create table process (
  -- '<host>/<pid>/<chance>': another one with every start. The `owner` of leases in the outbox.
  id text primary key,
  host text not null,
  pid int not null,
  version text not null,
  -- How many migrations its release knows.
  migrations int not null,
  state text not null default 'running' check (state in ('running', 'draining')),
  -- Counts up while it lives. The others watch it change by their own clocks, so no two clocks are ever compared.
  beat bigint not null default 0,
  -- By the clock of that process, and for people only.
  started_at timestamptz not null,
  beat_at timestamptz not null
);
