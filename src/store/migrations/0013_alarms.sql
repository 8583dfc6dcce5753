-- compatible
-- Notes that streams have left for themselves: each is handed to its stream as a message once it is due. A stream has
-- one alarm of a name; set anew, it replaces the one before. A release that knows no alarms sets none and rings none.
create table alarm (
  stream text not null,
  name text not null,
  due_at timestamptz not null,
  command json not null,
  -- The event that set it, and what came of that: stream/version/n. Names the message.
  key text not null,
  correlation text not null,
  primary key (stream, name)
);
create index alarm_due on alarm (due_at);
