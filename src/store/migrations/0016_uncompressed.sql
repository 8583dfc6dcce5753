-- compatible: what is stored already stays as it is.
-- States are written anew with every event, and compressing them was the dearest part of it; what is settled is
-- compressed in the archive. See docs/decisions/0016-against-other-engines.md.
alter table stream alter column state set storage external;
alter table journal alter column data set storage external;
