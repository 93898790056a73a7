-- unique (organization_id, id) is read backwards for the newest first: another index would only cost each run's writes.
drop index runs_newest;
