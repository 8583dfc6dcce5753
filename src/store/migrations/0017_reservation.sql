-- compatible
-- Reservations that may still have to be ended by the clock, the first to end first. Moments are text of one length,
-- so their order is that of time.
create index stream_reservation_due on stream ((state ->> 'expiresAt'))
  where kind = 'reservation' and status in ('pending', 'held', 'converted');
