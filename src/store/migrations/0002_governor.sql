-- compatible
-- Whether a system outside is being called at all. No row means that nothing is known against it.
create table governor (
  connection text primary key,
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- Since when nothing is sent; stays while probes fail.
  opened_at timestamptz,
  -- When one call may try again. While one does: when the lease of that call ends.
  probe_at timestamptz,
  -- Calls that failed in a row.
  failures int not null default 0,
  -- What the last of them said.
  reason text,
  -- Lanes that were asked to slow down, and until when: {"<lane>": "<instant>"}.
  paused_until json not null default '{}'
);
