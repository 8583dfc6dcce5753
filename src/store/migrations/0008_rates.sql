-- compatible
-- How much may still be asked of a vendor: one token bucket per connection and kind of call, as plain data. `revision`
-- counts the changes: who changes it says which one it read.
create table rate (
  connection text not null,
  bucket text not null,
  state json not null,
  revision bigint not null default 0,
  primary key (connection, bucket)
) with (fillfactor = 50);

-- Who has what in hand. Few rows at any time; says what else a connection is busy with.
create index outbox_leased on outbox (connection, type) where state = 'open' and owner is not null;
