-- compatible: the release before it learns for itself and reads neither.
-- How many calls at once the system bears, as all processes have learnt it, and how often that was lowered.
alter table governor
  add column at_once double precision not null default 1 check (at_once >= 1),
  add column lowered bigint not null default 0;
