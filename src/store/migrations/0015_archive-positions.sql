-- compatible
-- Whoever is behind the hot days reads on in the archive, and doctor looks at the newest events of both.
create index journal_archive_position on journal_archive (position);
