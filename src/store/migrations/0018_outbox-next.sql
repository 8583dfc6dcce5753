-- compatible
-- The order in which a lane takes what it owes: the first in line are found without looking at the others. Nothing
-- else asked for open intents by when they are due.
create index outbox_next on outbox (connection, type, priority, id) where state = 'open';
drop index outbox_due;
