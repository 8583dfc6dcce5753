-- compatible
-- What connections in shadow found: for each intent how it compares with what another integration did, and the fields
-- that are not the same.
create table shadow_diff (
  -- The key of the intent.
  intent text not null,
  -- Empty for the record as a whole.
  field text not null,
  connection text not null,
  type text not null,
  stream text not null,
  ours text,
  theirs text,
  verdict text not null check (verdict in ('same', 'different', 'missing', 'extra', 'unsettled')),
  at timestamptz not null,
  primary key (intent, field)
);
create index shadow_diff_recent on shadow_diff (connection, at);
create index shadow_diff_stream on shadow_diff (stream, type);
