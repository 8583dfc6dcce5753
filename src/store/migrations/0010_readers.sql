-- compatible
-- How far somebody has read a line of messages, and which process reads it: the partitions of the bus, the streams of
-- the shops, and the journal on behalf of each subscriber.
create table reader (
  -- 'in/3', 'edge/<shop>', 'events', 'subscriber/<name>'
  name text primary key,
  -- The last that is done: a sequence of the bus, or a position of the journal.
  position bigint not null,
  -- Name of the message at that sequence. Another one there means that the bus has lost its tail, and is read again.
  mark text,
  -- Who moves it must be its owner; a lease that ran out may be taken by anybody.
  owner text,
  lease_until timestamptz,
  -- Of subscribers: attempts that failed in a row, when the next is due, and what the last of them said.
  failures int not null default 0,
  due_at timestamptz,
  trouble text,
  -- Events that were left out because the subscriber was too far behind.
  skipped bigint not null default 0
) with (fillfactor = 60);

-- Who shares the reading.
create table reader_process (
  owner text primary key,
  alive_until timestamptz not null
);
