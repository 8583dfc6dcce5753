-- compatible: nothing of the release before it is changed.
-- What is true of this database as a whole. One row. `epoch` is part of the keys of calls: a database that was restored
-- counts versions a second time, and no key may be used for two things (src/store/restore.ts).
create table installation (
  one boolean primary key default true check (one),
  epoch bigint not null default 0 check (epoch >= 0),
  -- Set by a restore until every feed has caught up on what happened since the backup; no stock is published before.
  catching_up_since timestamptz
);
insert into installation default values;
