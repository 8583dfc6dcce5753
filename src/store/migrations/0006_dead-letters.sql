-- compatible
-- Dead letters: what the hub could not decide, or gave up, until a person or a proof ends it. Opened in the transaction
-- that buries the inbox row or gives the intent up. A release that does not know these tables may run beside: what it
-- gives up is taken in later.
create table dead_letter (
  id bigint generated always as identity primary key,
  -- Exactly one of the two: the thing that died.
  inbox_id bigint unique,
  outbox_id bigint unique,
  -- What kind of trouble it is; the vocabulary and how it is told are in policy/dead-classes.ts.
  class text not null,
  step text not null check (step in ('receive', 'translate', 'decide', 'call')),
  -- Where it came from, or was to go; 'core' and 'person' for commands inside the hub.
  connection text not null,
  -- The intent's type, or the topic of what arrived.
  what text not null,
  stream text,
  -- Of the stream when it failed: only what happened after it can show that it is mended.
  stream_version int,
  correlation text,
  kind text not null,
  code text not null,
  message text not null,
  owner text not null,
  -- The order's total in minor units, where there is an order.
  value_amount bigint,
  value_currency text,
  state text not null default 'open' check (state in ('open', 'retrying', 'resolved')),
  assignee text,
  opened_at timestamptz not null,
  -- When it failed last; it may have failed again after it was retried.
  failed_at timestamptz not null,
  deaths int not null default 1,
  -- By people. Nothing else ever retries it.
  retries int not null default 0,
  -- Key of the command that asked the stream to decide again; null when the same step was tried again.
  retry_key text,
  resolved_at timestamptz,
  resolution text,
  -- What showed that the cause is gone: an event, an answer, a decision, or the reason a person gave.
  proof text,
  -- The message that told people of it, and when that was sent first.
  notice bigint,
  notified_at timestamptz,
  checked_at timestamptz,
  check (num_nonnulls(inbox_id, outbox_id) = 1)
);
create index dead_letter_unresolved on dead_letter (checked_at nulls first, id) where state <> 'resolved';
create index dead_letter_unannounced on dead_letter (opened_at) where notice is null;
create index dead_letter_stream on dead_letter (stream, what, outbox_id);
create index dead_letter_notice on dead_letter (notice);

-- Who did what about it, and when; for good.
create table dead_letter_comment (
  id bigint generated always as identity primary key,
  letter bigint not null references dead_letter,
  at timestamptz not null,
  who text not null,
  action text not null,
  text text not null
);
create index dead_letter_comment_of on dead_letter_comment (letter, id);

-- Every body an edited message has had, for good; version 0 is what arrived.
create table dead_letter_body (
  letter bigint not null references dead_letter,
  version int not null,
  at timestamptz not null,
  who text not null,
  body bytea not null,
  primary key (letter, version)
);

-- Messages that tell people of dead letters: one per cause and channel, claimed before it is sent and marked after.
create table dead_notice (
  id bigint generated always as identity primary key,
  -- The same over all attempts: receivers know a repeat by it.
  message_id text not null,
  channel text not null check (channel in ('log', 'webhook', 'email')),
  content json not null,
  letters int not null,
  state text not null default 'open' check (state in ('open', 'sent', 'failed')),
  attempts int not null default 0,
  -- While somebody sends it: when their claim ends.
  due_at timestamptz not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  fault text,
  unique (message_id, channel)
);
create index dead_notice_due on dead_notice (due_at) where state = 'open';
